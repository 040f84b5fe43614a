"""What rests on the past: growth and forecasts, and whatever is made of them."""

from datetime import date
from pathlib import Path

import pytest

from exporter.catalog import load, shipped
from exporter.catalog.past import resting_on_past
from exporter.kpi import evaluate
from exporter.sources.registry import declared_metrics
from support.kpi import NOW, Remembered, entered, kpi, part, row_of, rows_of, sample, snapshot

DAY = date(2026, 1, 20)
FACTS = snapshot(part(sample("stars", 120)))
STARS = kpi("stars", value={"metric": "stars"})
GROWTH = {"growth": {"kpi": "stars", "over": "7d"}}
FORECAST = {"forecast": {"kpi": "stars", "ahead": "90d"}}
LOW = {"name": "Low", "priority": "P1", "when": {"below": 0.1}, "action": "Look."}


def pace(**fields):
    return kpi("pace", unit="ratio", **{"value": GROWTH, **fields})


def states(row):
    return [alert.state for alert in row.alerts]


@pytest.mark.parametrize("value", [GROWTH, FORECAST])
def test_without_history_there_is_no_value_and_no_verdict(value):
    row = rows_of([STARS, pace(value=value, targets=[{"at_least": 0.1}], alerts=[LOW])], FACTS)["pace", ""]
    assert (row.value, row.status, row.attainment, row.target) == (None, "no_data", None, 0.1)
    assert (row.needs_history, row.why, states(row)) == (True, "Prometheus alone knows its past", ["needs_history"])
    assert (row.source, row.time, row.known) == (None, None, None)


@pytest.mark.parametrize("value", [GROWTH, FORECAST])
def test_with_history_the_value_is_what_prometheus_recorded(value):
    """Its age is that of no single fact; it comes from the source of the other KPI, and through Prometheus."""
    history = Remembered(now={("pace", ""): 0.05})
    row = rows_of([STARS, pace(value=value, targets=[{"at_least": 0.1}], alerts=[LOW])], FACTS, history=history)["pace", ""]
    assert (row.value, row.status, row.attainment, states(row)) == (0.05, "alert", 0.5, ["firing"])
    assert (row.source, row.time, row.why, row.needs_history) == ("github+prometheus", None, "", False)


def test_what_prometheus_has_not_recorded_is_no_data():
    row = rows_of([STARS, pace(alerts=[LOW])], FACTS, history=Remembered())["pace", ""]
    assert (row.value, row.needs_history, states(row)) == (None, False, ["no_data"])
    assert row.why == "Prometheus has not recorded it yet"


def test_a_figure_fills_in_without_history_and_gives_way_to_what_is_recorded():
    kpis, figure = [STARS, pace(alerts=[LOW])], entered(DAY, pace=0.3)
    row = rows_of(kpis, FACTS, figure)["pace", ""]
    assert (row.value, row.source, row.needs_history, states(row)) == (0.3, "manual", False, ["ok"])
    assert rows_of(kpis, FACTS, figure, history=Remembered(now={("pace", ""): 0.05}))["pace", ""].value == 0.05
    assert rows_of(kpis, FACTS, figure, history=Remembered())["pace", ""].value == 0.3


def test_growth_over_another_window_has_a_row_of_its_own():
    made = pace(window="7d", targets=[{"at_least": 0.1}, {"at_least": 1, "window": "365d"}])
    history = Remembered(now={("pace", ""): 0.2, ("pace", "365d"): 0.5})
    rows = rows_of([STARS, made], FACTS, history=history)
    assert [(segment, row.value, row.target) for (id_, segment), row in rows.items() if id_ == "pace"] == [
        ("", 0.2, 0.1),
        ("365d", 0.5, 1),
    ]
    assert rows_of([STARS, made], FACTS)["pace", "365d"].needs_history


def test_segments_grow_each_for_itself():
    made = kpi("pace", unit="ratio", segments=[{"name": "stars", "value": GROWTH}, {"name": "forks", "value": GROWTH}])
    rows = rows_of([STARS, made], FACTS, history=Remembered(now={("pace", "stars"): 0.2}))
    assert {segment: row.value for (id_, segment), row in rows.items() if id_ == "pace"} == {"stars": 0.2, "forks": None}


def test_a_segment_may_have_another_unit():
    segments = [{"name": "stars", "value": FORECAST}, {"name": "churn", "unit": "ratio", "value": FORECAST}]
    rows = rows_of([STARS, kpi("forecast", segments=segments)], FACTS)
    assert (rows["forecast", "stars"].unit, rows["forecast", "churn"].unit) == ("count", "ratio")


SCORE = kpi(
    "score",
    unit="index",
    value={
        "weighted": [
            {"kpi": "pace", "weight": 1, "worst": 0, "best": 1},
            {"kpi": "stars", "weight": 3, "worst": 0, "best": 240},
        ]
    },
)


def test_a_weighted_score_counts_what_needs_no_history_without_one():
    row = rows_of([SCORE, STARS, pace()], FACTS)["score", ""]
    assert (row.value, row.known, row.source, row.needs_history) == (50, 0.75, "github", False)


def test_a_weighted_score_is_what_prometheus_recorded_where_it_has():
    """The rules see the same moment as the alerts; the share that is known is told by the figures of now."""
    history = Remembered(now={("pace", ""): 0.9, ("score", ""): 60.5})
    row = rows_of([SCORE, STARS, pace()], FACTS, history=history)["score", ""]
    assert (row.value, row.known, row.source, row.time) == (60.5, 1, "github+prometheus", NOW)


def test_a_weighted_score_is_made_of_what_is_recorded_where_it_is_not_recorded_itself():
    """(1 · 0.9 + 3 · 0.5) ÷ 4."""
    row = rows_of([SCORE, STARS, pace()], FACTS, history=Remembered(now={("pace", ""): 0.9}))["score", ""]
    assert (row.value, row.known) == (pytest.approx(60), 1)


@pytest.mark.parametrize(
    "value",
    [
        {"kpi": "pace"},
        {"ratio": [{"kpi": "pace"}, {"kpi": "stars"}]},
        {"weighted": [{"kpi": "pace", "weight": 1, "worst": 0, "best": 1}]},
        {"attainment": {"kpi": "pace"}},
        {"on_target": ["paced"]},
    ],
)
def test_what_rests_on_the_past_by_a_detour_needs_history_too(value):
    made = [kpi("detour", unit="ratio", value=value, alerts=[LOW]), pace(category="paced", targets=[{"at_least": 0.1}]), STARS]
    row = rows_of(made, FACTS)["detour", ""]
    assert (row.value, row.needs_history, states(row)) == (None, True, ["needs_history"])
    assert rows_of(made, FACTS, history=Remembered(now={("detour", ""): 0.7}))["detour", ""].value == 0.7


@pytest.mark.parametrize("name", shipped())
def test_without_any_fact_the_rows_that_need_history_are_those_that_the_catalog_rests_on_the_past(name):
    catalog = load(name, declared_metrics(), base=Path())
    rows = evaluate(catalog, [], NOW)
    assert {(row.kpi, row.segment) for row in rows if row.needs_history} == resting_on_past(catalog)


def test_what_a_detour_waits_for_is_named():
    assert row_why([kpi("detour", value={"kpi": "pace"}), pace(), STARS]) == "pace needs history"
    assert row_why([kpi("detour", value={"kpi": "stars", "segment": "P0"}), STARS]) == "stars P0 has no value"


def row_why(kpis):
    return rows_of(kpis, FACTS)["detour", ""].why


def test_what_does_not_rest_on_the_past_is_never_taken_from_there():
    history = Remembered(now={("stars", ""): 999})
    assert row_of(STARS, FACTS, history=history).value == 120
