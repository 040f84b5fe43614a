"""Which alerts keep others silent, on a real Alertmanager with the routes and rules that ship."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from exporter.sources.registry import sources
from support.programs import Alertmanager, eventually
from support.routing import ROOT, alert, config_of, notified, overheard
from support.upstream import Answer, Upstream

CONFIG = (ROOT / "alertmanager" / "alertmanager.yml").read_text()
SETTLED = 0.5
"""Seconds after which Alertmanager has judged the alerts that it holds: it does so beside answering."""
PAST = "2026-01-27T13:00:00Z"

PAGES = """\
root: on-call
channels:
  pagerduty: {on-call: {routing_key_file: /secrets/pagerduty}}
"""


@pytest.fixture
def alertmanager(tmp_path: Path) -> Iterator[Alertmanager]:
    """Alertmanager with all that ships but the receivers, which lead nowhere."""
    with Alertmanager(tmp_path, overheard(CONFIG, "http://127.0.0.1:9")) as running:
        yield running


def of_kpi(name: str, priority: str, sources: str = "git", **labels: str) -> dict[str, Any]:
    about = {"project": "caro", "kpi": "crash_rate", "priority": priority, "sources": sources}
    return alert(name, "slack-alerts", **{**about, **labels})


def source_down(project: str, source: str) -> dict[str, Any]:
    return alert("KpiExporterSourceDown", "slack-alerts", project=project, source=source, priority="P1")


def silent(alertmanager: Alertmanager, *alerts: dict[str, Any]) -> set[str]:
    """The names of those of the alerts that others keep silent."""
    alertmanager.post_alerts(alerts)
    eventually(alertmanager.alerts, lambda held: len(held) == len(alerts))
    time.sleep(SETTLED)
    listed = alertmanager.alerts()
    return {one["labels"]["alertname"] for one in listed if one["status"]["inhibitedBy"]}


def test_a_source_that_is_down_silences_the_kpis_of_its_project_that_rest_on_it(alertmanager: Alertmanager) -> None:
    assert silent(
        alertmanager,
        source_down("caro", "github"),
        of_kpi("RestsOnIt", "P0", sources="github"),
        of_kpi("RestsOnItToo", "P0", sources="git+github+manual", kpi="other"),
        of_kpi("RestsOnAnother", "P0", sources="git", kpi="third"),
        of_kpi("OfAnotherProject", "P0", sources="github", project="bolt"),
    ) == {"RestsOnIt", "RestsOnItToo"}


def test_a_source_is_not_taken_for_one_whose_name_begins_alike(alertmanager: Alertmanager) -> None:
    assert silent(alertmanager, source_down("caro", "git"), of_kpi("RestsOnGithub", "P1", sources="github")) == set()


def test_there_is_a_rule_for_every_source() -> None:
    found = [
        re.findall(r'^source = "(.*)"$', matcher)
        for rule in yaml.safe_load(CONFIG)["inhibit_rules"]
        for matcher in rule["source_matchers"]
    ]
    assert [name for names in found for name in names] == list(sources())


@pytest.mark.parametrize(
    ("worst", "expected"),
    [("P0", {"AtP1", "AtP2", "AtP3"}), ("P1", {"AtP2", "AtP3"}), ("P2", set()), ("P3", set())],
)
def test_the_worst_news_of_a_kpi_silences_the_rest(alertmanager: Alertmanager, worst: str, expected: set[str]) -> None:
    others = [of_kpi(f"At{priority}", priority) for priority in ("P1", "P2", "P3") if priority > worst]
    assert silent(alertmanager, of_kpi("Worst", worst), *others) == expected


@pytest.mark.parametrize(
    "other", [{"segment": "macos"}, {"kpi": "error_rate"}, {"project": "bolt"}], ids=["segment", "kpi", "project"]
)
def test_bad_news_of_something_else_silences_nothing(alertmanager: Alertmanager, other: dict[str, str]) -> None:
    assert silent(alertmanager, of_kpi("Worst", "P0"), of_kpi("Lower", "P1", **other)) == set()


def test_alerts_that_are_about_no_kpi_silence_nothing(alertmanager: Alertmanager) -> None:
    absent = alert("SomethingElse", "slack-alerts", priority="P0")
    assert (
        silent(alertmanager, absent, alert("QuotaLow", "slack-alerts", priority="P2"), {"labels": {"alertname": "Foreign"}})
        == set()
    )


def test_an_escalation_silences_the_alert_that_it_escalates(alertmanager: Alertmanager) -> None:
    twin = of_kpi("SlowEscalated", "P0", escalated="true")
    assert silent(alertmanager, of_kpi("Slow", "P0"), twin, of_kpi("OfAnotherKpi", "P0", kpi="other")) == {"Slow"}


@pytest.mark.parametrize("name", ["KpiVanished", "KpiProjectVanished"])
def test_without_an_exporter_it_is_no_news_that_everything_vanishes(alertmanager: Alertmanager, name: str) -> None:
    absent = alert("KpiExporterAbsent", "pagerduty", priority="P0")
    gone = alert(name, "slack-alerts", project="caro", priority="P1")
    assert silent(alertmanager, absent, gone, of_kpi("StillKnown", "P1")) == {name}


def test_a_page_that_was_escalated_is_closed_when_all_is_well_again(tmp_path: Path) -> None:
    first, twin = (of_kpi(name, "P0", **more) for name, more in (("Slow", {}), ("SlowEscalated", {"escalated": "true"})))
    for one in (first, twin):
        one["labels"]["channels"] = ",on-call,"
    with Upstream(lambda _: Answer()) as upstream, Alertmanager(tmp_path, overheard(config_of(PAGES), upstream.url)) as running:
        running.post_alerts([first])
        eventually(lambda: notified(upstream.requests) == [("on-call", "firing", ["Slow"])])
        running.post_alerts([first, twin])
        eventually(lambda: len(upstream.requests) == 2)
        running.post_alerts([{**one, "startsAt": "2026-01-27T12:00:00Z", "endsAt": PAST} for one in (first, twin)])
        eventually(lambda: len(upstream.requests) == 4)
    assert sorted(notified(upstream.requests)[1:]) == [
        ("on-call", "firing", ["SlowEscalated"]),
        ("on-call", "resolved", ["Slow"]),
        ("on-call", "resolved", ["SlowEscalated"]),
    ]


def test_every_alert_that_the_configuration_names_is_one_that_rules_make() -> None:
    made = set()
    for file in (ROOT / "prometheus" / "rules").glob("*.yml"):
        made |= set(re.findall(r"(?m)^ +- alert: (\w+)$", file.read_text(encoding="utf-8")))
    named = {name for names in re.findall(r'alertname =~? "([\w|]+)"', CONFIG) for name in names.split("|")}
    assert len(named) >= 5
    assert named <= made
