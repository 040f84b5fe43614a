"""Activation: first installations 8 days to 1 day ago, and commands within 24 hours of them."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from exporter.sources.telemetry.figures import activation
from exporter.sources.telemetry.warehouse import LackingError
from support.telemetry import ago, figures
from support.tools import NOW
from support.warehouses import Store

MOMENT = timedelta(milliseconds=1)
DAY = timedelta(days=1)


def events(store: Store, table: str, *moments: tuple[str | None, datetime]) -> None:
    store.insert(table, [{"timestamp": at, "user_id": user} for user, at in moments])


def activated(store: Store, **config: object) -> tuple[float, float]:
    """Users who installed, and those of them who were activated."""
    told = figures(store, activation.samples, **config)
    return told.pop("installed_users{}"), told.pop("activated_users{}")


def test_three_of_four_who_installed_had_a_command_within_a_day(store: Store) -> None:
    installs = {"ann": ago(days=2), "bob": ago(days=3), "cat": ago(days=4), "dan": ago(days=5)}
    events(store, "downloads", *installs.items())
    events(store, "command_generated", *((user, at + timedelta(hours=9)) for user, at in installs.items() if user != "dan"))
    assert activated(store) == (4, 3)


@pytest.mark.parametrize(
    ("installed", "counts"),
    [
        (ago(days=8), True),
        (ago(days=8) - MOMENT, False),
        (ago(days=1) - MOMENT, True),
        (ago(days=1), False),
        (NOW, False),
    ],
)
def test_those_count_who_installed_8_days_to_1_day_ago(store: Store, installed: datetime, counts: bool) -> None:
    events(store, "downloads", ("ann", installed))
    assert activated(store) == (counts, 0)


@pytest.mark.parametrize(
    ("after", "counts"),
    [
        (timedelta(0), True),
        (DAY, True),
        (DAY + MOMENT, False),
        (-timedelta(minutes=5), True),
        (-timedelta(minutes=5) - MOMENT, False),
    ],
)
@pytest.mark.parametrize("installed", [ago(days=3, milliseconds=377), ago(days=8), ago(days=1) - MOMENT])
def test_a_command_counts_up_to_24_hours_later_and_as_much_before_as_clocks_differ(
    store: Store, installed: datetime, after: timedelta, counts: bool
) -> None:
    events(store, "downloads", ("ann", installed))
    events(store, "command_generated", ("ann", installed + after))
    assert activated(store) == (1, counts)


def test_only_the_first_installation_ever_counts(store: Store) -> None:
    """Ann installed long ago and again, bob twice within the days that count."""
    events(store, "downloads", ("ann", ago(days=90)), ("ann", ago(days=2)), ("bob", ago(days=6)), ("bob", ago(days=2)))
    events(store, "command_generated", ("ann", ago(days=2) + MOMENT), ("bob", ago(days=2) + MOMENT))
    assert activated(store) == (1, 0)


def test_duplicates_change_nothing(store: Store) -> None:
    events(store, "downloads", *[("ann", ago(days=2))] * 3)
    events(store, "command_generated", *[("ann", ago(days=2))] * 3)
    assert activated(store) == (1, 1)


def test_installations_and_commands_of_nobody_belong_to_nobody(store: Store) -> None:
    events(store, "downloads", (None, ago(days=2)), ("ann", ago(days=2)))
    events(store, "command_generated", (None, ago(days=2)), ("bob", ago(days=2)))
    assert activated(store) == (1, 0)


def test_of_nobody_nobody_is_activated(store: Store) -> None:
    assert activated(store) == (0, 0)


def test_small_numbers_are_told_because_they_are_totals(store: Store) -> None:
    events(store, "downloads", ("ann", ago(days=2)))
    assert activated(store, min_group=5) == (1, 0)


def test_both_may_be_in_one_table(store: Store) -> None:
    rows: list[Mapping[str, object]] = [
        {"timestamp": ago(days=2), "user_id": "ann", "category": "install"},
        {"timestamp": ago(days=2, hours=-1), "user_id": "ann", "category": "command"},
        {"timestamp": ago(days=2), "user_id": "bob", "category": "install"},
    ]
    store.insert("command_generated", rows)
    tables = {
        "downloads": {"name": "command_generated", "where": {"category": "install"}},
        "command_generated": {"where": {"category": "command"}},
    }
    assert activated(store, tables=tables) == (2, 1)


def test_without_commands_activation_is_unknown(store: Store) -> None:
    with pytest.raises(LackingError, match="the product has no table command_generated"):
        activated(store, tables={"command_generated": {"missing": True}})
