"""Crashes, and how many there are for each session or active user."""

import pytest

from exporter.sources.telemetry.figures import crashes
from support.telemetry import ago, figures
from support.tools import NOW
from support.warehouses import Store

NO_SESSIONS = {"sessions": {"missing": True}}


def crash(store: Store, *rows: tuple[object, str, str]) -> None:
    store.insert("crashes", [{"timestamp": at, "platform": platform, "version": version} for at, platform, version in rows])


def session(store: Store, times: int, user: str | None = "ann", platform: str | None = "macos", days: float = 1) -> None:
    store.insert("sessions", [{"timestamp": ago(days=days), "user_id": user, "platform": platform}] * times)


def command(store: Store, *users: str | None, platform: str = "macos", days: float = 1) -> None:
    store.insert("command_generated", [{"timestamp": ago(days=days), "user_id": user, "platform": platform} for user in users])


def test_crashes_by_window_platform_and_version(store: Store) -> None:
    crash(
        store,
        (ago(hours=1), "macos", "1.1.0"),
        (ago(days=7), "linux", "1.1.0"),
        (ago(days=7), "linux", "1.0.0"),
        (ago(days=8), "linux", "1.0.0"),
        (NOW, "linux", "1.0.0"),
    )
    assert figures(store, crashes.samples) == {
        "crashes{24h}": 1,
        "crashes{7d}": 3,
        "crashes{28d}": 4,
        "crashes{30d}": 4,
        "platform_crashes{linux,7d}": 2,
        "platform_crashes{macos,7d}": 1,
        "version_crashes{1.0.0,7d}": 1,
        "version_crashes{1.1.0,7d}": 2,
    }


def test_the_ratio_is_of_sessions(store: Store) -> None:
    crash(store, (ago(days=2), "macos", "1.1.0"), (ago(days=10), "macos", "1.1.0"))
    session(store, 8, days=2)
    session(store, 2, days=20)
    command(store, "ann")
    told = figures(store, crashes.samples)
    assert {name: value for name, value in told.items() if name.startswith("crash_ratio")} == {
        "crash_ratio{7d}": 1 / 8,
        "crash_ratio{28d}": 2 / 10,
        "crash_ratio{30d}": 2 / 10,
    }


def test_the_ratio_is_of_active_users_where_the_product_has_no_sessions(store: Store) -> None:
    crash(store, (ago(days=2), "macos", "1.1.0"))
    command(store, "ann", "ann", "bob", None, days=2)
    command(store, "cat", "dan", days=20)
    told = figures(store, crashes.samples, tables=NO_SESSIONS)
    assert {name: value for name, value in told.items() if name.startswith("crash_ratio")} == {
        "crash_ratio{7d}": 1 / 2,
        "crash_ratio{28d}": 1 / 4,
        "crash_ratio{30d}": 1 / 4,
    }


def test_a_table_of_sessions_that_is_not_there_is_none_that_is_empty(store: Store) -> None:
    crash(store, (ago(days=2), "macos", "1.1.0"))
    command(store, "ann", days=2)
    assert "crash_ratio{7d}" not in figures(store, crashes.samples)
    store.execute(f"DROP TABLE {store.called('sessions')}")
    assert figures(store, crashes.samples)["crash_ratio{7d}"] == 1


def test_without_crashes_the_ratio_is_zero(store: Store) -> None:
    session(store, 3)
    told = figures(store, crashes.samples)
    assert (told["crashes{7d}"], told["crash_ratio{7d}"], told["platform_crash_ratio{macos,7d}"]) == (0, 0, 0)


@pytest.mark.parametrize("tables", [{}, NO_SESSIONS, {**NO_SESSIONS, "command_generated": {"missing": True}}])
def test_without_a_divisor_there_is_no_ratio(store: Store, tables: dict[str, object]) -> None:
    crash(store, (ago(days=2), "macos", "1.1.0"))
    told = figures(store, crashes.samples, tables=tables)
    assert told["crashes{7d}"] == 1
    assert not any("ratio" in name for name in told)


def test_the_ratio_of_a_platform_is_of_its_sessions(store: Store) -> None:
    crash(store, *[(ago(days=2), "macos", "1.1.0")] * 2, (ago(days=2), "linux", "1.1.0"), (ago(days=2), "windows", "1.1.0"))
    for user in ("ann", "bob"):
        session(store, 5, user)
        session(store, 2, user, "linux")
    session(store, 9, "cat", "windows")
    told = figures(store, crashes.samples, min_group=2)
    assert {name: value for name, value in told.items() if "ratio{" in name and "platform" in name} == {
        "platform_crash_ratio{linux,7d}": 1 / 4,
        "platform_crash_ratio{macos,7d}": 2 / 10,
    }


def test_the_ratio_of_a_platform_is_of_its_active_users_where_the_product_has_no_sessions(store: Store) -> None:
    crash(store, (ago(days=2), "macos", "1.1.0"))
    command(store, "ann", "ann", "bob", None)
    command(store, "cat", platform="linux")
    told = figures(store, crashes.samples, min_group=2, tables=NO_SESSIONS)
    assert told["platform_crash_ratio{macos,7d}"] == 1 / 2
    assert "platform_crash_ratio{linux,7d}" not in told


def test_sessions_that_tell_no_platform_give_no_ratio_of_platforms(store: Store) -> None:
    crash(store, (ago(days=2), "macos", "1.1.0"))
    session(store, 5)
    command(store, "ann")
    told = figures(store, crashes.samples, tables={"sessions": {"columns": {"platform": None}}})
    assert told["crash_ratio{7d}"] == 1 / 5
    assert not any(name.startswith("platform_crash_ratio") for name in told)
