"""First success: from a user's first installation to the first command that the user said worked."""

from datetime import datetime, timedelta

import pytest

from exporter.sources.telemetry.figures import first_success
from exporter.sources.telemetry.warehouse import LackingError
from support.telemetry import ago, figures
from support.tools import NOW
from support.warehouses import Store

MINUTE = 60.0


def install(store: Store, user: str | None, at: datetime) -> None:
    store.insert("downloads", [{"timestamp": at, "user_id": user}])


def answer(store: Store, user: str | None, at: datetime, worked: bool | None = True) -> None:
    store.insert("command_feedback", [{"timestamp": at, "user_id": user, "success": worked}])


def took(store: Store, **config: object) -> dict[str, float]:
    """Seconds by statistic."""
    told = figures(store, first_success.samples, **config)
    assert all(name.endswith(",30d}") for name in told)
    return {name.partition("{")[2].partition(",")[0]: value for name, value in told.items()}


def test_mean_median_and_p90_of_five_users(store: Store) -> None:
    for user, minutes in {"ann": 1, "bob": 2, "cat": 3, "dan": 4, "eve": 20}.items():
        install(store, user, ago(days=10))
        answer(store, user, ago(days=10) + timedelta(minutes=minutes))
    # Six tenths of the way from the fourth, 4 minutes, to the fifth, 20 minutes.
    assert took(store, min_group=5) == {"mean": 6 * MINUTE, "median": 3 * MINUTE, "p90": 13.6 * MINUTE}


def test_of_fewer_users_than_a_group_needs_nothing_is_told(store: Store) -> None:
    for user in ("ann", "bob", "cat", "dan"):
        install(store, user, ago(days=10))
        answer(store, user, ago(days=9))
    assert took(store, min_group=5) == {}
    assert took(store, min_group=4)["median"] == 86_400


def test_the_first_answer_counts_that_says_yes(store: Store) -> None:
    install(store, "ann", ago(days=10))
    for minutes, worked in ((1, False), (2, None), (3, True), (4, True)):
        answer(store, "ann", ago(days=10) + timedelta(minutes=minutes), worked)
    assert took(store)["mean"] == 3 * MINUTE


def test_only_the_first_installation_ever_counts(store: Store) -> None:
    """Ann installed before the 30 days, bob twice within them."""
    for user, at in (("ann", ago(days=31)), ("ann", ago(days=9)), ("bob", ago(days=9)), ("bob", ago(days=3))):
        install(store, user, at)
    for user in ("ann", "bob"):
        answer(store, user, ago(days=2))
    assert took(store)["mean"] == 7 * 86_400


@pytest.mark.parametrize(
    ("installed", "counts"),
    [(ago(days=30), True), (ago(days=30, milliseconds=1), False), (ago(milliseconds=2), True), (NOW, False)],
)
def test_those_count_who_installed_in_the_last_30_days(store: Store, installed: datetime, counts: bool) -> None:
    install(store, "ann", installed)
    answer(store, "ann", installed + timedelta(milliseconds=1))
    assert took(store) == (dict.fromkeys(("mean", "median", "p90"), 0.001) if counts else {})


def test_a_success_just_before_the_installation_took_no_time(store: Store) -> None:
    install(store, "ann", ago(days=3))
    answer(store, "ann", ago(days=3, minutes=5))
    assert took(store)["mean"] == 0


def test_a_success_longer_before_the_installation_is_none(store: Store) -> None:
    install(store, "ann", ago(days=3))
    answer(store, "ann", ago(days=3, minutes=5, milliseconds=1))
    assert took(store) == {}


def test_answers_that_are_to_come_or_of_nobody_are_none(store: Store) -> None:
    install(store, "ann", ago(days=3))
    install(store, None, ago(days=3))
    answer(store, None, ago(days=2))
    answer(store, "ann", NOW)
    assert took(store) == {}


def test_duplicates_change_nothing(store: Store) -> None:
    for user, minutes in (("ann", 2), ("ann", 2), ("ann", 2), ("bob", 4)):
        install(store, user, ago(days=3))
        answer(store, user, ago(days=3) + timedelta(minutes=minutes))
    assert took(store)["mean"] == 3 * MINUTE


def test_without_users_in_the_answers_it_is_unknown_and_no_failure(store: Store) -> None:
    with pytest.raises(LackingError) as raised:
        took(store, tables={"command_feedback": {"columns": {"user_id": None}}})
    assert raised.value.expected
