"""Which questions are read and how: the configuration says it, the form adds to it, and nothing is guessed."""

from typing import Any

import pytest

from exporter.sources.typeform.form import Form, read_form
from exporter.sources.typeform.questions import Mapped, hidden_fields, match
from support.contract import recorded
from support.typeform import configured

FORM = read_form(recorded("typeform", "form_good"), "u6nXL7")


def matched(questions: dict[str, Any], form: Form | None = FORM) -> tuple[dict[str, Mapped], dict[str, str]]:
    """What is read by what the configuration calls it, and why the rest is not."""
    (config,) = configured("http://127.0.0.1", {"id": "u6nXL7", "questions": questions}).forms
    mapped, unread = match(config, form)
    return {each.key: each for each in mapped}, {each.key: each.why for each in unread}


def options(config: Any, ref: str = "frameworks") -> dict[str, str]:
    """The words that the texts of a question's options stand for."""
    mapped, _ = matched({ref: {"name": "asked", **config}})
    return dict(mapped[ref].question.config.options)


def test_kind_and_scale_are_those_of_the_form() -> None:
    mapped, unread = matched({"recommend": "nps", "speed": "performance", "wishes": "themes"})
    assert {ref: (each.question.kind, each.question.scale) for ref, each in mapped.items()} == {
        "recommend": ("nps", (0, 10)),
        "speed": ("rating", (1, 10)),
        "wishes": ("text", None),
    }
    assert unread == {}


def test_a_question_may_be_called_by_its_id() -> None:
    mapped, _ = matched({"aaaaaaaaaaa2": "performance"})
    assert mapped["aaaaaaaaaaa2"].field == FORM.find("speed")


def test_options_are_called_like_their_references_where_these_are_words() -> None:
    words = {"gin": "gin", "ccccccccccc1": "gin", "Gin": "gin", "echo": "echo", "ccccccccccc2": "echo", "Echo": "echo"}
    assert options({}) == words


@pytest.mark.parametrize("name", ["8f0c1f6e-95a0-4d3c-8f9a-0b6f2f3f1a11", "ccccccccccc3", "Chi"])
def test_the_configuration_may_name_an_option_by_whatever_it_is_called(name: str) -> None:
    words = options({"options": {name: "chi"}})
    assert {text for text, word in words.items() if word == "chi"} == {
        "8f0c1f6e-95a0-4d3c-8f9a-0b6f2f3f1a11",
        "ccccccccccc3",
        "Chi",
    }


def test_the_configuration_names_an_option_otherwise_than_the_form() -> None:
    assert {word for text, word in options({"options": {"gin": "gin_gonic"}}).items() if text in ("gin", "Gin")} == {"gin_gonic"}


def test_options_of_a_dropdown_have_no_references_and_need_names() -> None:
    assert options({}, "plan") == {}
    assert options({"options": {"Paid": "paid"}}, "plan") == {"Paid": "paid", "ccccccccccc5": "paid"}


def test_yes_and_no_are_words_already() -> None:
    assert options({}, "production") == {"yes": "yes", "no": "no"}


@pytest.mark.parametrize(
    ("questions", "why"),
    [
        ({"recomend": "nps"}, "the form has no question with this reference or id"),
        ({"address": "contact"}, "the form asks for something whose answers are never read"),
        ({"order": "order"}, "the form asks for something whose answers are never read"),
        ({"wishes": {"name": "nps", "kind": "nps"}}, "is configured as nps, and the form says text"),
        ({"speed": {"name": "nps", "kind": "nps"}}, "is configured as nps, and the form says rating"),
        ({"frameworks": {"name": "stars", "kind": "rating"}}, "is configured as rating, and the form says choice"),
    ],
)
def test_a_question_that_does_not_fit_the_form_is_not_read(questions: dict[str, Any], why: str) -> None:
    (key,) = questions
    assert matched(questions) == ({}, {key: why})


def test_a_scale_from_0_to_10_may_be_read_as_recommending() -> None:
    form = read_form({"id": "f", "fields": [{"id": "f1", "ref": "r", "type": "opinion_scale", "properties": {"steps": 11}}]}, "f")
    mapped, _ = matched({"r": {"name": "nps", "kind": "nps"}}, form)
    assert mapped["r"].question.kind == "nps"


def test_a_scale_that_the_form_does_not_tell_must_be_configured() -> None:
    form = read_form({"id": "f", "fields": [{"id": "f1", "ref": "r", "type": "opinion_scale"}]}, "f")
    assert matched({"r": "speed"}, form) == ({}, {"r": "its scale must be configured, because the form does not tell it"})
    mapped, _ = matched({"r": {"name": "speed", "scale": [1, 7]}}, form)
    assert mapped["r"].question.scale == (1, 7)


@pytest.mark.parametrize(
    ("config", "why"),
    [
        ({}, "its kind must be configured, because the token may not read the form"),
        ({"kind": "rating"}, "its scale must be configured, because the form does not tell it"),
    ],
)
def test_without_the_form_kind_and_scale_must_be_configured(config: dict[str, Any], why: str) -> None:
    assert matched({"speed": {"name": "speed", **config}}, None) == ({}, {"speed": why})


@pytest.mark.parametrize("config", [{"kind": "nps"}, {"kind": "rating", "scale": [1, 10]}, {"kind": "choice"}, {"kind": "text"}])
def test_without_the_form_what_is_configured_is_read(config: dict[str, Any]) -> None:
    mapped, unread = matched({"asked": {"name": "asked", **config}}, None)
    assert (mapped["asked"].question.kind, mapped["asked"].field, unread) == (config["kind"], None, {})


def test_segments_and_the_channel_are_hidden_fields_unless_a_question_has_that_name() -> None:
    (config,) = configured(
        "http://127.0.0.1",
        {
            "id": "u6nXL7",
            "questions": {"frameworks": "frameworks"},
            "segments": {"framework": "frameworks", "team": "team"},
            "channel": "channel",
        },
    ).forms
    assert list(hidden_fields(config)) == ["team", "channel"]
