"""What doctor says of the token, of each form and of its questions."""

from pathlib import Path
from typing import Any

import pytest

from exporter.sources.typeform import SOURCE
from support.contract import recorded
from support.packages import pausing_tools
from support.tools import NOW
from support.typeform import FakeTypeform, configured, response
from support.upstream import Answer, Handler, Upstream

FORM = recorded("typeform", "form_good")
ASKED: dict[str, Any] = {"id": "u6nXL7", "questions": {"recommend": "nps", "speed": "speed"}}


def examined(handler: Handler, folder: Path, *forms: dict[str, Any]) -> list[tuple[str, bool | None, str]]:
    with Upstream(handler) as upstream:
        source = SOURCE(configured(upstream.url, *forms))
        return [(found.subject, found.works, found.detail) for found in source.examine(pausing_tools(folder, []), NOW)]


def test_a_form_that_fits_is_found_good(tmp_path: Path) -> None:
    assert examined(FakeTypeform(FORM), tmp_path, ASKED) == [
        ("typeform form u6nXL7 responses", True, "the token may read them"),
        ("typeform form u6nXL7 questions", True, "2 of 2 can be read"),
    ]


def test_no_more_than_one_response_is_asked_for(tmp_path: Path) -> None:
    with Upstream(FakeTypeform(FORM, [response(1, NOW, [])])) as upstream:
        list(SOURCE(configured(upstream.url, ASKED)).examine(pausing_tools(tmp_path, []), NOW))
        form, responses = upstream.requests
    assert (form.path, responses.query["page_size"]) == ("/forms/u6nXL7", ["1"])


@pytest.mark.parametrize(
    ("key", "config", "detail"),
    [
        ("recomend", "nps", 'the form has no question with this reference or id; did you mean "recommend"?'),
        ("address", "contact", "the form asks for something whose answers are never read"),
        ("wishes", {"name": "stars", "kind": "rating"}, "is configured as rating, and the form says text"),
    ],
)
def test_a_question_that_cannot_be_read_is_told_with_the_reason(key: str, config: Any, detail: str, tmp_path: Path) -> None:
    form = {**ASKED, "questions": {key: config, "speed": "speed"}}
    assert examined(FakeTypeform(FORM), tmp_path, form)[1:] == [
        ("typeform form u6nXL7 questions", False, "1 of 2 can be read"),
        (f"typeform form u6nXL7 question {key}", False, detail),
    ]


def test_a_hidden_field_that_the_form_lacks_is_told(tmp_path: Path) -> None:
    form = {**ASKED, "segments": {"speed": "speed", "team": "teams"}, "channel": "channel"}
    assert examined(FakeTypeform(FORM), tmp_path, form)[2:] == [
        ("typeform form u6nXL7 hidden field teams", False, 'the form has none; did you mean "team"?')
    ]


def test_a_lacking_scope_for_forms_is_told_and_what_must_be_configured_without_it(tmp_path: Path) -> None:
    form = {**ASKED, "questions": {"recommend": {"name": "nps", "kind": "nps"}, "speed": "speed"}}
    assert examined(FakeTypeform(FORM, scopes={"responses:read"}), tmp_path, form) == [
        ("typeform form u6nXL7 responses", True, "the token may read them"),
        (
            "typeform form u6nXL7",
            False,
            "the token lacks the scope forms:read; without it, kinds and scales must be configured, and nothing tells whether "
            "the questions are there",
        ),
        ("typeform form u6nXL7 questions", False, "1 of 2 can be read"),
        ("typeform form u6nXL7 question speed", False, "its kind must be configured, because the token may not read the form"),
    ]


def test_a_lacking_scope_for_responses_is_told(tmp_path: Path) -> None:
    (found,) = examined(FakeTypeform(FORM, scopes={"forms:read"}), tmp_path, ASKED)
    assert found == (
        "typeform form u6nXL7",
        False,
        "Typeform refuses the token, or it lacks the scope responses:read, or may not see the form u6nXL7",
    )


def test_each_form_is_looked_at(tmp_path: Path) -> None:
    other = {**ASKED, "id": "lR6F4j"}
    subjects = [(subject, works) for subject, works, _ in examined(FakeTypeform(FORM), tmp_path, other, ASKED)]
    assert subjects == [
        ("typeform form lR6F4j", False),
        ("typeform form u6nXL7 responses", True),
        ("typeform form u6nXL7 questions", True),
    ]


def test_a_wrong_token_is_told_once(tmp_path: Path) -> None:
    answer = Answer.json(recorded("typeform", "unauthorized"), 401)
    (found,) = examined(lambda request: answer, tmp_path, ASKED, {**ASKED, "id": "lR6F4j"})
    assert found[2].startswith("Typeform refuses the token; make a new one")


@pytest.mark.parametrize("answer", [Answer(500), Answer(200, b"<html>"), Answer.json(recorded("typeform", "form_empty"))])
def test_nothing_is_raised_whatever_typeform_answers(answer: Answer, tmp_path: Path) -> None:
    findings = examined(lambda request: answer, tmp_path, ASKED)
    assert [works for _, works, _ in findings] == [False]
