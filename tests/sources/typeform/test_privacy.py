"""No text, name or address of a respondent, no title and no token ever comes out of the source."""

import gc
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from exporter.errors import UpstreamError
from exporter.sources.base import Finding
from exporter.sources.surveys.answers import Response
from exporter.sources.typeform import SOURCE
from exporter.sources.typeform.form import read_form
from support.contract import fixtures, recorded
from support.packages import pausing_tools
from support.tools import NOW
from support.typeform import FakeTypeform, configured, response
from support.upstream import Answer, Handler, Request, Upstream

FORM = recorded("typeform", "form_good")
IDS = {field.ref: field.id for field in read_form(FORM, "u6nXL7").fields}
TEXT = "planted Ada Lovelace, planted@example.org, planted/path, +49 planted 170 1234567; the docs are slow"
FIELDS = ("team", "channel", "planted_hidden")
CONFIG: dict[str, Any] = {
    "id": "u6nXL7",
    "questions": {
        "recommend": "nps",
        "frameworks": "frameworks",
        "plan": "plan",
        "production": "production",
        "days": "days",
        "wishes": {"name": "wishes", "themes": {"documentation": ["docs"], "speed": ["slow"]}},
        "parts_docs": "parts_docs",
    },
    "segments": {"team": "team", "framework": "frameworks", "wish": "wishes"},
    "channel": "channel",
    "min_group": 1,
}


def answer(ref: str, kind: str, value: Any) -> Mapping[str, Any]:
    return {"field": {"id": IDS.get(ref, f"planted {ref}"), "ref": ref, "type": "planted type"}, "type": kind, kind: value}


ANSWERS = [
    answer("recommend", "number", 9),
    answer("recommend", "text", TEXT),
    answer("frameworks", "choices", {"labels": ["Gin", TEXT], "other": TEXT}),
    answer("plan", "text", TEXT),
    answer("plan", "choice", {"label": TEXT, "other": TEXT}),
    answer("production", "text", TEXT),
    answer("days", "text", TEXT),
    answer("wishes", "text", TEXT),
    answer("parts_docs", "choice", {"other": TEXT}),
    answer("address", "email", "planted@example.org"),
    answer("phone", "phone_number", "+49 planted"),
    answer("file", "file_url", "https://planted.example.org/planted.pdf"),
    answer("site", "url", "https://planted.example.org"),
    answer("paid", "payment", {"name": "planted name", "last4": "1234"}),
]


def planted() -> FakeTypeform:
    """A form with responses that have something planted wherever Typeform lets a respondent write or tells of one."""
    hidden = dict.fromkeys(FIELDS, TEXT)
    return FakeTypeform(FORM, [response(number, NOW, ANSWERS, **hidden) for number in range(6)])


def told(handler: Handler, folder: Path) -> list[object]:
    """All that comes out of the source: findings, parts, errors and what they come from."""
    with Upstream(handler) as upstream:
        source = SOURCE(configured(upstream.url, CONFIG))
        tools = pausing_tools(folder, [])
        out: list[object] = list[Finding](source.examine(tools, NOW))
        for _ in range(2):
            try:
                out += source.collect(tools, NOW)
            except UpstreamError as error:
                out += [error, error.__cause__, error.__context__]
        return [*out, source, vars(source), source.config]


def test_what_people_wrote_becomes_themes_and_options_only(tmp_path: Path) -> None:
    parts = [part for part in told(planted(), tmp_path) if hasattr(part, "samples")]
    words = {value for part in parts for sample in part.samples for _, value in sample.labels}
    assert {"documentation", "speed", "gin", "other"} <= words
    assert not [word for word in words if "planted" in word or "ada" in word]


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 429, 500])
def test_nothing_planted_comes_out(status: int, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    typeform = planted()

    def handler(request: Request) -> Answer:
        return typeform(request) if status == 200 else Answer.json({"code": "planted", "description": TEXT}, status)

    out = told(handler, tmp_path)
    assert "planted" not in "\n".join(f"{thing!s} {thing!r}" for thing in out).lower()
    assert "planted" not in caplog.text.lower()
    assert "planted" not in str([record.__dict__ for record in caplog.records]).lower()
    assert not list(tmp_path.rglob("*"))


@pytest.mark.parametrize("bad", fixtures("typeform", "responses_malformed"))
def test_nothing_planted_comes_out_of_malformed_answers(bad: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    typeform = planted()
    out = told(lambda request: Answer.json(bad) if request.path.endswith("responses") else typeform(request), tmp_path)
    assert "planted" not in "\n".join(f"{thing!s} {thing!r}" for thing in out).lower()
    assert "planted" not in caplog.text.lower()
    assert not list(tmp_path.rglob("*"))


def test_no_text_of_a_respondent_is_kept_in_memory(tmp_path: Path) -> None:
    with Upstream(planted()) as upstream:
        source = SOURCE(configured(upstream.url, CONFIG))
        list(source.collect(pausing_tools(tmp_path, []), NOW))
        kept = [thing for thing in gc.get_objects() if isinstance(thing, Response)]
    assert len(kept) >= 6
    assert "planted" not in repr(kept)


def test_the_name_of_the_channel_is_a_word_or_nothing(tmp_path: Path) -> None:
    typeform = FakeTypeform(FORM, [response(1, NOW, [], channel="Ada Lovelace"), response(2, NOW, [], channel="ada@example.org")])
    with Upstream(typeform) as upstream:
        invited = {"date": NOW.date().isoformat(), "count": 10, "channel": "github"}
        source = SOURCE(configured(upstream.url, {**CONFIG, "invitations": [invited]}))
        (part,) = source.collect(pausing_tools(tmp_path, []), NOW)
    channels = {value for sample in part.samples for label, value in sample.labels if label == "channel"}
    assert channels <= {"github"}
