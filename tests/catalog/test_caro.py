"""The catalog of Caro says what the specification of its release asks for: nothing less and nothing more."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from exporter.catalog import Catalog, load
from exporter.catalog.model import Alert, Kpi
from exporter.document import parse_duration
from support.catalogs import DECLARED

SPEC = json.loads((Path(__file__).parents[1] / "fixtures" / "spec" / "caro.json").read_text(encoding="utf-8"))
CARO = load("caro", DECLARED, base=Path())
PAIRS = [pytest.param(wanted, kpi, id=wanted["id"]) for wanted, kpi in zip(SPEC["kpis"], CARO.kpis, strict=True)]


def carriers(kpi: Kpi) -> list[tuple[str, Any]]:
    """The KPI and its segments, by the name of the segment."""
    return [("", kpi), *((segment.name, segment) for segment in kpi.segments)]


def length(text: str | None) -> timedelta | None:
    return parse_duration(text) if text else None


def test_the_project_launches_on_the_day_of_the_specification() -> None:
    assert (CARO.project, CARO.launch.isoformat()) == ("caro", SPEC["launch"])


def test_it_has_the_37_kpis_in_order() -> None:
    assert len(CARO.kpis) == 37
    assert [kpi.id for kpi in CARO.kpis] == [wanted["id"] for wanted in SPEC["kpis"]]


@pytest.mark.parametrize(("wanted", "kpi"), PAIRS)
def test_unit_direction_tier_category_and_window(wanted: dict[str, Any], kpi: Kpi) -> None:
    assert (kpi.unit, kpi.direction, kpi.tier, kpi.category) == tuple(
        wanted[key] for key in ("unit", "direction", "tier", "category")
    )
    assert kpi.window == length(wanted["window"])


@pytest.mark.parametrize(("wanted", "kpi"), PAIRS)
def test_audience_and_cadence_are_the_stated_ones_or_the_default(wanted: dict[str, Any], kpi: Kpi) -> None:
    assert (kpi.audience, kpi.cadence) == (wanted["audience"] or "team", wanted["cadence"] or "daily")


@pytest.mark.parametrize(("wanted", "kpi"), PAIRS)
def test_segments_and_what_is_foreseen_of_them(wanted: dict[str, Any], kpi: Kpi) -> None:
    assert [(segment.name, segment.expected) for segment in kpi.segments] == [
        (segment["name"], segment["expected"]) for segment in wanted["segments"]
    ]


@pytest.mark.parametrize(("wanted", "kpi"), PAIRS)
def test_targets(wanted: dict[str, Any], kpi: Kpi) -> None:
    assert [
        (
            name,
            target.by.on(CARO.launch).isoformat() if target.by else None,
            "at_least" if target.at_least is not None else "at_most",
            target.number,
            target.window or kpi.window,
        )
        for name, carrier in carriers(kpi)
        for target in carrier.targets
    ] == [(one["segment"], one["by"], one["bound"], one["value"], length(one["window"])) for one in wanted["targets"]]


@pytest.mark.parametrize(("wanted", "kpi"), PAIRS)
def test_baselines(wanted: dict[str, Any], kpi: Kpi) -> None:
    assert [
        (name, carrier.baseline.at.on(CARO.launch).isoformat(), carrier.baseline.value)
        for name, carrier in carriers(kpi)
        if carrier.baseline
    ] == [(one["segment"], one["at"], one["value"]) for one in wanted["baselines"]]


@pytest.mark.parametrize(("wanted", "kpi"), PAIRS)
def test_hard_limits(wanted: dict[str, Any], kpi: Kpi) -> None:
    assert [(name, carrier.max_allowed) for name, carrier in carriers(kpi) if carrier.max_allowed is not None] == [
        (one["segment"], one["value"]) for one in wanted["limits"]
    ]


def as_specified(kpi: Kpi, alert: Alert) -> dict[str, Any]:
    """An alert in the words of the specification."""
    forms = {"above": ">", "above_target": ">", "below": "<", "below_target": "<", "crosses": "crosses"}
    ((form, value),) = alert.when.model_dump(exclude_none=True, mode="json").items()
    return {
        "kpi": kpi.id,
        "segments": list(alert.segments),
        "op": forms[form],
        "value": value,
        "of_target": form.endswith("_target"),
        "priority": alert.priority,
        "channels": list(alert.receivers),
    }


def test_alerts() -> None:
    written = [as_specified(kpi, alert) for kpi in CARO.kpis for alert in kpi.alerts]
    assert len(written) == 13
    assert sorted(written, key=str) == sorted(({**one, "value": floats(one["value"])} for one in SPEC["alerts"]), key=str)


def floats(value: float | list[float]) -> float | list[float]:
    return [float(one) for one in value] if isinstance(value, list) else float(value)


def test_alerts_are_called_by_their_symptom() -> None:
    assert {alert.name for kpi in CARO.kpis for alert in kpi.alerts} == {
        "CaroActivationRateLow",
        "CaroActiveWeeklyUsersMilestone",
        "CaroAwuGrowthLow",
        "CaroCommandSuccessRateLow",
        "CaroCrashRateHigh",
        "CaroCsatLow",
        "CaroErrorRateHigh",
        "CaroGithubStarsMilestone",
        "CaroP0BugOpen",
        "CaroP1BugsOverLimit",
        "CaroP2BugsOverLimit",
        "CaroResponseTimeRegression",
        "CaroRetentionWeek1Low",
    }


def test_conditions_hold_for_five_minutes_and_milestones_are_told_at_once() -> None:
    held = {alert.name: alert.hold for kpi in CARO.kpis for alert in kpi.alerts}
    at_once = {name for name, hold in held.items() if hold == timedelta(0)}
    assert at_once == {"CaroActiveWeeklyUsersMilestone", "CaroGithubStarsMilestone"}
    assert {hold for name, hold in held.items() if name not in at_once} == {timedelta(minutes=5)}


def value_of(id_: str, catalog: Catalog = CARO) -> dict[str, Any] | None:
    kpi = catalog.kpi(id_)
    assert kpi is not None
    return kpi.value.model_dump(exclude_defaults=True) if kpi.value else None


def test_values_are_made_of_the_facts_that_sources_give() -> None:
    assert {kpi.id: value_of(kpi.id) for kpi in CARO.kpis if kpi.value} == {
        "github_stars": {"metric": "github_repository_stars"},
        "open_bugs": {"metric": "github_issues_open", "where": {"kind": "bug"}, "by": ("priority",)},
        "binary_size": {"metric": "github_release_asset_size_bytes", "aggregate": "max", "by": ("platform",)},
        "discord_members": {"metric": "discord_members"},
        "contributors": {"metric": "git_contributors"},
        "community_size": {"sum": ({"kpi": "github_stars"}, {"kpi": "discord_members"}, {"kpi": "contributors"})},
        "churn_rate": {"difference": ({"constant": 1.0}, {"kpi": "retention_rate", "segment": "1"})},
        "commands_per_user": {"ratio": ({"kpi": "commands_generated"}, {"kpi": "active_weekly_users"})},
    }
