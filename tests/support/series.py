"""Which series a Prometheus beside the exporter has, each with the labels that it may have."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from exporter.collect import own_metrics as own
from exporter.render.projects import Project
from exporter.render.rules import Links, rule_files
from exporter.sources.registry import declared_metrics
from support.promql_tree import Labels, LabelsOf

__all__ = ["known_series"]

SCRAPED = frozenset({"job", "instance"})
"""What Prometheus adds to whatever it scrapes."""
OTHERS: Mapping[str, Sequence[str]] = {
    "up": (),
    "scrape_duration_seconds": (),
    "scrape_samples_scraped": (),
    "process_resident_memory_bytes": (),
    "alertmanager_notifications_failed_total": ("integration", "reason"),
    "prometheus_config_last_reload_successful": (),
    "prometheus_notifications_dropped_total": (),
    "prometheus_notifications_errors_total": ("alertmanager",),
    "prometheus_notifications_sent_total": ("alertmanager",),
    "prometheus_rule_evaluation_failures_total": ("rule_group",),
    "prometheus_rule_group_interval_seconds": ("rule_group",),
    "prometheus_rule_group_last_duration_seconds": ("rule_group",),
}
"""Those of Prometheus and Alertmanager that operators look at, as these programs document them."""
ALERTS, SINCE = "ALERTS", "ALERTS_FOR_STATE"


def known_series(projects: Sequence[Project]) -> Mapping[str, Labels]:
    """By name: facts of sources, what the exporter tells of KPIs and itself, what rules record, and alerts."""
    declared = [(metric.name, (*metric.labels, "project")) for metric in declared_metrics().values()]
    told = [(metric.name, metric.labels) for metric in (*own.KPI_METRICS, *own.SELF_METRICS, *own.RELOAD_METRICS)]
    series = {name: SCRAPED | set(labels) for name, labels in (*declared, *told, *OTHERS.items())}
    series |= {ALERTS: frozenset({"alertname", "alertstate"}), SINCE: frozenset({"alertname"})}
    rules = list(_rules(projects))
    series |= {rule["record"]: frozenset[str]() for rule in rules if "record" in rule}
    while True:
        # Rules read the series of others, so that labels travel one rule further each time.
        before = dict(series)
        for rule in rules:
            found = LabelsOf(series).text(rule["expr"]) | rule.get("labels", {}).keys()
            for name in [rule["record"]] if "record" in rule else [ALERTS, SINCE]:
                series[name] = series[name] | found
        if series == before:
            return series


def _rules(projects: Sequence[Project]) -> Iterator[dict[str, Any]]:
    for text in rule_files(projects, Links()).values():
        for group in yaml.load(text, yaml.CSafeLoader)["groups"]:
            yield from group["rules"]
