"""The history that dashboards are tried on: a real Prometheus that has known the shipped projects for four weeks."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from support.boards import Query, Refused, answer, variables
from support.history import history, launched
from support.programs import Prometheus
from support.story import RANGES, Story

NOW = datetime.now(UTC).replace(microsecond=0)
"""Prometheus knows no other time."""
START = NOW - timedelta(days=28)


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    with history(tmp_path_factory.mktemp("history"), NOW) as server:
        yield server


def caro(kpi: str, segment: str = "", series: str = "kpi:value:current") -> str:
    return f'{series}{{project="caro",kpi="{kpi}",segment="{segment}"}}'


@pytest.mark.parametrize(
    ("kpi", "segment", "value"),
    [
        ("active_weekly_users", "", 250),
        ("downloads", "", 350),
        ("activation_rate", "", 0.78),
        ("retention_rate", "1", 0.7),
        ("commands_generated", "", 2000),
        ("command_success_rate", "", 0.87),
        ("error_rate", "", 0.032),
        ("crash_rate", "", 0.0005),
        ("open_bugs", "", 12),
        ("open_bugs", "P0", 0),
        ("open_bugs", "P2", 5),
        ("test_coverage", "overall", 0.84),
        ("response_time_p95", "complex", 0.85),
        ("memory_usage_p95", "", 42e6),
    ],
)
def test_caro_stands_where_its_guide_draws_the_second_week(prometheus: Prometheus, kpi: str, segment: str, value: float) -> None:
    assert prometheus.value(caro(kpi, segment)) == pytest.approx(value, rel=0.001)


@pytest.mark.parametrize(
    ("kpi", "change"),
    [("active_weekly_users", 100), ("github_stars", 200), ("discord_members", 80), ("contributors", 2)],
)
def test_the_change_since_last_week_is_that_of_the_guide(prometheus: Prometheus, kpi: str, change: float) -> None:
    assert prometheus.value(caro(kpi, series="kpi:value:change_7d")) == change


def test_every_status_is_there(prometheus: Prometheus) -> None:
    found = {labels["status"] for labels, _ in prometheus.query("count by (status) (kpi:status:current)")}
    assert found == {"on_target", "behind", "alert", "no_data", "tracked"}


def test_about_two_thirds_of_what_has_a_target_reach_it(prometheus: Prometheus) -> None:
    share = prometheus.value("avg(kpi:attainment:ratio >= bool 1)")
    assert share == pytest.approx(0.67, abs=0.07)


def test_an_alert_of_every_priority_fires(prometheus: Prometheus) -> None:
    found = prometheus.query('count by (priority) (ALERTS{alertstate="firing",kpi!=""})')
    assert {labels["priority"] for labels, _ in found} == {"P0", "P1", "P2", "P3"}


def test_the_hourly_figures_have_no_gap(prometheus: Prometheus) -> None:
    points = prometheus.query('count_over_time(kpi:value:hourly{project="bolt",kpi!~".*growth.*"}[28d])')
    assert {value for _, value in points} <= {672, 673}


def test_every_figure_of_now_has_its_past(prometheus: Prometheus) -> None:
    past = "last_over_time(kpi:value:hourly[1h] offset 20d)"
    without = prometheus.query(f"kpi:value:current unless on (project, kpi, segment) {past}")
    # At its launch Caro had nothing that could have grown, and no forecast of a computed figure is remembered.
    assert {(labels["kpi"], labels["segment"]) for labels, _ in without if labels["project"] != "caro"} <= {
        ("growth_forecast", "churn_prediction")
    }


@pytest.mark.parametrize("name", ["aux", "bolt", "caro"])
def test_a_figure_keeps_to_its_unit_at_any_time(name: str) -> None:
    project = next(one for one in launched(NOW) if one.name == name)
    story, units = Story(project, NOW), {kpi.id: kpi.unit_of for kpi in project.catalog.kpis}
    for days in (-3, 0, 0.3, 6.9, 40, 400):
        for (kpi, segment), value in story.figures(NOW - timedelta(days=days)).items():
            low, high = RANGES.get(units[kpi](segment), (0, float("inf")))
            assert low <= value <= high, (kpi, segment, days)
            assert units[kpi](segment) != "rank" or value.is_integer(), (kpi, segment, days)


def test_shares_add_up_to_one(prometheus: Prometheus) -> None:
    for kpi in ("support_channel_share", "framework_usage_share", "user_activity_share"):
        assert prometheus.value(f'sum(kpi:value:current{{kpi="{kpi}"}})') == pytest.approx(1)


def test_one_source_has_failed_for_hours(prometheus: Prometheus) -> None:
    down = prometheus.query("kpi_exporter_source_up == 0")
    assert [(labels["project"], labels["source"]) for labels, _ in down] == [("bolt", "discord")]


def test_cohorts_make_a_triangle(prometheus: Prometheus) -> None:
    weeks = prometheus.query("count by (cohort) (telemetry_cohort_users)")
    assert [value for _, value in sorted(weeks, key=lambda week: week[0]["cohort"])] == [4, 3, 2, 1]


def test_a_query_that_prometheus_refuses_is_told_with_its_reason(prometheus: Prometheus) -> None:
    with pytest.raises(Refused, match=r"sum\(: .*unclosed left parenthesis"):
        answer(prometheus, Query("", "A", "sum(", True), START, NOW)


def test_a_variable_takes_what_it_was_saved_with_or_the_first_value_there_is(prometheus: Prometheus) -> None:
    listed = [
        {"name": "project", "type": "query", "query": "label_values(kpi:value:current, project)"},
        {
            "name": "kpi",
            "type": "query",
            "query": {"query": 'label_values(kpi:value:current{project="$project"}, kpi)'},
            "current": {"value": ["nps"]},
            "includeAll": True,
        },
        {
            "name": "segment",
            "type": "query",
            "query": "label_values(kpi:value:current, segment)",
            "includeAll": True,
            "allValue": ".*",
            "current": {"value": "$__all"},
        },
    ]
    found = variables(prometheus, {"templating": {"list": listed}}, START, NOW)
    assert found == {"project": "aux", "kpi": ["nps"], "segment": ".*"}
