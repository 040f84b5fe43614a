"""The past of forms of Typeform, against a refresh over a Typeform that knew no more."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from exporter.facts import Part
from exporter.sources.typeform import SOURCE
from support.contract import recorded
from support.packages import pausing_tools
from support.tools import NOW
from support.typeform import TOKEN, FakeTypeform, answers_of, configured, response
from support.upstream import Upstream

FORM = recorded("typeform", "form_good")
ASKED = {"id": "u6nXL7", "survey": "bolt", "questions": {"recommend": "nps"}, "min_group": 1}
DAY = timedelta(days=1)
SENT = [
    response(number, NOW - age * DAY, answers_of(FORM, {"recommend": number % 11})) for number, age in enumerate(range(0, 300, 7))
]
MOMENTS = [NOW - age * DAY for age in (150, 90, 60, 1)]


def by_then(moment: datetime) -> list[Mapping[str, Any]]:
    return [item for item in SENT if datetime.fromisoformat(item["submitted_at"]) <= moment]


def past(folder: Path, moments: Sequence[datetime]) -> tuple[dict[datetime, list[Part]], list[Any]]:
    with Upstream(FakeTypeform(FORM, SENT)) as upstream:
        told = {
            moment: list(parts)
            for moment, parts in SOURCE(configured(upstream.url, ASKED)).past(pausing_tools(folder, []), moments)
        }
        return told, upstream.requests


def test_it_is_what_a_refresh_at_that_moment_would_have_said(tmp_path: Path) -> None:
    told, _ = past(tmp_path, MOMENTS)
    assert list(told) == MOMENTS
    for moment, parts in told.items():
        with Upstream(FakeTypeform(FORM, by_then(moment))) as upstream:
            source = SOURCE(configured(upstream.url, ASKED))
            assert parts == list(source.collect(pausing_tools(tmp_path / str(moment.day), []), moment))


def test_all_moments_cost_one_look_at_the_form_and_its_responses(tmp_path: Path) -> None:
    _, requests = past(tmp_path, [NOW - age * DAY for age in range(90, 0, -1)])
    assert [request.path for request in requests] == ["/forms/u6nXL7", "/forms/u6nXL7/responses"]


def test_nothing_of_it_tells_the_token_or_what_people_wrote(tmp_path: Path) -> None:
    told, _ = past(tmp_path, MOMENTS)
    assert "planted" not in repr(told)
    assert TOKEN not in repr(told)
