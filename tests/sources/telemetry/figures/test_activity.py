"""Users by window and by week: who is there, who is new, who does much, and who stopped."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from exporter.sources.telemetry.figures import activity
from exporter.sources.telemetry.warehouse import LackingError
from support.commands import had_commands, told
from support.telemetry import ago
from support.tools import NOW
from support.warehouses import Store

MOMENT = timedelta(milliseconds=1)


def test_six_users_in_two_months(store: Store, tmp_path: Path) -> None:
    """One line a user; the numbers are days ago."""
    had_commands(store, "ann", ago(days=0.5), ago(days=0.6), ago(days=8), ago(days=400))
    had_commands(store, "bob", ago(days=0.9))
    had_commands(store, "cat", ago(days=6), ago(days=13), ago(days=20), ago(days=27))
    had_commands(store, "dan", ago(days=10), ago(days=40))
    had_commands(store, "eve", ago(days=45), ago(days=50))
    had_commands(store, "fay", ago(days=29), ago(days=59))
    assert told(store, tmp_path, activity.samples) == {
        "active_users{24h}": 2,  # ann, bob
        "active_users{7d}": 3,  # and cat
        "active_users{30d}": 5,  # and dan, fay
        "new_users{24h}": 1,  # bob
        "new_users{7d}": 1,
        "new_users{28d}": 2,  # and cat
        "new_users{30d}": 2,
        "weekly_users{0}": 3,
        "weekly_users{1}": 3,  # ann, cat, dan
        "weekly_users{2}": 1,  # cat
        "weekly_users{3}": 1,  # cat
        "weekly_new_users{0}": 1,
        "weekly_new_users{1}": 0,
        "weekly_new_users{2}": 0,
        "weekly_new_users{3}": 1,
        "users_each_week{7d}": 3,
        "users_each_week{28d}": 8,
        "heavy_users{7d}": 0,
        "activity_users{casual,7d}": 3,
        "activity_users{regular,7d}": 0,
        "activity_users{power,7d}": 0,
        "previous_users{30d}": 3,  # dan, eve, fay
        "lost_users{30d}": 1,  # eve
    }


def test_a_warehouse_without_commands_has_no_users(store: Store, tmp_path: Path) -> None:
    figures = told(store, tmp_path, activity.samples)
    assert len(figures) == 23
    assert set(figures.values()) == {0}


@pytest.mark.parametrize("now", [NOW, datetime(2026, 1, 27, 11, 44, 3, 123000, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)])
def test_a_window_holds_its_first_moment_and_not_its_last(store: Store, tmp_path: Path, now: datetime) -> None:
    had_commands(store, "just now", now)
    had_commands(store, "before now", now - MOMENT)
    had_commands(store, "a week ago", now - timedelta(days=7))
    had_commands(store, "before that", now - timedelta(days=7) - MOMENT)
    had_commands(store, "30 days ago", now - timedelta(days=30))
    had_commands(store, "before those", now - timedelta(days=30) - MOMENT)
    figures = told(store, tmp_path, activity.samples, now=now)
    assert (figures["active_users{24h}"], figures["new_users{24h}"]) == (1, 1)
    assert (figures["active_users{7d}"], figures["new_users{7d}"]) == (2, 2)
    assert (figures["weekly_users{1}"], figures["weekly_new_users{1}"]) == (1, 1)
    assert (figures["active_users{30d}"], figures["new_users{30d}"]) == (4, 4)
    assert (figures["previous_users{30d}"], figures["lost_users{30d}"]) == (1, 1)


def test_an_event_of_the_future_makes_nobody_active_or_old(store: Store, tmp_path: Path) -> None:
    had_commands(store, "ann", NOW + timedelta(hours=1))
    had_commands(store, "bob", NOW + timedelta(days=400), ago(days=2))
    figures = told(store, tmp_path, activity.samples)
    assert (figures["active_users{30d}"], figures["new_users{30d}"]) == (1, 1)


def test_a_command_without_a_user_is_nobodys(store: Store, tmp_path: Path) -> None:
    had_commands(store, None, ago(days=1), ago(days=2), ago(days=40))
    assert set(told(store, tmp_path, activity.samples).values()) == {0}


def test_commands_that_were_stored_twice_make_no_more_users(store: Store, tmp_path: Path) -> None:
    for _ in range(2):
        had_commands(store, "ann", ago(days=2), ago(days=9), ago(days=35))
    figures = told(store, tmp_path, activity.samples)
    assert {name: figures[name] for name in ("active_users{7d}", "users_each_week{28d}", "previous_users{30d}")} == {
        "active_users{7d}": 1,
        "users_each_week{28d}": 2,
        "previous_users{30d}": 1,
    }


@pytest.mark.parametrize(
    ("commands", "kind"), [(1, "casual"), (5, "casual"), (6, "regular"), (20, "regular"), (21, "power"), (101, "power")]
)
def test_users_are_casual_regular_or_power_users_by_their_commands(
    store: Store, tmp_path: Path, commands: int, kind: str
) -> None:
    had_commands(store, "ann", *(ago(days=3, seconds=second) for second in range(commands)), ago(days=8))
    figures = told(store, tmp_path, activity.samples)
    kinds = {"casual": 0, "regular": 0, "power": 0} | {kind: 1}
    assert {name: figures[f"activity_users{{{name},7d}}"] for name in kinds} == kinds


@pytest.mark.parametrize(("heavy_use", "heavy"), [(2, 1), (3, 0)])
def test_heavy_users_have_more_commands_than_heavy_use(store: Store, tmp_path: Path, heavy_use: int, heavy: int) -> None:
    had_commands(store, "ann", ago(days=1), ago(days=2), ago(days=3), ago(days=8))
    assert told(store, tmp_path, activity.samples, heavy_use=heavy_use)["heavy_users{7d}"] == heavy


def test_a_group_by_activity_of_few_users_is_not_told_and_totals_are(store: Store, tmp_path: Path) -> None:
    for user in ("ann", "bob", "cat"):
        had_commands(store, user, ago(days=3))
    for user in ("dan", "eve"):
        had_commands(store, user, *(ago(days=3, minutes=minute) for minute in range(7)))
    figures = told(store, tmp_path, activity.samples, min_group=3)
    groups = {name: value for name, value in figures.items() if name.startswith("activity_users")}
    assert groups == {"activity_users{casual,7d}": 3, "activity_users{power,7d}": 0}
    assert figures["active_users{7d}"] == 5


def test_only_the_commands_of_the_mapping_count_also_as_the_first(store: Store, tmp_path: Path) -> None:
    store.execute(f"ALTER TABLE {store.called('command_generated')} ADD COLUMN product text")
    rows = [("ann", "caro", 2), ("ann", "other", 40), ("bob", "other", 2)]
    store.insert("command_generated", [{"timestamp": ago(days=days), "user_id": user, "product": p} for user, p, days in rows])
    figures = told(store, tmp_path, activity.samples, tables={"command_generated": {"where": {"product": "caro"}}})
    assert (figures["active_users{7d}"], figures["new_users{7d}"], figures["previous_users{30d}"]) == (1, 1, 0)


def test_a_product_that_tells_no_users_has_no_activity(store: Store, tmp_path: Path) -> None:
    with pytest.raises(LackingError) as raised:
        told(store, tmp_path, activity.samples, tables={"command_generated": {"columns": {"user_id": None}}})
    assert raised.value.expected
