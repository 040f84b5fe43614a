"""The events of the demo make the figures of the second week, and of the weeks before it."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from exporter.demo.beta import launch_of
from exporter.demo.warehouse import fill
from exporter.errors import UpstreamError
from exporter.sources.telemetry import SOURCE as TELEMETRY
from support.demo import Figures, figures
from support.tools import NOW, make_tools


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Figures:
    folder = tmp_path_factory.mktemp("warehouse")
    fill(folder / "events.db", NOW)
    return told(folder)


def told(folder: Path, ago: timedelta = timedelta(0)) -> Figures:
    """What the source says of the file, so long before now."""
    now = NOW - ago
    source = TELEMETRY(TELEMETRY.config_type.model_validate({"url": f"sqlite:///{folder / 'events.db'}"}))
    tools = replace(make_tools(folder / f"{ago.days}", now=now), launch=launch_of(NOW))
    return figures(list(source.collect(tools, now)))


def test_people_are_those_of_the_guide(said: Figures) -> None:
    expected = {
        ("telemetry_active_users", "7d"): 250,
        ("telemetry_new_users", "7d"): 142,
        ("telemetry_started_users", "1"): 140,
        ("telemetry_returned_users", "1"): 98,
        ("telemetry_activity_users", "casual", "7d"): 125,
        ("telemetry_activity_users", "regular", "7d"): 100,
        ("telemetry_activity_users", "power", "7d"): 25,
        ("telemetry_commands", "7d"): 2000,
        ("telemetry_sessions", "7d"): 4000,
        ("telemetry_crashes", "7d"): 2,
        ("telemetry_errors", "7d"): 66,
        ("telemetry_requests", "7d"): 2066,
        ("telemetry_type_errors", "timeout", "7d"): 17,
        ("telemetry_positive_feedback", "7d"): 348,
        ("telemetry_feedback", "7d"): 400,
        ("telemetry_satisfied_ratings", "7d"): 51,
        ("telemetry_ratings", "7d"): 60,
        ("telemetry_feature_users", "shell_integration", "7d"): 85,
    }
    assert {key: said[key] for key in expected} == expected
    assert said["telemetry_downloads", "7d"] == pytest.approx(350, rel=0.02)
    assert said["telemetry_activated_users",] / said["telemetry_installed_users",] == pytest.approx(0.78, abs=0.03)


@pytest.mark.parametrize(
    ("complexity", "median", "p95", "p99"), [("simple", 27, 45, 74), ("medium", 190, 315, 470), ("complex", 550, 850, 1300)]
)
def test_commands_take_as_long_as_in_the_guide(said: Figures, complexity: str, median: float, p95: float, p99: float) -> None:
    for statistic, milliseconds in {"median": median, "p95": p95, "p99": p99}.items():
        found = said["telemetry_response_seconds", complexity, statistic, "7d"]
        assert found == pytest.approx(milliseconds / 1000, rel=0.03)


def test_runs_take_as_much_memory_as_in_the_guide(said: Figures) -> None:
    assert said["telemetry_memory_bytes", "p95", "7d"] == pytest.approx(42e6, rel=0.01)


def test_use_grew_week_by_week(said: Figures) -> None:
    assert [said["telemetry_weekly_users", str(week)] for week in range(4)] == [250, 153, 18, 10]


def test_the_week_before_was_what_it_is_told_to_be(tmp_path: Path) -> None:
    fill(tmp_path / "events.db", NOW)
    before = told(tmp_path, timedelta(days=7))
    assert (before["telemetry_active_users", "7d"], before["telemetry_commands", "7d"]) == (153, 1250)


def test_no_day_has_more_weekly_users_than_today(tmp_path: Path) -> None:
    fill(tmp_path / "events.db", NOW)
    day, week = 86_400_000, 7 * 86_400_000
    now = round(NOW.timestamp() * 1000)
    count = "SELECT count(DISTINCT user_id) FROM command_generated WHERE timestamp > ? AND timestamp <= ?"
    with closing(sqlite3.connect(tmp_path / "events.db")) as events:
        users = [events.execute(count, (now - ago * day - week, now - ago * day)).fetchone()[0] for ago in range(21)]
    assert (users[0], max(users)) == (250, 250)


def test_the_same_moment_gives_the_same_events(tmp_path: Path) -> None:
    for name in ("one.db", "other.db"):
        fill(tmp_path / name, NOW)
    rows = []
    for name in ("one.db", "other.db"):
        with closing(sqlite3.connect(tmp_path / name)) as events:
            rows.append(events.execute("SELECT timestamp, user_id, category FROM command_generated ORDER BY 1, 2").fetchall())
    assert len(rows[0]) == 3490
    assert rows[0] == rows[1]


def test_nothing_happens_after_now(tmp_path: Path) -> None:
    fill(tmp_path / "events.db", NOW)
    tables = ("command_generated", "downloads", "command_feedback", "sessions", "memory_usage")
    with closing(sqlite3.connect(tmp_path / "events.db")) as events:
        newest = [events.execute(f"SELECT max(timestamp) FROM {table}").fetchone()[0] for table in tables]
    assert max(newest) <= NOW.timestamp() * 1000


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UpstreamError, match="no such folder"):
        fill(tmp_path / "nowhere" / "events.db", NOW)
