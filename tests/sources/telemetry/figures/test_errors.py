"""Errors and requests, by window, type and platform."""

from datetime import datetime

import pytest

from exporter.sources.telemetry.figures import errors
from exporter.sources.telemetry.warehouse import LackingError
from support.telemetry import ago, figures
from support.tools import NOW
from support.warehouses import Store


def error(at: datetime, kind: str | None, platform: str = "macos", user: str | None = "ann") -> dict[str, object]:
    return {"timestamp": at, "user_id": user, "error_type": kind, "platform": platform}


def command(at: datetime, platform: str = "macos", user: str | None = "ann") -> dict[str, object]:
    return {"timestamp": at, "user_id": user, "platform": platform}


def small(store: Store) -> None:
    """In the last week 3 errors, one of which is intended, and 4 commands."""
    store.insert(
        "command_generation_error",
        [
            error(ago(hours=1), "timeout"),
            error(ago(days=7), "timeout", "linux"),
            error(ago(days=2), "safety_blocked"),
            error(ago(days=20), "llm_error"),
            error(NOW, "timeout"),
        ],
    )
    moments = [ago(hours=2), ago(days=3), ago(days=3), ago(days=7), ago(days=29)]
    store.insert("command_generated", map(command, moments))


def test_errors_and_requests(store: Store) -> None:
    small(store)
    assert figures(store, errors.samples) == {
        "errors{24h}": 1,
        "errors{7d}": 2,
        "errors{28d}": 3,
        "errors{30d}": 3,
        "requests{24h}": 2,
        "requests{7d}": 6,
        "requests{28d}": 7,
        "requests{30d}": 8,
        "type_errors{safety_blocked,7d}": 1,
        "type_errors{timeout,7d}": 2,
        "platform_errors{linux,7d}": 1,
        "platform_errors{macos,7d}": 1,
        "platform_requests{linux,7d}": 1,
        "platform_requests{macos,7d}": 5,
    }


def test_which_errors_are_intended_is_configured(store: Store) -> None:
    small(store)
    assert figures(store, errors.samples, intended_errors=["timeout", "llm_error"])["errors{28d}"] == 1
    assert figures(store, errors.samples, intended_errors=[])["errors{28d}"] == 4


def test_an_error_of_no_type_is_an_error(store: Store) -> None:
    store.insert("command_generation_error", [error(ago(hours=1), None)])
    told = figures(store, errors.samples)
    assert (told["errors{7d}"], told["platform_errors{macos,7d}"]) == (1, 1)
    assert not any(name.startswith("type") for name in told)


def test_of_empty_tables_there_are_counts_of_zero(store: Store) -> None:
    told = figures(store, errors.samples, known={"error_type": ["timeout"], "platform": ["macos"]})
    assert set(told.values()) == {0}
    assert {"type_errors{timeout,7d}", "platform_errors{macos,7d}", "platform_requests{macos,7d}"} <= told.keys()


def test_a_platform_with_few_errors_is_told_where_enough_users_have_commands(store: Store) -> None:
    """Two users on macos, one of whom had an error; one user on linux, who had all the errors there."""
    store.insert("command_generated", [command(ago(hours=1)), command(ago(hours=1), user="bob")])
    store.insert("command_generation_error", [error(ago(hours=1), "timeout"), *[error(ago(hours=1), "timeout", "linux")] * 9])
    told = figures(store, errors.samples, min_group=2)
    assert (told["platform_errors{macos,7d}"], told["platform_requests{macos,7d}"]) == (1, 3)
    assert not any("linux" in name for name in told)


def test_a_platform_on_which_nothing_works_is_told_where_enough_users_have_errors(store: Store) -> None:
    store.insert("command_generation_error", [error(ago(hours=1), "timeout", "linux", user) for user in ("ann", "bob")])
    told = figures(store, errors.samples, min_group=2)
    assert (told["platform_errors{linux,7d}"], told["platform_requests{linux,7d}"]) == (2, 2)


def test_where_there_are_too_many_words_one_that_was_left_out_is_not_taken_for_nothing(store: Store) -> None:
    """A hundred invented platforms have more errors than macos has."""
    store.insert("command_generated", [command(ago(hours=1))])
    invented = [f"invented{n}" for n in range(100)]
    store.insert("command_generation_error", [error(ago(hours=1), "timeout", name) for name in ["macos", *invented * 2]])
    told = figures(store, errors.samples)
    assert "platform_errors{macos,7d}" not in told
    assert told["platform_errors{invented0,7d}"] == 2
    told = figures(store, errors.samples, known={"platform": ["macos"]})
    assert (told["platform_errors{macos,7d}"], told["platform_requests{macos,7d}"]) == (1, 2)


def test_without_commands_there_are_errors_and_no_requests(store: Store) -> None:
    small(store)
    told = figures(store, errors.samples, tables={"command_generated": {"missing": True}})
    assert told["errors{7d}"] == 2
    assert told["platform_errors{macos,7d}"] == 1
    assert not any("requests" in name for name in told)


def test_without_types_errors_are_unknown_unless_none_is_intended(store: Store) -> None:
    small(store)
    tables = {"command_generation_error": {"columns": {"error_type": None}}}
    with pytest.raises(LackingError, match="no column error_type"):
        figures(store, errors.samples, tables=tables)
    told = figures(store, errors.samples, tables=tables, intended_errors=[])
    assert (told["errors{7d}"], told["platform_errors{macos,7d}"]) == (3, 2)


def test_types_may_be_an_enumeration(store: Store) -> None:
    small(store)
    if store.engine == "postgresql":
        store.execute("CREATE TYPE analytics.kind AS ENUM ('timeout', 'llm_error', 'safety_blocked')")
        table = "analytics.command_generation_error"
        store.execute(f"ALTER TABLE {table} ALTER error_type TYPE analytics.kind USING error_type::analytics.kind")
    assert figures(store, errors.samples)["errors{7d}"] == 2
