"""What is made of a response: numbers, options and themes, by the names of the questions; no text of a respondent."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given

from exporter.errors import Reason, UpstreamError
from exporter.sources.surveys.answers import Answer as Said
from exporter.sources.surveys.answers import Chosen, Number, Response, Written
from exporter.sources.typeform.answers import Reader
from exporter.sources.typeform.config import TypeformConfig
from exporter.sources.typeform.form import Form, read_form
from exporter.sources.typeform.page import read_page
from exporter.sources.typeform.questions import match
from support.contract import anything, fixtures, gone_wrong, outcome, recorded
from support.openapi import Description
from support.typeform import configured
from support.upstream import Answer

DESCRIPTION = Description("typeform", TypeformConfig.model_fields["base_url"].default)
PATH = "/forms/u6nXL7/responses"
FORM = read_form(recorded("typeform", "form_good"), "u6nXL7")
GOOD = recorded("typeform", "responses_good")
QUESTIONS: dict[str, Any] = {
    "recommend": "nps",
    "speed": "speed",
    "stars": "stars",
    "frameworks": {"name": "frameworks", "options": {"Chi": "chi"}},
    "plan": {"name": "plan", "options": {"Paid": "paid", "Free of charge": "free"}},
    "production": "production",
    "days": {"name": "time_to_production", "factor": 86400},
    "wishes": {"name": "wishes", "themes": {"documentation": ["docs"], "speed": ["slow"]}},
    "parts_docs": "parts_docs",
}
PLACES = {"segments": {"framework": "frameworks", "team": "team"}, "channel": "channel"}


def reader(form: Form | None = FORM, questions: dict[str, Any] = QUESTIONS) -> Reader:
    (config,) = configured("http://127.0.0.1", {"id": "u6nXL7", "questions": questions, **PLACES}).forms
    mapped, _ = match(config, form)
    return Reader(config, mapped)


def read(answer: Any) -> list[Response]:
    """The responses in an answer of the API."""
    reading = reader()
    return [response for item in read_page(answer).items if (response := reading.read(item)) is not None]


def one(answers: Any, **changes: Any) -> Response:
    (response,) = read({"total_items": 1, "items": [{**GOOD["items"][1], "answers": answers, **changes}]})
    return response


def said(ref: str, kind: str, value: Any, form: Form | None = FORM, questions: dict[str, Any] = QUESTIONS) -> Said | None:
    """What is made of the one answer to a question."""
    answer = {"field": {"id": "f1", "ref": ref, "type": "any"}, "type": kind, kind: value}
    response = reader(form, questions).read({**GOOD["items"][1], "answers": [answer]})
    assert response is not None
    return next(iter(response.answers.values()), None)


def test_the_good_answer_is_read() -> None:
    new, old = read(GOOD)
    assert new.answers == {
        "nps": Number(9),
        "speed": Number(10),
        "stars": Number(4),
        "frameworks": Chosen(frozenset({"gin", "other"})),
        "plan": Chosen(frozenset({"paid"})),
        "production": Chosen(frozenset({"yes"})),
        "time_to_production": Number(3 * 86400),
        "wishes": Written(frozenset({"documentation"})),
        "parts_docs": Chosen(frozenset({"good"})),
    }
    assert old.answers == {
        "nps": Number(6),
        "frameworks": Chosen(frozenset({"echo", "chi"})),
        "plan": Chosen(frozenset({"free"})),
        "production": Chosen(frozenset({"no"})),
    }


def test_a_response_counts_at_the_moment_at_which_it_was_sent() -> None:
    assert [response.time for response in read(GOOD)] == [
        datetime(2026, 1, 20, 10, tzinfo=UTC),
        datetime(2026, 1, 10, 9, 30, tzinfo=UTC),
    ]


@pytest.mark.parametrize(
    "text", ["2026-01-10T09:30:00Z", "2026-01-10T09:30:00", "2026-01-10T11:30:00+02:00", "2026-01-10T09:30:00.000Z"]
)
def test_a_time_without_zone_is_utc(text: str) -> None:
    assert one([], submitted_at=text).time == datetime(2026, 1, 10, 9, 30, tzinfo=UTC)


def test_the_id_is_that_of_the_response_or_its_token() -> None:
    assert one([], response_id="r1").id == "r1"
    assert one([], response_id=None, token="t1").id == "t1"


def test_segments_come_from_questions_and_hidden_fields() -> None:
    new, old = read(GOOD)
    assert new.segments == {"framework": frozenset({"gin", "other"})}
    assert old.segments == {"framework": frozenset({"echo", "chi"})}
    assert one([], hidden={"team": "platform"}).segments == {"team": frozenset({"platform"})}


def test_the_channel_is_a_word_in_a_hidden_field() -> None:
    assert [response.channel for response in read(GOOD)] == ["github", "email"]
    assert one([], hidden={}).channel is None
    assert one([], hidden={"channel": "planted@example.org"}).channel is None


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("choice", {"id": "ccccccccccc1", "ref": "gin", "label": "Gin"}, {"gin"}),
        ("choice", {"label": "Gin"}, {"gin"}),
        ("choice", {"label": "planted option"}, {"other"}),
        ("choice", {"other": "planted option"}, {"other"}),
        ("choice", {"other": "gin"}, {"other"}),
        ("choices", {"labels": ["Gin", "Echo"]}, {"gin", "echo"}),
        ("choices", {"ids": ["ccccccccccc1", "ccccccccccc3"], "labels": ["Gin", "Chi"]}, {"gin", "chi"}),
        ("choices", {"refs": ["gin"], "ids": ["ccccccccccc1"], "labels": ["Gin"], "other": "planted option"}, {"gin", "other"}),
        ("choices", {"labels": None, "other": "planted option"}, {"other"}),
        ("text", "Echo", {"echo"}),
    ],
)
def test_an_option_is_known_by_whatever_the_answer_calls_it(kind: str, value: Any, words: set[str]) -> None:
    assert said("frameworks", kind, value) == Chosen(frozenset(words))


def test_options_are_known_without_the_form_as_far_as_they_are_configured() -> None:
    questions = {"frameworks": {"name": "frameworks", "kind": "choice", "options": {"Gin": "gin"}}}
    value = {"refs": ["a", "b"], "ids": ["c", "d"], "labels": ["Gin", "Echo"]}
    assert said("frameworks", "choices", value, None, questions) == Chosen(frozenset({"gin", "other"}))


@pytest.mark.parametrize("number", [-1, 11, 7.5, 10**15])
def test_a_rating_outside_its_scale_is_no_answer(number: float) -> None:
    assert said("recommend", "number", number) is None


@pytest.mark.parametrize("kind", ["email", "url", "file_url", "date", "payment", "phone_number", "anything"])
def test_answers_of_other_types_are_never_read(kind: str) -> None:
    assert said("wishes", kind, "slow docs") is None


def test_questions_that_are_not_wanted_are_passed_over() -> None:
    assert said("address", "email", "planted@example.org") is None
    assert said("unknown", "number", "planted") is None


@pytest.mark.parametrize("name", ["responses_empty", "responses_unanswered", "responses_not_sent"])
def test_nothing_said_is_no_mistake(name: str) -> None:
    answer = recorded("typeform", name)
    assert DESCRIPTION.answer_breaches(PATH, Answer.json(answer)) == []
    assert [response.answers for response in read(answer)] == ([{}, {}] if name == "responses_unanswered" else [])


def test_the_good_answer_keeps_to_the_description() -> None:
    assert DESCRIPTION.answer_breaches(PATH, Answer.json(GOOD)) == []


@pytest.mark.parametrize("answer", fixtures("typeform", "responses_malformed"))
def test_malformed_answers_break_the_description(answer: Any) -> None:
    assert DESCRIPTION.answer_breaches(PATH, Answer.json(answer)) != []


@pytest.mark.parametrize("answer", fixtures("typeform", "responses_impossible"))
def test_impossible_answers_keep_to_the_description(answer: Any) -> None:
    assert DESCRIPTION.answer_breaches(PATH, Answer.json(answer)) == []


@pytest.mark.parametrize("answer", fixtures("typeform", "responses_malformed") + fixtures("typeform", "responses_impossible"))
def test_malformed_and_impossible_answers_are_refused(answer: Any) -> None:
    with pytest.raises(UpstreamError) as caught:
        read(answer)
    assert caught.value.reason is Reason.MALFORMED
    assert "planted" not in str(caught.value)


def test_whatever_comes_is_responses_or_a_reason() -> None:
    @given(gone_wrong(GOOD) | anything)
    def check(answer: Any) -> None:
        made = outcome(read, answer)
        if made is not Reason.MALFORMED:
            assert "planted" not in repr(made)
            assert all(response.time.tzinfo is UTC for response in made)

    check()
