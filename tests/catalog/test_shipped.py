"""The shipped catalogs have the KPIs that the specifications of their projects ask for: nothing less and nothing more."""

from datetime import timedelta
from typing import Any

import pytest

from exporter.catalog.model import Catalog, Kpi
from exporter.document import parse_duration
from support.shipped import CATALOGS, SPECS

PAIRS = [
    pytest.param(wanted, kpi, CATALOGS[name], id=f"{name}-{wanted['id']}")
    for name, spec in SPECS.items()
    for wanted, kpi in zip(spec["kpis"], CATALOGS[name].kpis, strict=False)
]
each_kpi = pytest.mark.parametrize(("wanted", "kpi", "catalog"), PAIRS)
each_catalog = pytest.mark.parametrize("name", SPECS)


def carriers(kpi: Kpi) -> list[tuple[str, Any]]:
    """The KPI and its segments, by the name of the segment."""
    return [("", kpi), *((segment.name, segment) for segment in kpi.segments)]


def length(text: str | None) -> timedelta | None:
    return parse_duration(text) if text else None


@each_catalog
def test_the_project_launches_on_the_day_of_the_specification(name: str) -> None:
    assert (CATALOGS[name].project, CATALOGS[name].launch.isoformat()) == (name, SPECS[name]["launch"])


@pytest.mark.parametrize(("name", "kpis"), [("caro", 37), ("bolt", 125), ("aux", 89)])
def test_it_has_the_specified_kpis_in_order(name: str, kpis: int) -> None:
    assert len(CATALOGS[name].kpis) == kpis
    assert [kpi.id for kpi in CATALOGS[name].kpis] == [wanted["id"] for wanted in SPECS[name]["kpis"]]


def test_together_they_have_251_kpis() -> None:
    assert len(PAIRS) == 251


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
def test_the_section_that_asks_for_it_is_named(wanted: dict[str, Any], kpi: Kpi, catalog: Catalog) -> None:
    assert kpi.reference == wanted["reference"]


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


@each_kpi
def test_colours_of_a_dashboard(wanted: dict[str, Any], kpi: Kpi, catalog: Catalog) -> None:
    assert (kpi.bands.model_dump() if kpi.bands else None) == wanted["bands"]


def test_two_kpis_have_colours() -> None:
    assert [kpi.id for catalog in CATALOGS.values() for kpi in catalog.kpis if kpi.bands] == [
        "github_stars",
        "first_response_time",
    ]


@each_catalog
def test_what_people_read_of_a_kpi_is_a_title_of_its_own_and_a_sentence(name: str) -> None:
    titles = [kpi.title for kpi in CATALOGS[name].kpis]
    assert sorted(titles) == sorted(set(titles))
    assert [kpi.id for kpi in CATALOGS[name].kpis if not kpi.definition.endswith(".")] == []
