"""What Prometheus knows already: where its memory begins, and from when on it has scraped a project."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from exporter.backfill.known import asked_of, in_memory, limit
from exporter.backfill.span import DAY, HOUR, Span
from exporter.errors import Reason, UpstreamError
from support.tools import NOW, make_tools
from support.upstream import Answer, Request, Upstream

SPAN = Span(20_000 * DAY, 20_002 * DAY)


def told(folder: Path, answer: Answer, own: Sequence[tuple[int, int]] = ()) -> tuple[list[int], Request]:
    """What is found out of an answer, and the request for it."""
    with Upstream(lambda request: answer) as upstream:
        found = list(asked_of(make_tools(folder).client, upstream.url + "/", "acme", SPAN, own))
        return found, upstream.requests[0]


def matrix(*ends: int) -> Answer:
    result = [{"metric": {}, "values": [[end, "1"] for end in ends]}] if ends else []
    return Answer.json({"status": "success", "data": {"resultType": "matrix", "result": result}})


def test_a_stretch_with_something_gives_its_beginning(tmp_path: Path) -> None:
    found, request = told(tmp_path, matrix(SPAN.since + 5 * HOUR, SPAN.since + 6 * HOUR))
    assert found == [SPAN.since + 4 * HOUR + 1, SPAN.since + 5 * HOUR + 1]
    assert limit(SPAN, found) == SPAN.since + 4 * HOUR
    assert request.path == "/api/v1/query_range"
    assert request.query["query"] == ['count(last_over_time(kpi_info{project="acme"}[3600s]))']


def test_what_was_scraped_at_the_very_beginning_leaves_nothing_to_do(tmp_path: Path) -> None:
    found, _ = told(tmp_path, matrix(SPAN.since, SPAN.since + HOUR))
    assert limit(SPAN, found) < SPAN.since


def test_our_own_points_are_not_taken_for_scraped_ones(tmp_path: Path) -> None:
    own = [(SPAN.since, SPAN.since + 5 * HOUR)]
    stretches = [SPAN.since + number * HOUR for number in range(6)]
    assert told(tmp_path, matrix(*stretches), own)[0] == []


def test_where_our_points_end_scraped_ones_may_follow_at_once(tmp_path: Path) -> None:
    own = [(SPAN.since, SPAN.since + 5 * HOUR)]
    found, _ = told(tmp_path, matrix(SPAN.since + 6 * HOUR, SPAN.since + 7 * HOUR), own)
    assert limit(SPAN, found) == SPAN.since + 5 * HOUR


def test_a_prometheus_that_knows_nothing_leaves_the_whole_span(tmp_path: Path) -> None:
    assert limit(SPAN, told(tmp_path, matrix())[0]) == SPAN.until


@pytest.mark.parametrize(
    "content", [[], {"status": "error"}, {"status": "success", "data": {"resultType": "vector", "result": []}}]
)
def test_another_answer_is_a_failure(tmp_path: Path, content: Any) -> None:
    with pytest.raises(UpstreamError) as caught:
        told(tmp_path, Answer.json(content))
    assert caught.value.reason is Reason.MALFORMED


def begin(folder: Path, answer: Answer) -> timedelta:
    """How long ago the memory begins."""
    with Upstream(lambda request: answer) as upstream:
        return NOW - in_memory(make_tools(folder).client, upstream.url, NOW)


def stats(milliseconds: float) -> Answer:
    return Answer.json({"status": "success", "data": {"headStats": {"minTime": milliseconds, "numSeries": 5}}})


def test_memory_begins_where_prometheus_says(tmp_path: Path) -> None:
    assert begin(tmp_path, stats(int((NOW - timedelta(hours=2)).timestamp() * 1000))) == timedelta(hours=2)


def test_an_empty_memory_begins_now(tmp_path: Path) -> None:
    assert begin(tmp_path, stats(2**63 - 1)) == timedelta(0)


def test_a_server_that_does_not_tell_is_taken_to_hold_three_hours(tmp_path: Path) -> None:
    assert begin(tmp_path, Answer(404)) == timedelta(hours=3)
    with pytest.raises(UpstreamError):
        begin(tmp_path, Answer.json({"status": "success", "data": {}}))
