"""What is read of a form: ids, kinds, scales and options; no title."""

from typing import Any

import pytest
from hypothesis import given

from exporter.errors import Reason, UpstreamError
from exporter.sources.google_forms.form import Offered, read_form
from support.contract import anything, fixtures, gone_wrong, outcome, recorded
from support.google_forms import DISCOVERY, choice, grid, item, rating, scale
from support.upstream import Request

ASKED = Request("GET", "/v1/forms/1plantedForm", {}, {}, b"")


def offered(*items: Any) -> dict[str, Offered]:
    form = {"items": list(items)}
    assert DISCOVERY.answer_breaches(ASKED, form) == []
    return dict(read_form(form))


def test_a_linear_scale_is_a_rating_with_its_ends() -> None:
    assert offered(scale("a1", 1, 5)) == {"a1": Offered("rating", (1, 5))}


def test_a_scale_from_zero_comes_without_its_low_end() -> None:
    from_zero = scale("a1", 0, 10)
    assert "low" not in from_zero["questionItem"]["question"]["scaleQuestion"]
    assert offered(from_zero) == {"a1": Offered("rating", (0, 10))}


def test_stars_are_a_rating_from_one() -> None:
    assert offered(rating("a1", 7)) == {"a1": Offered("rating", (1, 7))}


@pytest.mark.parametrize("several", [False, True])
def test_options_are_a_choice(several: bool) -> None:
    assert offered(choice("a1", "Gin", "Echo", several=several)) == {"a1": Offered("choice", options=frozenset({"Gin", "Echo"}))}


def test_every_row_of_a_grid_is_a_choice_of_its_own() -> None:
    columns = Offered("choice", options=frozenset({"Good", "Bad"}))
    assert offered(grid(["a1", "a2"], ["Good", "Bad"])) == {"a1": columns, "a2": columns}


@pytest.mark.parametrize("settings", [{}, {"paragraph": True}])
def test_short_and_long_answers_are_texts(settings: dict[str, bool]) -> None:
    assert offered(item("a1", "textQuestion", **settings)) == {"a1": Offered("text")}


@pytest.mark.parametrize("kind", ["dateQuestion", "timeQuestion", "fileUploadQuestion"])
def test_dates_times_and_files_are_not_read(kind: str) -> None:
    assert offered(item("a1", kind)) == {"a1": Offered(None)}


def test_questions_stand_in_the_order_of_the_form_without_what_is_no_question() -> None:
    assert list(read_form(recorded("google_forms", "form_good"))) == [
        "6b2a0c1d",
        "1f00aa22",
        "77aa77aa",
        "0c0c0c0c",
        "2d2d2d2d",
        "3e3e3e3e",
        "4f4f4f4f",
        "5a5a5a5a",
        "6b6b6b6b",
        "7c7c7c01",
        "7c7c7c02",
    ]


@pytest.mark.parametrize(
    ("what", "told"),
    [
        (Offered("rating", (0, 10)), "rating 0 to 10"),
        (Offered("choice", options=frozenset({"Planted"})), "choice"),
        (Offered(None), "not read"),
    ],
)
def test_a_question_is_told_by_its_kind_and_scale(what: Offered, told: str) -> None:
    assert str(what) == told


def test_a_form_without_questions_has_none() -> None:
    assert read_form(recorded("google_forms", "form_empty")) == {}


def test_good_and_empty_forms_keep_to_the_description() -> None:
    assert [DISCOVERY.answer_breaches(ASKED, recorded("google_forms", f"form_{kind}")) for kind in ("good", "empty")] == [[], []]


@pytest.mark.parametrize("answer", fixtures("google_forms", "form_malformed"))
def test_malformed_forms_break_the_description(answer: Any) -> None:
    assert DISCOVERY.answer_breaches(ASKED, answer) != []


@pytest.mark.parametrize("answer", fixtures("google_forms", "form_impossible"))
def test_impossible_forms_keep_to_the_description(answer: Any) -> None:
    assert DISCOVERY.answer_breaches(ASKED, answer) == []


@pytest.mark.parametrize("answer", fixtures("google_forms", "form_malformed") + fixtures("google_forms", "form_impossible"))
def test_malformed_and_impossible_forms_are_refused(answer: Any) -> None:
    with pytest.raises(UpstreamError) as caught:
        read_form(answer)
    assert caught.value.reason is Reason.MALFORMED
    assert "planted" not in str(caught.value).lower()


@given(gone_wrong(recorded("google_forms", "form_good")) | anything)
def test_whatever_comes_is_a_form_or_malformed(answer: Any) -> None:
    made = outcome(read_form, answer)
    assert made is Reason.MALFORMED or all(isinstance(question, Offered) for question in made.values())
