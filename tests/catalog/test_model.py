"""What the parts of a catalog mean."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from exporter.catalog.model import Alert, Due, Target, Term, Value, When, window_name
from support.kpi import catalog_of, kpi

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


@pytest.mark.parametrize(
    ("written", "figures"),
    [
        ({"metric": "bugs"}, ()),
        ({"kpi": "bugs", "segment": "P0"}, (("bugs", "P0"),)),
        ({"ratio": [{"kpi": "bugs"}, {"metric": "stars"}]}, (("bugs", ""),)),
        ({"growth": {"kpi": "bugs", "segment": "P0", "over": "7d"}}, (("bugs", "P0"),)),
        ({"forecast": {"kpi": "bugs", "ahead": "90d"}}, (("bugs", ""),)),
        ({"attainment": {"kpi": "bugs"}}, (("bugs", ""),)),
        ({"on_target": ["quality"]}, ()),
    ],
)
def test_a_value_names_the_figures_it_is_made_of(written: dict[str, Any], figures: tuple[tuple[str, str], ...]) -> None:
    value = Value.model_validate(written)
    assert value.figures == figures
    assert value.form == next(iter(written))


def test_growth_and_forecast_alone_look_at_the_past() -> None:
    forms = {
        "kpi": "a",
        "attainment": {"kpi": "a"},
        "on_target": ["*"],
        "growth": {"kpi": "a", "over": "7d"},
        "forecast": {"kpi": "a", "ahead": "7d"},
    }
    assert [form for form, what in forms.items() if Value.model_validate({form: what}).needs_history] == ["growth", "forecast"]


@pytest.mark.parametrize(
    ("written", "over"),
    [
        ({"metric": "users", "where": {"window": "7d"}}, {"metric": "users", "where": {"window": "28d"}}),
        ({"kpi": "users"}, {"kpi": "users", "segment": "28d"}),
        (
            {"ratio": [{"kpi": "users"}, {"metric": "days", "where": {"window": "7d"}}]},
            {"ratio": [{"kpi": "users", "segment": "28d"}, {"metric": "days", "where": {"window": "28d"}}]},
        ),
        ({"sum": [{"kpi": "users"}, {"constant": 1}]}, {"sum": [{"kpi": "users", "segment": "28d"}, {"constant": 1}]}),
        ({"growth": {"kpi": "users", "over": "7d"}}, {"growth": {"kpi": "users", "over": "28d"}}),
        ({"metric": "stars"}, None),
        ({"kpi": "users", "segment": "P0"}, None),
        ({"difference": [{"metric": "stars"}, {"constant": 1}]}, None),
        ({"forecast": {"kpi": "users", "ahead": "7d"}}, None),
        ({"attainment": {"kpi": "users"}}, None),
        ({"on_target": ["*"]}, None),
    ],
)
def test_a_value_is_had_over_another_window_where_something_in_it_knows_one(
    written: dict[str, Any], over: dict[str, Any] | None
) -> None:
    expected = None if over is None else Value.model_validate(over)
    assert Value.model_validate(written).over(timedelta(days=28)) == expected


def test_a_segment_has_the_unit_of_its_kpi_unless_it_names_another() -> None:
    forecast = kpi("forecast", segments=[{"name": "churn", "unit": "ratio"}, {"name": "stars"}])
    assert [forecast.unit_of(segment) for segment in ("", "stars", "churn", "unknown")] == ["count", "count", "ratio", "count"]


COUNTING = [
    kpi("stars", category="growth"),
    kpi("bugs", category="quality", value={"kpi": "stars"}),
    kpi("met", category="growth", value={"on_target": ["quality"]}),
    kpi("parts", category="growth", segments=[{"name": "met", "value": {"on_target": ["*"]}}]),
    kpi("pace", category="growth", value={"growth": {"kpi": "stars", "over": "7d"}}),
]


def test_targets_count_in_their_category_but_for_those_of_what_counts_itself() -> None:
    counted = {name: [one.id for one in catalog_of(*COUNTING).counted([name])] for name in ("growth", "quality", "*", "other")}
    assert counted == {"growth": ["stars", "pace"], "quality": ["bugs"], "*": ["stars", "bugs", "pace"], "other": []}


def test_a_kpi_rests_on_those_it_names_and_those_it_counts() -> None:
    catalog = catalog_of(*COUNTING)
    assert {one.id: catalog.rests_on(one) for one in catalog.kpis} == {
        "stars": set(),
        "bugs": {"stars"},
        "met": {"bugs"},
        "parts": {"stars", "bugs", "pace"},
        "pace": {"stars"},
    }


@pytest.mark.parametrize(
    ("direction", "green", "red", "fits"),
    [("up", 1000, 500, True), ("up", 500, 1000, False), ("down", 2, 4, True), ("down", 4, 2, False), ("none", 1, 2, False)],
)
def test_the_bands_of_a_dashboard_follow_the_direction(direction: str, green: float, red: float, fits: bool) -> None:
    bands = {"direction": direction, "bands": {"green": green, "red": red}}
    if fits:
        assert kpi("stars", **bands).bands is not None
    else:
        with pytest.raises(ValidationError, match="green above red where direction is up, below it where direction is down"):
            kpi("stars", **bands)


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
