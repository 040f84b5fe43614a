"""Retention by week of life: of those who began some weeks ago, who was there in the last 7 days."""

from datetime import timedelta
from pathlib import Path

from exporter.sources.telemetry.figures import retention
from support.commands import had_commands, told
from support.telemetry import ago
from support.warehouses import Store

MOMENT = timedelta(milliseconds=1)


def test_two_of_three_who_began_last_week_came_back(store: Store, tmp_path: Path) -> None:
    had_commands(store, "ann", ago(days=9), ago(days=8), ago(days=2))
    had_commands(store, "bob", ago(days=10), ago(days=1))
    had_commands(store, "cat", ago(days=13))
    had_commands(store, "dan", ago(days=3))
    had_commands(store, "eve", ago(days=36), ago(days=13))
    had_commands(store, "fay", ago(days=500), ago(days=8), ago(days=1))
    assert told(store, tmp_path, retention.samples) == {
        "started_users{0}": 1,  # dan
        "returned_users{0}": 1,
        "started_users{1}": 3,  # ann, bob, cat
        "returned_users{1}": 2,  # ann, bob
        "started_users{5}": 1,  # eve, who did not come back
        "returned_users{5}": 0,
    }


def test_a_week_holds_its_first_moment_and_not_its_last(store: Store, tmp_path: Path) -> None:
    had_commands(store, "ann", ago(days=7), ago(days=1))
    had_commands(store, "bob", ago(days=7) - MOMENT, ago(days=1))
    had_commands(store, "cat", ago(days=63), ago(days=1))
    had_commands(store, "dan", ago(days=63) - MOMENT, ago(days=1))
    had_commands(store, "eve", ago(days=8), ago(days=0))
    had_commands(store, "fay", ago(days=8), ago(days=7))
    assert told(store, tmp_path, retention.samples) == {
        "started_users{0}": 1,  # ann
        "returned_users{0}": 1,
        "started_users{1}": 3,  # bob, eve, fay
        "returned_users{1}": 2,  # bob, and fay at the very first moment; eve's moment is not over
        "started_users{8}": 1,  # cat
        "returned_users{8}": 1,
    }


def test_weeks_in_which_few_began_are_not_told(store: Store, tmp_path: Path) -> None:
    for number in range(5):
        had_commands(store, f"user {number}", ago(days=10), ago(days=2))
    for number in range(4):
        had_commands(store, f"other {number}", ago(days=20), ago(days=2))
    assert told(store, tmp_path, retention.samples, min_group=5) == {"started_users{1}": 5, "returned_users{1}": 5}


def test_nobody_began_nothing_is_told(store: Store, tmp_path: Path) -> None:
    had_commands(store, None, ago(days=10))
    assert told(store, tmp_path, retention.samples) == {}
