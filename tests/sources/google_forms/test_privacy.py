"""Nothing that a person wrote, no address, no title, no id of a response and no secret ever comes out."""

import json
import traceback
from datetime import timedelta
from typing import Any

import pytest

from exporter.errors import UpstreamError
from support.google_forms import EMAIL, item, response
from support.tools import NOW
from support.upstream import Answer

TEXT = "Planted Person, planted@example.org, /home/planted, +49 170 5550199"
QUESTIONS = {
    "a1": {"name": "nps", "kind": "nps"},
    "a2": "comfort",
    "a3": {"name": "framework", "options": {"Gin": "gin"}},
    "a4": {"name": "wishes", "themes": {"money": ["price"]}},
    "a5": {"name": "age", "kind": "number"},
}
FORMS = [
    {
        "id": "1exampleForm",
        "survey": "users",
        "questions": QUESTIONS,
        "segments": {"framework": "framework", "company": "a6"},
        "channel": "a6",
        "invitations": [{"date": "2026-01-10", "count": 40, "channel": "mail"}],
        "min_group": 1,
    }
]
WRITTEN = [
    response(1, NOW - timedelta(days=1), {"a1": "9", "a3": ["Gin", TEXT], "a4": TEXT, "a5": TEXT, "a6": TEXT}),
    response(
        2, NOW - timedelta(days=1), {"a1": TEXT, "a2": TEXT, "a3": TEXT, "a4": "Planted", "a5": "30", "a6": "planted@example.org"}
    ),
    response(3, NOW - timedelta(days=1), {"a1": "planted", "a2": "6", "a4": "x", "a6": "Planted Person"}),
]
FAULTS = [
    None,
    *(
        Answer.json({"error": {"message": TEXT, "status": "PERMISSION_DENIED"}}, status)
        for status in (400, 401, 403, 404, 429, 500)
    ),
    Answer.json({"responses": [{"responseId": TEXT, "lastSubmittedTime": TEXT, "answers": {TEXT: {"textAnswers": TEXT}}}]}),
    Answer.json({"items": [{"title": TEXT, "questionItem": {"question": {"questionId": TEXT}}}]}),
    Answer(200, f"<html>{TEXT}".encode()),
]


def shown(things: list[object], caplog: pytest.LogCaptureFixture) -> str:
    """All that came out, in lower case: things as text, and every field of every line of the log."""
    lines = [{name: str(value) for name, value in record.__dict__.items()} for record in caplog.records]
    return json.dumps([str(thing) for thing in things]).lower() + json.dumps(lines).lower()


@pytest.mark.parametrize("fault", FAULTS)
def test_nothing_private_comes_out(fault: Answer | None, reading: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with reading(*WRITTEN, forms=FORMS) as reader:
        reader.form.items += [item("a5", "textQuestion"), item("a6", "textQuestion")]
        told: list[object] = [*reader.parts().values()]
        reader.upstream.handler = lambda request: reader.google(request) if request.path == "/token" or not fault else fault
        told += reader.findings()
        try:
            told += reader.parts(timedelta(minutes=15)).values()
        except UpstreamError as error:
            told += traceback.format_exception(error)
        told += [reader.source, vars(reader.source), *(vars(survey) for survey in reader.source.surveys)]
        tokens = list(reader.google.tokens)
        files = [*reader.folder.rglob("*")]
    text = shown(told, caplog)
    assert "survey_responses" in text
    assert not any(secret.lower() in text for secret in ("planted", "5550199", EMAIL, "PRIVATE KEY-----", *tokens))
    assert files == []


def test_what_is_kept_from_one_refresh_to_the_next_holds_no_text(reading: Any, caplog: pytest.LogCaptureFixture) -> None:
    with reading(*WRITTEN, forms=FORMS) as reader:
        reader.form.items += [item("a5", "textQuestion"), item("a6", "textQuestion")]
        reader.parts()
        (survey,) = reader.source.surveys
        kept = repr(vars(survey._memory))
    assert kept.count("Response(") == len(WRITTEN)
    assert kept.count("planted") == kept.count("planted-response-")
    assert not any(text in kept for text in ("Planted", "5550199", "@"))
