"""The shipped catalogs say what the specifications of their projects ask for: nothing less and nothing more."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from exporter.catalog import load
from exporter.catalog.loader import shipped
from exporter.catalog.model import Alert, Catalog, Kpi
from exporter.document import format_duration, parse_duration
from exporter.sources.registry import declared_metrics

FIXTURES = Path(__file__).parents[1] / "fixtures" / "spec"
SPECS = {name: json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8")) for name in shipped()}
CATALOGS = {name: load(name, declared_metrics(), base=Path()) for name in SPECS}
PAIRS = [
    pytest.param(wanted, kpi, CATALOGS[name], id=f"{name}-{wanted['id']}")
    for name, spec in SPECS.items()
    for wanted, kpi in zip(spec["kpis"], CATALOGS[name].kpis, strict=False)
]
each_kpi = pytest.mark.parametrize(("wanted", "kpi", "catalog"), PAIRS)


def carriers(kpi: Kpi) -> list[tuple[str, Any]]:
    """The KPI and its segments, by the name of the segment."""
    return [("", kpi), *((segment.name, segment) for segment in kpi.segments)]


def length(text: str | None) -> timedelta | None:
    return parse_duration(text) if text else None


@pytest.mark.parametrize("name", SPECS)
def test_the_project_launches_on_the_day_of_the_specification(name: str) -> None:
    assert (CATALOGS[name].project, CATALOGS[name].launch.isoformat()) == (name, SPECS[name]["launch"])


@pytest.mark.parametrize(("name", "kpis"), [("caro", 37), ("bolt", 64), ("aux", 21)])
def test_it_has_the_specified_kpis_in_order(name: str, kpis: int) -> None:
    assert len(CATALOGS[name].kpis) == kpis
    assert [kpi.id for kpi in CATALOGS[name].kpis] == [wanted["id"] for wanted in SPECS[name]["kpis"]]


@each_kpi
def test_unit_direction_tier_category_and_window(wanted: dict[str, Any], kpi: Kpi, catalog: Catalog) -> None:
    assert (kpi.unit, kpi.direction, kpi.tier, kpi.category) == tuple(
        wanted[key] for key in ("unit", "direction", "tier", "category")
    )
    assert kpi.window == length(wanted["window"])


@each_kpi
def test_audience_and_cadence_are_the_stated_ones_or_the_default(wanted: dict[str, Any], kpi: Kpi, catalog: Catalog) -> None:
    assert (kpi.audience, kpi.cadence) == (wanted["audience"] or "team", wanted["cadence"] or "daily")


@each_kpi
def test_segments_and_what_is_foreseen_of_them(wanted: dict[str, Any], kpi: Kpi, catalog: Catalog) -> None:
    assert [(segment.name, segment.expected) for segment in kpi.segments] == [
        (segment["name"], segment["expected"]) for segment in wanted["segments"]
    ]


@each_kpi
def test_targets(wanted: dict[str, Any], kpi: Kpi, catalog: Catalog) -> None:
    assert [
        (
            name,
            target.by.on(catalog.launch).isoformat() if target.by else None,
            "at_least" if target.at_least is not None else "at_most",
            target.number,
            target.window or kpi.window,
        )
        for name, carrier in carriers(kpi)
        for target in carrier.targets
    ] == [(one["segment"], one["by"], one["bound"], one["value"], length(one["window"])) for one in wanted["targets"]]


@each_kpi
def test_baselines(wanted: dict[str, Any], kpi: Kpi, catalog: Catalog) -> None:
    assert [
        (name, carrier.baseline.at.on(catalog.launch).isoformat(), carrier.baseline.value)
        for name, carrier in carriers(kpi)
        if carrier.baseline
    ] == [(one["segment"], one["at"], one["value"]) for one in wanted["baselines"]]


@each_kpi
def test_hard_limits(wanted: dict[str, Any], kpi: Kpi, catalog: Catalog) -> None:
    assert [(name, carrier.max_allowed) for name, carrier in carriers(kpi) if carrier.max_allowed is not None] == [
        (one["segment"], one["value"]) for one in wanted["limits"]
    ]


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


@pytest.mark.parametrize(("name", "alerts"), [("caro", 13), ("bolt", 5), ("aux", 5)])
def test_alerts(name: str, alerts: int) -> None:
    written = [as_specified(kpi, alert) for kpi in CATALOGS[name].kpis for alert in kpi.alerts]
    assert len(written) == alerts
    wanted = ({"escalation_seconds": None, **one, "value": floats(one["value"])} for one in SPECS[name]["alerts"])
    assert sorted(written, key=in_order) == sorted(wanted, key=in_order)


def in_order(alert: dict[str, Any]) -> str:
    return json.dumps(alert, sort_keys=True)


def floats(value: float | list[float]) -> float | list[float]:
    return [float(one) for one in value] if isinstance(value, list) else float(value)


@pytest.mark.parametrize("name", SPECS)
def test_conditions_hold_for_five_minutes_and_milestones_are_told_at_once(name: str) -> None:
    alerts = [alert for kpi in CATALOGS[name].kpis for alert in kpi.alerts]
    assert {alert.hold for alert in alerts if alert.when.crosses is None} <= {timedelta(minutes=5)}
    assert {alert.hold for alert in alerts if alert.when.crosses is not None} <= {timedelta(0)}


BY_HAND = {
    "bolt": {
        "github_stars_growth_rate",
        "monthly_growth_rate",
        "issue_quality_score",
        "international_participation_rate",
        "geographic_diversity",
        "contributor_countries",
        "health_score",
    },
    "caro": {"test_coverage", "week_over_week_growth", "month_over_month_growth"},
    "aux": set[str](),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_every_kpi_is_had_from_a_source_but_those_that_the_documentation_explains(name: str) -> None:
    assert {kpi.id for kpi in CATALOGS[name].kpis if not kpi.values} == BY_HAND[name]
