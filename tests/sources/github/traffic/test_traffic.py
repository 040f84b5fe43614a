"""Traffic: the last whole day and 14 days, exactly as GitHub counts them, asked for every six hours."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from exporter.errors import Reason, UpstreamError
from exporter.sources.github.traffic import TrafficReader
from support.github import Repository
from support.github.one_topic import OneTopic, one_topic
from support.github.rest import Traffic
from support.tools import NOW
from support.upstream import Answer

TODAY = datetime(2026, 1, 27, tzinfo=UTC)
YESTERDAY, DAY_BEFORE = TODAY - timedelta(days=1), TODAY - timedelta(days=2)
HOUR = timedelta(hours=1)


def fill(topic: OneTopic) -> None:
    """Two of yesterday's six visitors had been there the day before, so 14 days have fewer visitors than their days."""
    widget = topic.github.repositories[0]
    topic.rest.traffic[widget, "views"] = Traffic({DAY_BEFORE: (10, 5), YESTERDAY: (14, 6), TODAY: (3, 2)}, (27, 10))
    topic.rest.traffic[widget, "clones"] = Traffic({DAY_BEFORE: (4, 4)}, (4, 4))


def test_days_and_14_days_are_told_as_github_counts_them(tmp_path: Path) -> None:
    with one_topic(TrafficReader, tmp_path) as topic:
        fill(topic)
        assert topic.refresh() == {
            "github_traffic_cloners{14d}": 4,
            "github_traffic_cloners{1d}": 0,
            "github_traffic_clones{14d}": 4,
            "github_traffic_clones{1d}": 0,
            "github_traffic_views{14d}": 27,
            "github_traffic_views{1d}": 14,
            "github_traffic_visitors{14d}": 10,
            "github_traffic_visitors{1d}": 6,
        }


@pytest.mark.parametrize(
    ("now", "views"),
    [
        (TODAY + timedelta(minutes=59), 10),
        (TODAY + HOUR, 14),
        (TODAY + timedelta(hours=23, minutes=59), 14),
    ],
)
def test_a_day_is_whole_an_hour_after_its_end(now: datetime, views: int, tmp_path: Path) -> None:
    with one_topic(TrafficReader, tmp_path) as topic:
        fill(topic)
        assert topic.refresh(now)["github_traffic_views{1d}"] == views


def test_a_repository_that_nobody_visits_has_0_of_everything(tmp_path: Path) -> None:
    with one_topic(TrafficReader, tmp_path) as topic:
        assert set(topic.refresh().values()) == {0}


def test_github_is_asked_again_when_slow_interval_has_passed(tmp_path: Path) -> None:
    with one_topic(TrafficReader, tmp_path, slow_interval="6h") as topic:
        fill(topic)
        first = topic.refresh()
        assert [request.path for request in topic.asked()] == [
            "/repos/acme/widget/traffic/views",
            "/repos/acme/widget/traffic/clones",
        ]
        assert topic.refresh(NOW + 6 * HOUR - timedelta(seconds=1)) == first
        assert topic.asked() == []
        topic.refresh(NOW + 6 * HOUR)
        assert len(topic.asked()) == 2


def test_a_restart_asks_nothing(tmp_path: Path) -> None:
    with one_topic(TrafficReader, tmp_path) as topic:
        fill(topic)
        first = topic.refresh()
        topic.asked()
        topic.restart()
        assert topic.refresh(NOW + HOUR) == first
        assert topic.asked() == []


def test_a_clock_that_was_set_back_does_not_stop_the_reading(tmp_path: Path) -> None:
    with one_topic(TrafficReader, tmp_path) as topic:
        topic.refresh(NOW)
        topic.asked()
        topic.refresh(NOW - 24 * HOUR)
        assert len(topic.asked()) == 2


def test_each_repository_is_read_by_itself(tmp_path: Path) -> None:
    one, two = Repository("acme/one"), Repository("acme/two")
    with one_topic(TrafficReader, tmp_path, one, two) as topic:
        topic.rest.traffic[one, "views"] = Traffic({YESTERDAY: (1, 1)}, (1, 1))
        topic.rest.traffic[two, "views"] = Traffic({YESTERDAY: (9, 2)}, (9, 2))
        assert topic.refresh(repository=one)["github_traffic_views{1d}"] == 1
        assert topic.refresh(repository=two)["github_traffic_views{1d}"] == 9
        assert topic.refresh(repository=one)["github_traffic_views{1d}"] == 1


def test_a_renamed_repository_is_followed_and_keeps_its_name(tmp_path: Path) -> None:
    with one_topic(TrafficReader, tmp_path) as topic:
        fill(topic)
        topic.github.renamed["acme/widget"] = topic.github.repositories[0].name = "acme/gadget"
        assert topic.refresh(name="acme/widget")["github_traffic_views{1d}"] == 14


def test_without_push_access_there_are_no_figures(tmp_path: Path) -> None:
    with one_topic(TrafficReader, tmp_path) as topic:
        topic.rest.failing["acme/widget", "traffic/views"] = Answer.json({"message": "Must have push access"}, 403)
        with pytest.raises(UpstreamError) as caught:
            topic.refresh()
        assert caught.value.reason is Reason.AUTH
        assert topic.kept() == {}


def test_half_a_reading_is_not_kept(tmp_path: Path) -> None:
    with one_topic(TrafficReader, tmp_path) as topic:
        fill(topic)
        topic.rest.failing["acme/widget", "traffic/clones"] = Answer(500)
        with pytest.raises(UpstreamError):
            topic.refresh()
        assert topic.kept() == {}
        topic.rest.failing.clear()
        assert topic.refresh()["github_traffic_views{1d}"] == 14


@pytest.mark.parametrize(
    "said",
    [
        {},
        [],
        {"count": 1, "uniques": 1},
        {"count": "1", "uniques": 1, "views": []},
        {"count": -1, "uniques": 1, "views": []},
        {"count": True, "uniques": 1, "views": []},
        {"count": 1, "uniques": 1, "views": [{"timestamp": "2026-01-26", "count": 1, "uniques": 1}]},
        {"count": 1, "uniques": 1, "views": [{"timestamp": "2026-01-26T00:00:00Z", "count": 1}]},
    ],
)
def test_what_is_no_traffic_is_refused(said: Any, tmp_path: Path) -> None:
    with one_topic(TrafficReader, tmp_path) as topic:
        topic.rest.failing["acme/widget", "traffic/views"] = Answer.json(said)
        with pytest.raises(UpstreamError) as caught:
            topic.refresh()
        assert caught.value.reason is Reason.MALFORMED


def test_nothing_to_tell_is_not_nothing_to_count(tmp_path: Path) -> None:
    with one_topic(TrafficReader, tmp_path) as topic:
        topic.rest.failing["acme/widget", "traffic/views"] = Answer(204)
        with pytest.raises(UpstreamError) as caught:
            topic.refresh()
        assert caught.value.reason is Reason.MALFORMED
