"""What is read of a form: references, kinds, scales and options, and no title."""

from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given

from exporter.errors import Reason, UpstreamError
from exporter.sources.typeform.config import TypeformConfig
from exporter.sources.typeform.form import Form, FormField, read_form
from support.contract import anything, fixtures, gone_wrong, outcome, recorded
from support.openapi import Description
from support.upstream import Answer

FORM = "u6nXL7"
DESCRIPTION = Description("typeform", TypeformConfig.model_fields["base_url"].default)
GOOD = recorded("typeform", "form_good")


def read(answer: Any) -> Form:
    return read_form(answer, FORM)


def only(**field: Any) -> FormField:
    """The question of a form that has one."""
    (read_field,) = read({"id": FORM, "fields": [{"id": "f1", "ref": "asked", **field}]}).fields
    return read_field


@pytest.mark.parametrize(
    ("ref", "kind", "scale"),
    [
        ("recommend", "nps", None),
        ("speed", "rating", (1, 10)),
        ("stars", "rating", (1, 5)),
        ("frameworks", "choice", None),
        ("plan", "choice", None),
        ("production", "choice", None),
        ("days", "number", None),
        ("wishes", "text", None),
        ("parts_docs", "choice", None),
    ],
)
def test_each_type_has_its_kind_and_its_scale(ref: str, kind: str, scale: tuple[int, int] | None) -> None:
    field = read(GOOD).find(ref)
    assert field is not None
    assert (field.kind, field.scale) == (kind, scale)


@pytest.mark.parametrize("ref", ["use", "address", "parts", "order"])
def test_groups_addresses_matrices_and_rankings_are_not_read(ref: str) -> None:
    field = read(GOOD).find(ref)
    assert field is not None
    assert (field.kind, field.choices) == (None, ())


@pytest.mark.parametrize(
    ("kind", "properties", "scale"),
    [
        ("opinion_scale", {"steps": 11, "start_at_one": False}, (0, 10)),
        ("opinion_scale", {"steps": 11}, (0, 10)),
        ("opinion_scale", {"steps": 5, "start_at_one": True}, (1, 5)),
        ("opinion_scale", {}, None),
        ("rating", {"steps": 3}, (1, 3)),
        ("rating", {"steps": 3, "start_at_one": False}, (1, 3)),
    ],
)
def test_a_scale_goes_as_many_steps_from_where_it_begins(
    kind: str, properties: dict[str, Any], scale: tuple[int, int] | None
) -> None:
    assert only(type=kind, properties=properties).scale == scale


def test_a_question_is_found_by_its_reference_before_one_is_by_its_id() -> None:
    form = read({"id": FORM, "fields": [{"id": "one", "ref": "two", "type": "nps"}, {"id": "two", "type": "number"}]})
    assert [field and field.kind for field in map(form.find, ("one", "two", "three"))] == ["nps", "nps", None]


def test_an_option_may_be_called_by_its_reference_its_id_and_its_text() -> None:
    choices = [{"id": "c1", "ref": "gin", "label": "Gin"}, {"id": "c2", "label": "Echo"}]
    gin, echo = only(type="multiple_choice", properties={"choices": choices}).choices
    assert (gin.ref, gin.names) == ("gin", ("gin", "c1", "Gin"))
    assert (echo.ref, echo.names) == (None, ("c2", "Echo"))


def test_a_question_for_yes_or_no_has_these_options() -> None:
    assert [choice.ref for choice in only(type="yes_no").choices] == ["yes", "no"]


def test_questions_are_found_however_deep_they_stand() -> None:
    field: dict[str, Any] = {"id": "f0", "ref": "deep", "type": "nps"}
    for depth in range(1, 200):
        field = {"id": f"f{depth}", "type": "group", "properties": {"fields": [field]}}
    assert read({"id": FORM, "fields": [field]}).find("deep") is not None


def test_no_title_and_no_address_is_kept() -> None:
    assert "planted" in str(GOOD)
    assert "planted" not in str(asdict(read(GOOD)))


def test_a_form_without_questions_is_one() -> None:
    answer = recorded("typeform", "form_empty")
    assert DESCRIPTION.answer_breaches(f"/forms/{FORM}", Answer.json(answer)) == []
    assert read(answer) == Form((), frozenset())


def test_the_good_form_keeps_to_the_description() -> None:
    assert DESCRIPTION.answer_breaches(f"/forms/{FORM}", Answer.json(GOOD)) == []


@pytest.mark.parametrize("answer", fixtures("typeform", "form_malformed"))
def test_malformed_forms_break_the_description(answer: Any) -> None:
    assert DESCRIPTION.answer_breaches(f"/forms/{FORM}", Answer.json(answer)) != []


@pytest.mark.parametrize("answer", fixtures("typeform", "form_impossible"))
def test_impossible_forms_keep_to_the_description(answer: Any) -> None:
    assert DESCRIPTION.answer_breaches(f"/forms/{FORM}", Answer.json(answer)) == []


@pytest.mark.parametrize("answer", fixtures("typeform", "form_malformed") + fixtures("typeform", "form_impossible"))
def test_malformed_and_impossible_forms_are_refused(answer: Any) -> None:
    with pytest.raises(UpstreamError) as caught:
        read(answer)
    assert caught.value.reason is Reason.MALFORMED
    assert "planted" not in str(caught.value)


def test_whatever_comes_is_a_form_or_a_reason() -> None:
    @given(gone_wrong(GOOD) | anything)
    def check(answer: Any) -> None:
        made = outcome(read, answer)
        assert made is Reason.MALFORMED or isinstance(made, Form)

    check()
