"""Runbooks: a page for every alert that says what the alert says, and whose queries can be pasted as they are."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import yaml

from exporter.catalog import load, shipped
from exporter.cli import COMMANDS
from exporter.collect.own_metrics import KPI_METRICS, RELOAD_METRICS, SELF_METRICS
from exporter.sources.registry import declared_metrics
from support.promql import Selector, grouped_by, matched_values, selectors
from support.runbooks import FOLDER, Runbook, catalog_line, index_row, runbooks

RULES = FOLDER.parent / "rules"
SECTIONS = ["Meaning", "Impact", "Diagnosis", "Mitigation"]
PAGES = runbooks()
CATALOGS = {name: load(name, declared_metrics(), base=Path()) for name in shipped()}

SCRAPE = {"job", "instance"}
ROW = {"project", "kpi", "segment", "unit", "status", "direction"}
GROUP = {"rule_group"}
INTEGRATION = {"integration"}
SERVERS: Mapping[str, set[str]] = {
    "ALERTS": {"alertname", "alertstate", "priority", *ROW},
    "up": set(),
    "process_resident_memory_bytes": set(),
    "prometheus_config_last_reload_success_timestamp_seconds": set(),
    "prometheus_notifications_alertmanagers_discovered": set(),
    "prometheus_notifications_dropped_total": set(),
    "prometheus_notifications_errors_total": {"alertmanager"},
    "prometheus_notifications_queue_capacity": set(),
    "prometheus_notifications_queue_length": set(),
    "prometheus_rule_evaluation_failures_total": GROUP,
    "prometheus_rule_group_interval_seconds": GROUP,
    "prometheus_rule_group_last_duration_seconds": GROUP,
    "prometheus_rule_group_last_evaluation_timestamp_seconds": GROUP,
    "prometheus_rule_group_rules": GROUP,
    "alertmanager_config_last_reload_success_timestamp_seconds": set(),
    "alertmanager_config_last_reload_successful": set(),
    "alertmanager_notification_latency_seconds_count": INTEGRATION,
    "alertmanager_notification_latency_seconds_sum": INTEGRATION,
    "alertmanager_notifications_failed_total": INTEGRATION,
    "alertmanager_notifications_total": INTEGRATION,
}
"""What Prometheus, Alertmanager and any process tell of themselves: the labels beside those of a scrape, by name."""


def rules(*files: str) -> Iterator[dict[str, Any]]:
    """The rules of the files of these names, or of all of them."""
    for path in [RULES / f"{name}.yml" for name in files] if files else sorted(RULES.glob("*.yml")):
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]:
            yield from group["rules"]


@cache
def own_alerts() -> dict[str, dict[str, Any]]:
    """The alerts that belong to no catalog, by name."""
    return {rule["alert"]: rule for rule in rules("exporter")}


@cache
def catalog_alerts() -> dict[str, tuple[str, str, str]]:
    """The alerts of the shipped catalogs by name: their project, the line of their page, their action."""
    return {
        alert.name: (catalog.project, catalog_line(catalog, kpi, alert), alert.action)
        for catalog in CATALOGS.values()
        for kpi in catalog.kpis
        for alert in catalog.rules(kpi)
    }


def labels_of() -> dict[str, set[str]]:
    """The labels that the series of each name can have."""
    facts = {metric.name: {"project", *metric.labels} for metric in declared_metrics().values()}
    own = {metric.name: set(metric.labels) for metric in (*KPI_METRICS, *SELF_METRICS, *RELOAD_METRICS)}
    scraped = {name: labels | SCRAPE for name, labels in {**facts, **own, **SERVERS}.items()}
    return scraped | {rule["record"]: ROW for rule in rules() if "record" in rule}


LABELS = labels_of()
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def test_every_alert_has_a_page_and_every_page_an_alert() -> None:
    """An escalation shares the page of what it escalates."""
    assert [page.name for page in PAGES] == sorted({*catalog_alerts(), *own_alerts()})


def test_every_address_of_a_runbook_in_the_rules_names_a_page() -> None:
    addresses = [rule["annotations"]["runbook_url"] for rule in rules() if "alert" in rule]
    assert len(addresses) > len(PAGES), "escalations lead to a page too"
    assert {address.rpartition("/")[2] for address in addresses} == {f"{page.name}.md" for page in PAGES}


@each_page
def test_a_page_has_the_four_sections_in_order(page: Runbook) -> None:
    assert page.title == f"# {page.name}"
    assert list(page.sections) == SECTIONS
    assert all(page.sections.values())


@pytest.mark.parametrize("page", [page for page in PAGES if page.name in catalog_alerts()], ids=lambda page: page.name)
def test_the_line_of_a_catalog_alert_has_priority_kpi_and_number_of_the_catalog(page: Runbook) -> None:
    _, line, _ = catalog_alerts()[page.name]
    assert page.line == line


@pytest.mark.parametrize("page", [page for page in PAGES if page.name in own_alerts()], ids=lambda page: page.name)
def test_the_line_of_another_alert_has_priority_and_wait_of_the_rules(page: Runbook) -> None:
    rule = own_alerts()[page.name]
    parts = page.line.split(" · ")
    assert parts[0] == rule["labels"].get("priority", "no priority")
    assert parts[3:] == ([f"for {rule['for']}"] if "for" in rule else [])


@each_page
def test_the_mitigation_begins_with_the_action_of_the_alert(page: Runbook) -> None:
    actions = {name: action for name, (_, _, action) in catalog_alerts().items()}
    actions |= {name: rule["annotations"]["action"] for name, rule in own_alerts().items()}
    assert page.sections["Mitigation"].startswith(f"**{actions[page.name]}**\n")


def test_no_two_pages_share_the_text_of_a_section() -> None:
    texts = [text for page in PAGES for text in page.sections.values()]
    assert [text for text in set(texts) if texts.count(text) > 1] == []


@each_page
def test_a_page_gives_two_to_six_queries_and_each_parses(page: Runbook) -> None:
    asked = [selectors(query) for query in page.queries]
    assert 2 <= len(asked) <= 6
    assert all(asked), "each query asks for a series"


@each_page
def test_queries_name_only_series_and_labels_that_exist(page: Runbook) -> None:
    found = [selector for query in page.queries for selector in selectors(query)]
    assert [selector.name for selector in found if selector.name not in LABELS] == []
    named = {(selector.name, matcher.name) for selector in found for matcher in selector.matchers.matchers}
    assert {(name, label) for name, label in named if label not in LABELS[name]} == set()
    for query in page.queries:
        assert grouped_by(query) <= set().union(*(LABELS[selector.name] for selector in selectors(query))), query


@each_page
def test_queries_name_only_projects_kpis_segments_and_alerts_that_exist(page: Runbook) -> None:
    found = [selector for query in page.queries for selector in selectors(query)]
    known = {*catalog_alerts(), *own_alerts()}
    patterns = set().union(*(matched_values(selector, "alertname") for selector in found))
    assert [pattern for pattern in patterns if not any(re.fullmatch(pattern, name) for name in known)] == []
    assert set().union(*(matched_values(selector, "project") for selector in found)) <= set(CATALOGS)
    assert [wrong for selector in found for wrong in strangers(selector)] == []


def strangers(selector: Selector) -> Iterator[str]:
    """The KPIs and segments of a selector that the catalog of its project does not know."""
    for project in matched_values(selector, "project"):
        ids, names = matched_values(selector, "kpi"), matched_values(selector, "segment")
        kpis = [kpi for kpi in CATALOGS[project].kpis if kpi.id in ids]
        yield from ids - {kpi.id for kpi in kpis}
        yield from names - {"", *(segment.name for kpi in kpis for segment in kpi.segments)}


@each_page
def test_a_page_of_a_project_speaks_of_no_other_project(page: Runbook) -> None:
    asked = {value for query in page.queries for one in selectors(query) for value in matched_values(one, "project")}
    assert asked == ({catalog_alerts()[page.name][0]} if page.name in catalog_alerts() else set())


@each_page
def test_links_lead_to_pages_and_headings_that_exist(page: Runbook) -> None:
    for link in page.links:
        file, _, anchor = link.partition("#")
        target = FOLDER / file
        assert target.is_file(), link
        assert not anchor or anchor in headings(target), link


def headings(path: Path) -> set[str]:
    """The anchors that GitHub makes of the headings of a page."""
    lines = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}


@each_page
def test_commands_of_the_exporter_that_a_page_names_exist(page: Runbook) -> None:
    named = set(re.findall(r"^ *kpi-exporter ([a-z]+)|`kpi-exporter ([a-z]+)", "\n".join(page.sections.values()), re.MULTILINE))
    assert {*chain.from_iterable(named)} - {""} <= {*COMMANDS}


def test_the_index_lists_every_alert_once_with_priority_and_kpi_or_cause() -> None:
    rows = [line for line in (FOLDER / "README.md").read_text(encoding="utf-8").splitlines() if line.startswith("| [")]
    expected = []
    for page in PAGES:
        priority, _, subject, *rest = page.line.split(" · ")
        cells = (priority, subject.removeprefix("KPI "), rest[0]) if page.name in catalog_alerts() else (priority, subject)
        expected.append(index_row(page.name, *cells))
    assert sorted(rows) == sorted(expected)
