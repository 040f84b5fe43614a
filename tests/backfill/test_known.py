"""What Prometheus knows already: where its memory begins, and from when on it has scraped a project."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from exporter.backfill.blocks import DataDirectory, promtool
from exporter.backfill.known import Own, asked_of, in_log, in_memory, limit, read_from
from exporter.backfill.ledger import FILE, Ledger
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


SCRAPED = "kpi_exporter_source_interval_seconds"


def matrix(*ends: int, scraped: Sequence[int] = ()) -> Answer:
    """The ends of the stretches that have something of what every scrape tells, and of what no backfill does."""
    result = [
        {"metric": {"__name__": name}, "values": [[end, "1"] for end in found]}
        for name, found in (("kpi_info", ends), (SCRAPED, scraped))
        if found
    ]
    return Answer.json({"status": "success", "data": {"resultType": "matrix", "result": result}})


def test_a_stretch_with_something_gives_its_beginning(tmp_path: Path) -> None:
    found, request = told(tmp_path, matrix(SPAN.since + 5 * HOUR, SPAN.since + 6 * HOUR))
    assert found == [SPAN.since + 4 * HOUR + 1, SPAN.since + 5 * HOUR + 1]
    assert limit(SPAN, found) == SPAN.since + 4 * HOUR
    assert request.path == "/api/v1/query_range"
    series = f'{{__name__=~"kpi_info|{SCRAPED}",project="acme"}}'
    assert request.query["query"] == [f"count by (__name__) (last_over_time({series}[3600s]))"]


def test_no_point_stands_where_something_was_scraped() -> None:
    assert limit(SPAN, [SPAN.since + 2 * HOUR, SPAN.since + HOUR]) == SPAN.since
    assert limit(SPAN, [SPAN.since + HOUR + 1]) == SPAN.since + HOUR


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


def test_what_was_scraped_within_the_hour_in_which_our_points_end_is_seen(tmp_path: Path) -> None:
    """Scraped from five minutes past to ten to, and then not for a day: no point may come in between."""
    own = [(SPAN.since, SPAN.since + 5 * HOUR)]
    found, _ = told(tmp_path, matrix(SPAN.since + 6 * HOUR, scraped=[SPAN.since + 6 * HOUR]), own)
    assert limit(SPAN, found) == SPAN.since + 5 * HOUR


def test_a_prometheus_that_knows_nothing_leaves_the_whole_span(tmp_path: Path) -> None:
    assert limit(SPAN, told(tmp_path, matrix())[0]) == SPAN.until


@pytest.mark.parametrize(
    "content",
    [
        [],
        {"status": "error"},
        {"status": "success", "data": {"resultType": "vector", "result": []}},
        {"status": "success", "data": {"resultType": "matrix", "result": [{"metric": {}, "values": []}]}},
    ],
)
def test_another_answer_is_a_failure(tmp_path: Path, content: Any) -> None:
    with pytest.raises(UpstreamError) as caught:
        told(tmp_path, Answer.json(content))
    assert caught.value.reason is Reason.MALFORMED


def filled(folder: Path, *series: str, first: int = SPAN.since + 4 * HOUR, last: int = SPAN.since + 6 * HOUR) -> DataDirectory:
    """A data directory with a sample a minute of these series."""
    directory, ledger = DataDirectory(folder / "data", promtool()), Ledger(folder / FILE)
    directory.write(ledger, [f"{one} 1 {at}\n" for one in series for at in range(first, last + 1, 60)], {})
    ledger.close()
    return directory


def read(directory: DataDirectory, own: Own = ()) -> int:
    """The last point that may be written for acme, of which `stars` is a KPI."""
    return limit(SPAN, read_from(directory, "acme", "stars", SPAN, own))


def test_what_was_scraped_is_read_from_blocks(tmp_path: Path) -> None:
    assert read(filled(tmp_path, 'kpi_info{project="acme",kpi="stars"}')) == SPAN.since + 3 * HOUR


def test_what_was_scraped_under_an_older_catalog_is_seen_too(tmp_path: Path) -> None:
    """A KPI that is new in the catalog was in no scrape."""
    scraped = ('kpi_info{project="acme",kpi="forks"}', f'{SCRAPED}{{project="acme",source="github"}}')
    assert read(filled(tmp_path, *scraped)) == SPAN.since + 3 * HOUR


def test_what_was_scraped_of_another_project_is_no_limit(tmp_path: Path) -> None:
    scraped = ('kpi_info{project="other",kpi="stars"}', f'{SCRAPED}{{project="other",source="github"}}')
    assert read(filled(tmp_path, *scraped)) == SPAN.until


def test_our_own_points_in_blocks_are_known_by_their_moments(tmp_path: Path) -> None:
    directory = filled(tmp_path, 'kpi_info{project="acme",kpi="stars"}')
    assert read(directory, [(SPAN.since + 4 * HOUR, SPAN.since + 6 * HOUR)]) == SPAN.until
    assert read(directory, [(SPAN.since + 4 * HOUR, SPAN.since + 5 * HOUR)]) == SPAN.since + 5 * HOUR


def test_where_no_prometheus_has_been_nothing_is_in_a_log(tmp_path: Path) -> None:
    assert in_log(DataDirectory(tmp_path / "none", promtool()), NOW) == NOW
    assert in_log(filled(tmp_path, 'stars{project="acme"}'), NOW) == NOW


def test_a_log_without_a_scrape_is_taken_to_hold_three_hours(tmp_path: Path) -> None:
    directory = filled(tmp_path, 'up{job="acme"}')
    (directory.folder / "wal").mkdir()
    assert in_log(directory, NOW) == NOW - timedelta(hours=3)


def begin(folder: Path, answer: Answer) -> timedelta:
    """How long ago the past ends that may be written."""
    with Upstream(lambda request: answer) as upstream:
        return NOW - in_memory(make_tools(folder).client, upstream.url, NOW)


def stats(milliseconds: float) -> Answer:
    return Answer.json({"status": "success", "data": {"headStats": {"minTime": milliseconds, "numSeries": 5}}})


def test_the_past_ends_before_the_first_sample_that_prometheus_holds_in_memory(tmp_path: Path) -> None:
    first = int((NOW - timedelta(hours=2)).timestamp() * 1000)
    assert begin(tmp_path, stats(first)) == timedelta(hours=2, seconds=1)
    assert begin(tmp_path, stats(first + 1)) == timedelta(hours=2)


def test_an_empty_memory_begins_now(tmp_path: Path) -> None:
    assert begin(tmp_path, stats(2**63 - 1)) == timedelta(0)


def test_a_server_that_does_not_tell_is_taken_to_hold_three_hours(tmp_path: Path) -> None:
    assert begin(tmp_path, Answer(404)) == timedelta(hours=3)
    with pytest.raises(UpstreamError):
        begin(tmp_path, Answer.json({"status": "success", "data": {}}))
