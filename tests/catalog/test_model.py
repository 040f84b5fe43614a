"""What the parts of a catalog mean."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from exporter.catalog.model import Alert, Due, Target, Term, Value, When, window_name

LAUNCH = date(2026, 1, 15)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        (date(2026, 1, 21), date(2026, 1, 21)),
        ("2026-01-21", date(2026, 1, 21)),
        ("0d after launch", LAUNCH),
        ("6d after launch", date(2026, 1, 21)),
        ("2w after launch", date(2026, 1, 29)),
        ("36500d after launch", date(2125, 12, 22)),
    ],
)
def test_a_date_is_fixed_or_counts_from_launch(written: object, day: date) -> None:
    target = Target.model_validate({"by": written, "at_least": 1})
    assert target.by is not None
    assert target.by.on(LAUNCH) == day


def test_a_date_moves_with_the_launch() -> None:
    assert Due(after_launch=timedelta(days=6)).on(date(2024, 2, 27)) == date(2024, 3, 4)


def test_the_day_of_a_target_ends_with_its_last_second_in_utc() -> None:
    target = Target.model_validate({"by": "6d after launch", "at_least": 1})
    assert target.deadline(LAUNCH) == datetime(2026, 1, 21, 23, 59, 59, tzinfo=UTC)
    assert Target(at_least=1).deadline(LAUNCH) is None


@pytest.mark.parametrize(
    ("target", "value", "met"),
    [
        (Target(at_least=5), 5, True),
        (Target(at_least=5), 4.9, False),
        (Target(at_most=5), 5, True),
        (Target(at_most=5), 5.1, False),
        (Target(at_most=0), 0, True),
    ],
)
def test_the_bound_itself_meets_a_target(target: Target, value: float, met: bool) -> None:
    assert target.met_by(value) is met


@pytest.mark.parametrize(
    ("written", "terms"),
    [
        (
            {"metric": "bugs", "where": {"kind": "x"}, "aggregate": "max"},
            (Term(metric="bugs", where={"kind": "x"}, aggregate="max"),),
        ),
        ({"kpi": "bugs", "segment": "P0"}, (Term(kpi="bugs", segment="P0"),)),
        ({"difference": [{"constant": 1}, {"kpi": "b"}]}, (Term(constant=1), Term(kpi="b"))),
    ],
)
def test_every_form_is_made_of_terms(written: dict[str, Any], terms: tuple[Term, ...]) -> None:
    assert Value.model_validate(written).terms == terms


def test_one_label_to_split_by_needs_no_list() -> None:
    assert Value.model_validate({"metric": "bugs", "by": "priority"}).by == ("priority",)


@pytest.mark.parametrize(
    ("written", "lookback"),
    [
        ({"above": 1}, None),
        ({"below_target": 0.5}, None),
        ({"drop": {"ratio": 0.2, "over": "7d"}}, timedelta(days=7)),
        ({"growth_below": {"ratio": 0.05, "over": "30d"}}, timedelta(days=30)),
        ({"crosses": [100, 200]}, timedelta(days=1)),
    ],
)
def test_a_condition_looks_back_as_far_as_it_needs(written: dict[str, Any], lookback: timedelta | None) -> None:
    assert When.model_validate(written).lookback == lookback


def alert(**fields: object) -> Alert:
    return Alert.model_validate({"name": "Quiet", "priority": "P1", "when": {"below": 1}, "action": "Act.", **fields})


def test_an_alert_goes_to_the_channels_of_its_priority_unless_it_names_some() -> None:
    assert alert(priority="P0").receivers == ("pagerduty", "slack-alerts")
    assert alert(priority="P1").receivers == ("slack-alerts", "email-team")
    assert alert(priority="P2").receivers == ("slack-alerts",)
    assert alert(priority="P3").receivers == ("email-digest",)
    assert alert(channels=["discord-news"]).receivers == ("discord-news",)


def test_an_alert_holds_for_five_minutes_unless_it_says_otherwise() -> None:
    assert alert().hold == timedelta(minutes=5)
    assert alert(**{"for": "1h"}).hold == timedelta(hours=1)


def test_an_escalation_is_an_alert_with_a_name_of_its_own() -> None:
    assert alert().names == ("Quiet",)
    assert alert(escalate={"after": "1h", "channels": ["pagerduty"]}).names == ("Quiet", "QuietEscalated")


def test_a_window_is_named_as_in_a_label() -> None:
    assert window_name(timedelta(days=28)) == "28d"
