"""Cohorts by the weeks of the launch calendar."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from exporter.sources.telemetry.figures import cohorts
from support.commands import had_commands, told
from support.warehouses import Store

LAUNCH = date(2026, 1, 15)
"""A Thursday."""
MOMENT = timedelta(milliseconds=1)


def in_week(week: int, **after: float) -> datetime:
    """A moment in a week of the calendar, in the middle of its first day or so long after its beginning."""
    return datetime.combine(LAUNCH, time(), UTC) + timedelta(weeks=week) + timedelta(**after or {"hours": 12})


def test_the_cohort_table_of_the_caro_guide_to_the_percent(store: Store, tmp_path: Path) -> None:
    """Of each cohort, how many have a command in its own week and in those after it."""
    came = {0: [150, 100, 75, 60], 1: [100, 70, 55], 2: [100, 72], 3: [100]}
    for cohort, numbers in came.items():
        for later, number in enumerate(numbers):
            moment = in_week(cohort + later)
            rows = [{"timestamp": moment, "user_id": f"{cohort}-{user}"} for user in range(number)]
            store.insert("command_generated", rows)
    figures = told(store, tmp_path, cohorts.samples, now=in_week(4, hours=0), launch=LAUNCH, min_group=5)
    table = {
        day: [
            round(100 * figures[f"cohort_users{{{day},{week}}}"] / figures[f"cohort_users{{{day},0}}"]) for week in range(weeks)
        ]
        for day, weeks in {"2026-01-15": 4, "2026-01-22": 3, "2026-01-29": 2, "2026-02-05": 1}.items()
    }
    assert table == {
        "2026-01-15": [100, 67, 50, 40],
        "2026-01-22": [100, 70, 55],
        "2026-01-29": [100, 72],
        "2026-02-05": [100],
    }
    assert len(figures) == 10
    assert figures["cohort_users{2026-01-15,0}"] == 150


def test_the_week_that_goes_on_is_told_with_what_has_come_so_far(store: Store, tmp_path: Path) -> None:
    had_commands(store, "ann", in_week(0), in_week(1, hours=1))
    had_commands(store, "bob", in_week(0), in_week(1, hours=3))
    had_commands(store, "cat", in_week(1, hours=1))
    assert told(store, tmp_path, cohorts.samples, now=in_week(1, hours=2), launch=LAUNCH) == {
        "cohort_users{2026-01-15,0}": 2,
        "cohort_users{2026-01-15,1}": 1,
        "cohort_users{2026-01-22,0}": 1,
    }


def test_weeks_begin_at_midnight_of_the_launch_and_hold_their_first_moment(store: Store, tmp_path: Path) -> None:
    had_commands(store, "ann", in_week(0, hours=0))
    had_commands(store, "bob", in_week(0, hours=0) - MOMENT, in_week(0))
    had_commands(store, "cat", in_week(1, hours=0) - MOMENT)
    had_commands(store, "dan", in_week(1, hours=0))
    assert told(store, tmp_path, cohorts.samples, now=in_week(2, hours=0), launch=LAUNCH) == {
        "cohort_users{2026-01-15,0}": 2,  # ann, cat
        "cohort_users{2026-01-15,1}": 0,
        "cohort_users{2026-01-22,0}": 1,  # dan
    }


def test_whoever_was_there_before_the_launch_belongs_to_no_cohort(store: Store, tmp_path: Path) -> None:
    had_commands(store, "ann", in_week(-30), in_week(0), in_week(1))
    had_commands(store, "bob", in_week(0), in_week(1))
    figures = told(store, tmp_path, cohorts.samples, now=in_week(2, hours=0), launch=LAUNCH)
    assert figures == {"cohort_users{2026-01-15,0}": 1, "cohort_users{2026-01-15,1}": 1}


def test_cohorts_of_few_users_are_not_told(store: Store, tmp_path: Path) -> None:
    for user in range(4):
        had_commands(store, f"early {user}", in_week(0), in_week(1))
    for user in range(5):
        had_commands(store, f"late {user}", in_week(1))
    figures = told(store, tmp_path, cohorts.samples, now=in_week(2, hours=0), launch=LAUNCH, min_group=5)
    assert figures == {"cohort_users{2026-01-22,0}": 5}


def test_the_latest_26_cohorts_are_told(store: Store, tmp_path: Path) -> None:
    for week in range(28):
        had_commands(store, f"user {week}", in_week(week), in_week(27, hours=13))
    figures = told(store, tmp_path, cohorts.samples, now=in_week(28, hours=0), launch=LAUNCH)
    newest = (LAUNCH + timedelta(weeks=27)).isoformat()
    oldest = (LAUNCH + timedelta(weeks=2)).isoformat()
    assert len({name.split(",")[0] for name in figures}) == 26
    assert figures[f"cohort_users{{{oldest},25}}"] == figures[f"cohort_users{{{newest},0}}"] == 1
    assert sum(figures.values()) == 2 * 26 - 1


@pytest.mark.parametrize("launch", [None, date(2026, 1, 20)], ids=["none", "yet to come"])
def test_without_a_launch_there_are_no_cohorts(store: Store, tmp_path: Path, launch: date | None) -> None:
    had_commands(store, "ann", in_week(0))
    assert told(store, tmp_path, cohorts.samples, now=datetime(2026, 1, 20, tzinfo=UTC), launch=launch) == {}


@pytest.mark.parametrize("earlier", [timedelta(days=7), timedelta(days=3)])
def test_another_launch_makes_other_cohorts(store: Store, tmp_path: Path, earlier: timedelta) -> None:
    had_commands(store, "ann", in_week(-1), in_week(1))
    had_commands(store, "bob", in_week(0), in_week(1))
    now = in_week(5, hours=0)
    assert told(store, tmp_path, cohorts.samples, now=now, launch=LAUNCH)["cohort_users{2026-01-15,1}"] == 1
    again = told(store, tmp_path, cohorts.samples, now=now, launch=LAUNCH - earlier)
    assert again == told(store, tmp_path / "fresh", cohorts.samples, now=now, launch=LAUNCH - earlier)
    assert again[f"cohort_users{{{(LAUNCH - earlier).isoformat()},0}}"] == 1
