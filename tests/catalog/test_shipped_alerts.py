"""The shipped catalogs wake whom the specifications of their projects ask for, and when."""

import json
from datetime import timedelta
from typing import Any

import pytest

from exporter.catalog.model import DEFAULT_CHANNELS, Alert, Catalog, Kpi
from exporter.document import format_duration
from support.shipped import CATALOGS, SPECS

ALERTS = [(name, kpi, alert) for name, catalog in CATALOGS.items() for kpi in catalog.kpis for alert in kpi.alerts]
each_catalog = pytest.mark.parametrize("catalog", CATALOGS.values(), ids=CATALOGS)


def as_specified(kpi: Kpi, alert: Alert) -> dict[str, Any]:
    """An alert in the words of the specification."""
    forms = {"above": ">", "above_target": ">", "below": "<", "below_target": "<", "crosses": "crosses", "drop": "drop"}
    ((form, value),) = alert.when.model_dump(exclude_none=True, mode="json").items()
    fall = {}
    if alert.when.drop is not None:
        ((of, value),) = alert.when.drop.model_dump(exclude_none=True, include={"ratio", "points"}).items()
        fall = {"of": of, "over": format_duration(alert.when.drop.over)}
    return {
        **fall,
        "kpi": kpi.id,
        "segments": list(alert.segments),
        "op": forms[form],
        "value": value,
        "of_target": form.endswith("_target"),
        "priority": alert.priority,
        "channels": list(alert.receivers),
        "escalation_seconds": alert.escalate.after.total_seconds() if alert.escalate else None,
    }


@pytest.mark.parametrize(("name", "alerts"), [("caro", 13), ("bolt", 11), ("aux", 8)])
def test_conditions_priorities_channels_and_escalations(name: str, alerts: int) -> None:
    written = [as_specified(kpi, alert) for project, kpi, alert in ALERTS if project == name]
    wanted = [{"escalation_seconds": None, **one, "value": floats(one["value"])} for one in SPECS[name]["alerts"]]
    for one in wanted:
        one.pop("limits", None)
    assert len(written) == alerts
    assert sorted(written, key=in_order) == sorted(wanted, key=in_order)


def in_order(alert: dict[str, Any]) -> str:
    return json.dumps(alert, sort_keys=True)


def floats(value: float | list[float]) -> float | list[float]:
    return [float(one) for one in value] if isinstance(value, list) else float(value)


NAMES = {
    "bolt": {
        "BoltBenchmarkAllocationsRegression": "P1",
        "BoltBenchmarkLatencyRegression": "P1",
        "BoltBenchmarkMajorRegression": "P0",
        "BoltBenchmarkMemoryRegression": "P1",
        "BoltBenchmarkOtherRegression": "P1",
        "BoltContributorChurnHigh": "P0",
        "BoltDocumentationIssuesHigh": "P1",
        "BoltDocumentationIssuesHighEscalated": "P1",
        "BoltFirstResponseTimeHigh": "P0",
        "BoltFirstResponseTimeHighEscalated": "P0",
        "BoltGithubStarsMilestone": "P3",
        "BoltGrowthSlowdown": "P1",
        "BoltGrowthSlowdownEscalated": "P1",
        "BoltSentimentLow": "P0",
        "BoltSentimentLowEscalated": "P0",
    },
    "caro": {
        "CaroActivationRateLow": "P1",
        "CaroActiveWeeklyUsersMilestone": "P3",
        "CaroAwuGrowthLow": "P1",
        "CaroCommandSuccessRateLow": "P1",
        "CaroCrashRateHigh": "P0",
        "CaroCsatLow": "P2",
        "CaroErrorRateHigh": "P0",
        "CaroGithubStarsMilestone": "P3",
        "CaroOpenBugsOverLimit": "P3",
        "CaroOpenBugsP3OverLimit": "P3",
        "CaroP0BugOpen": "P0",
        "CaroP1BugsOverLimit": "P1",
        "CaroP2BugsOverLimit": "P2",
        "CaroResponseTimeP95ComplexOverLimit": "P3",
        "CaroResponseTimeP95MediumOverLimit": "P3",
        "CaroResponseTimeP95SimpleOverLimit": "P3",
        "CaroResponseTimeRegression": "P0",
        "CaroRetentionWeek1Low": "P2",
        "CaroTimeToFixP0OverLimit": "P3",
        "CaroTimeToFixP1OverLimit": "P3",
        "CaroTimeToFixP2OverLimit": "P3",
        "CaroTimeToFixP3OverLimit": "P3",
    },
    "aux": {
        "AuxAdoptionBelowTarget": "P2",
        "AuxChurnHigh": "P2",
        "AuxCommandSuccessRateLow": "P0",
        "AuxDailyUsersDrop": "P0",
        "AuxNpsDrop": "P1",
        "AuxResponseTimeHigh": "P1",
        "AuxResponseTimeP95High": "P1",
        "AuxRetryRateHigh": "P2",
    },
}
"""What people look a page up by: the alerts that are written, their escalations, and those that hard limits make."""


@pytest.mark.parametrize("project", NAMES)
def test_alerts_are_called_by_their_symptom(project: str) -> None:
    catalog = CATALOGS[project]
    rules = [alert for kpi in catalog.kpis for alert in catalog.rules(kpi)]
    assert sorted((name, alert.priority) for alert in rules for name in alert.names) == sorted(NAMES[project].items())


def test_a_factor_of_a_target_comes_to_the_limit_that_is_written_of_each_segment() -> None:
    kpi = CATALOGS["caro"].kpi("response_time_p95")
    (wanted,) = (one["limits"] for one in SPECS["caro"]["alerts"] if "limits" in one)
    assert kpi is not None
    (factor,) = (alert.when.above_target for alert in kpi.alerts)
    assert factor is not None
    assert {segment.name: factor * segment.targets[0].number for segment in kpi.segments} == wanted


def test_conditions_hold_for_five_minutes_and_milestones_are_told_at_once() -> None:
    assert {alert.hold for _, _, alert in ALERTS if alert.when.crosses is None} == {timedelta(minutes=5)}
    assert {alert.hold for _, _, alert in ALERTS if alert.when.crosses is not None} == {timedelta(0)}


def test_a_milestone_is_on_the_way_to_the_goal_and_the_goal_is_one() -> None:
    ladders = {(name, kpi.id): (kpi, alert.when.crosses) for name, kpi, alert in ALERTS if alert.when.crosses is not None}
    assert len(ladders) == 3
    for kpi, ladder in ladders.values():
        assert ladder[-1] == kpi.targets[-1].number
        assert {target.number for target in kpi.targets} <= set(ladder)


def test_an_escalation_goes_to_the_same_channels_and_one_more_which_is_the_person_on_call_for_what_is_critical() -> None:
    escalated = [(alert, alert.escalate.channels) for _, _, alert in ALERTS if alert.escalate]
    assert len(escalated) == 4
    for alert, channels in escalated:
        assert channels[:-1] == alert.receivers
        assert (channels[-1] == "pagerduty") == (alert.priority == "P0")


@each_catalog
def test_every_channel_that_a_catalog_declares_is_used_and_none_of_them_is_a_default_one(catalog: Catalog) -> None:
    alerts = [alert for kpi in catalog.kpis for alert in kpi.alerts]
    used = {channel for alert in alerts for channel in (*alert.channels, *(alert.escalate.channels if alert.escalate else ()))}
    default = {channel for channels in DEFAULT_CHANNELS.values() for channel in channels}
    assert set(catalog.channels) == used - default


def test_an_action_is_a_sentence() -> None:
    assert [alert.name for _, _, alert in ALERTS if not alert.action.endswith(".")] == []
