"""The dashboard of the exporter itself."""

import re
from pathlib import Path
from typing import Any

import pytest

from exporter.collect.own_metrics import COUNTERS, RELOAD_METRICS, SELF_METRICS
from exporter.errors import Reason
from exporter.render.dashboards.exporter_page import exporter_dashboard
from exporter.render.dashboards.source_panels import LATE, LOW
from exporter.render.rules import Links
from support.boards import panels, queries
from support.promql import matched_values, selectors

ROOT = Path(__file__).parents[3]
RULES = {name: (ROOT / "prometheus" / "rules" / f"{name}.yml").read_text(encoding="utf-8") for name in ("exporter", "kpi")}
BOARD: dict[str, Any] = dict(exporter_dashboard(Links(runbooks="https://runbooks.example.org")).json())
OF_PROMETHEUS = {"ALERTS", "ALERTS_FOR_STATE", "up", "scrape_duration_seconds", "process_resident_memory_bytes"}
ASKED = [query.expression.replace("$__rate_interval", "5m") for query in queries(BOARD)]


def test_its_uid_is_the_one_that_alerts_lead_to() -> None:
    assert Links().exporter().endswith(f"/d/{BOARD['uid']}")


def test_every_series_is_one_that_is_told_or_recorded() -> None:
    told = {metric.name for metric in (*SELF_METRICS, *RELOAD_METRICS)}
    recorded = set(re.findall(r"record: (\S+)", RULES["kpi"]))
    watched = set(re.findall(r"\b(?:prometheus|alertmanager)_\w+", RULES["exporter"]))
    rule_groups = {"prometheus_rule_group_interval_seconds", "prometheus_rule_group_last_duration_seconds"}
    asked = {selector.name for expression in ASKED for selector in selectors(expression)}
    assert asked - told - recorded - watched - rule_groups - OF_PROMETHEUS == set()


def test_counters_are_never_shown_bare() -> None:
    names = {metric.name for metric in COUNTERS}
    bare = [one for one in ASKED for name in names if name in one and not re.search(rf"increase\({name}[{{\[]", one)]
    assert bare == []


def test_the_limits_that_are_drawn_are_those_of_the_alerts() -> None:
    assert f"> {LATE} * last_over_time(kpi_exporter_source_interval_seconds" in RULES["exporter"]
    assert f"< {LOW}\n" in RULES["exporter"]
    drawn = {
        step["value"]
        for panel in panels(BOARD)
        if panel["type"] == "timeseries"
        for step in panel["fieldConfig"]["defaults"].get("thresholds", {}).get("steps", ())
    }
    assert drawn - {None} == {LATE, LOW}


def test_everything_on_sources_follows_the_choice_of_project_and_source() -> None:
    found = [one for expression in ASKED for one in selectors(expression) if (one.name or "").startswith("kpi_exporter_source_")]
    assert found
    assert {(*matched_values(one, "project"), *matched_values(one, "source")) for one in found} == {("$project", "$source")}


def test_alerts_on_the_chain_are_all_but_the_one_that_always_fires() -> None:
    panel = next(panel for panel in panels(BOARD) if panel["title"].startswith("Alerts on"))
    (firing,) = {name for one in selectors(panel["targets"][0]["expr"]) for name in [frozenset(matched_values(one, "alertname"))]}
    assert firing == set(re.findall(r"alert: (\S+)", RULES["exporter"])) - {"Watchdog"}


@pytest.mark.parametrize(
    "alert", ["KpiExporterSourceDown", "KpiExporterSourceStale", "KpiExporterPartsFailing", "KpiExporterQuotaLow"]
)
def test_it_leads_to_the_runbook(alert: str) -> None:
    assert f"https://runbooks.example.org/{alert}.md" in str(BOARD)


def test_reasons_of_failures_have_colours_of_their_own() -> None:
    panel = next(panel for panel in panels(BOARD) if panel["title"] == "Failures by reason")
    coloured = [override["matcher"]["options"] for override in panel["fieldConfig"]["overrides"]]
    assert len(coloured) >= 5
    assert set(coloured) <= {str(reason) for reason in Reason}
