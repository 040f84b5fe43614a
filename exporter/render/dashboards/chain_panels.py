"""Panels on the chain from the exporter to a message: whether each link of it works, and which KPIs are not known."""

from collections.abc import Sequence

from exporter.render.dashboards.alerts import PRIORITIES
from exporter.render.dashboards.fields import ALARM, GOOD, QUIET, column, fixed, words
from exporter.render.dashboards.links import row_link
from exporter.render.dashboards.model import Json, Panel, Query
from exporter.render.dashboards.plain import EMPTY_CELLS, bars, lines, numbers, told_apart
from exporter.render.dashboards.rows import ABOUT, named
from exporter.render.dashboards.tables import LOOKS, TEXT
from exporter.render.rules import Links
from exporter.render.rules.model import AlertRule
from exporter.render.rules.watching import JOB, WATCHDOG, watching_groups

__all__ = ["alerts_on_the_chain", "answering", "chain_panels", "configuration", "unknown_panels"]

_EXPORTER = f'{{job="{JOB}"}}'
_COLUMNS: Json = {"align": "auto", "cellOptions": {"type": "auto"}, "filterable": False, "minWidth": 70}
_STEP = "5m"
_FAILING = {
    "rules": "prometheus_rule_evaluation_failures_total",
    "alerts not handed over": "prometheus_notifications_errors_total",
    "alerts dropped": "prometheus_notifications_dropped_total",
    "messages": "alertmanager_notifications_failed_total",
    "tracking issues": "kpi_exporter_tracking_failures_total",
}
"""What can fail on the way of an alert, and the counter of it."""


def answering() -> Panel:
    """How many exporters answer Prometheus."""
    return numbers(
        "Exporters up",
        "Exporters whose last scrape succeeded.",
        [Query(f"sum(up{_EXPORTER})")],
        no_value="Prometheus scrapes no exporter",
        says={"0": ("none", ALARM)},
    )


def configuration() -> Panel:
    """Whether the configuration that was last read is in force."""
    return numbers(
        "Configuration",
        "Whether the last reload of the configuration of the exporter succeeded; if not, the one before is in force.",
        [Query("min(last_over_time(kpi_exporter_config_last_reload_successful[5m]))")],
        no_value="No exporter tells",
        says={"1": ("in force", GOOD), "0": ("reload failed", ALARM)},
    )


def alerts_on_the_chain(links: Links) -> Panel:
    """The alerts on exporter, Prometheus and Alertmanager that fire, each with the way to its runbook."""
    names = "|".join(_names(links))
    firing = f'ALERTS{{alertstate="firing",alertname=~"{names}"}}'
    shown = "priority, alertname, project, source, kpi"
    since = f'max by ({shown}) (ALERTS_FOR_STATE{{alertname=~"{names}"}} * 1000)\nand on ({shown})\n{firing}'
    columns = [("priority", "Priority"), ("alertname", "Alert"), ("project", "Project"), ("source", "Source"), ("kpi", "KPI"),
               ("Value", "Since")]  # fmt: skip
    runbook = {"targetBlank": True, "title": "What to do", "url": links.runbook("${__value.text}")}
    return Panel(
        kind="table",
        title="Alerts on exporter, Prometheus and Alertmanager",
        description="Those that fire, the most pressing first. A click on one shows what to do. Alerts on KPIs stand on the page "
        "of their project.",
        queries=[Query(since, table=True)],
        unit="locale",
        no_value="None fires",
        width=24,
        height=6,
        options={**LOOKS, "sortBy": [{"desc": False, "displayName": "Priority"}]},
        custom=_COLUMNS,
        overrides=[
            EMPTY_CELLS,
            column("Priority", mappings=words(PRIORITIES), custom__cellOptions=TEXT, custom__minWidth=130),
            column("Alert", links=[runbook], custom__minWidth=220),
            column("Since", unit="dateTimeFromNow", custom__minWidth=125),
        ],
        transformations=named(columns),
    )


def _names(links: Links) -> Sequence[str]:
    rules = [rule for group in watching_groups(links) for rule in group.rules]
    return [rule.alert for rule in rules if isinstance(rule, AlertRule) and rule.alert != WATCHDOG]


def unknown_panels() -> Sequence[Panel]:
    """How many KPIs of each project have no value, and which."""
    rows = '{project=~"$project",status="no_data"}'
    every = 'project:kpi_status:count{project=~"$project"}'
    counted = numbers(
        "KPIs without data",
        "Figures of the catalogs that nobody knows at this moment, segments included, by project.",
        [Query(f"sum by (project) (project:kpi_status:count{rows})\nor\n0 * sum by (project) ({every})", "{{project}}")],
        no_value="No KPI is told of",
        width=6,
        height=9,
        defaults={"color": fixed(QUIET)},
        orientation="horizontal",
    )
    columns = [("project", "Project"), ("title", "KPI"), ("segment", "Segment"), ("source", "Comes from"), ("kpi", "kpi")]
    which = Panel(
        kind="table",
        title="Which KPIs have no data",
        description="A figure that people enter has none until somebody does; another one lacks a source that can be read.",
        queries=[
            Query(f"kpi:status:current{rows}\n* on (project, kpi) group_left (title, source)\n{ABOUT}", table=True),
        ],
        unit="locale",
        no_value="No KPI is told to lack data",
        width=18,
        height=9,
        options={**LOOKS, "sortBy": [{"desc": False, "displayName": "Project"}]},
        custom=_COLUMNS,
        overrides=[
            EMPTY_CELLS,
            column("KPI", links=[row_link(project="Project", segment="Segment")], custom__minWidth=170),
            column("kpi", custom__hidden=True),
        ],
        transformations=named(columns),
    )
    return counted, which


def chain_panels() -> Sequence[Panel]:
    """What the programs of the chain use and what fails in them."""
    return (
        numbers(
            "Configuration loaded",
            "When the exporter last took over a configuration.",
            [Query("max(last_over_time(kpi_exporter_config_last_reload_success_timestamp_seconds[5m])) * 1000")],
            unit="dateTimeFromNow",
            no_value="No exporter tells",
            height=8,
            defaults={"color": fixed(QUIET)},
        ),
        _watchdog(),
        lines(
            "Memory of the exporter",
            "Resident memory of the process.",
            [Query(f"max by (instance) (process_resident_memory_bytes{_EXPORTER})", "{{instance}}", over_time=True, every=_STEP)],
            unit="bytes",
            no_value="No exporter tells",
            width=8,
        ),
        lines(
            "Duration of scrapes",
            "How long Prometheus waits for each of its targets. After 10 seconds it gives up.",
            [
                Query(
                    "max by (job) (max_over_time(scrape_duration_seconds[$__rate_interval]))",
                    "{{job}}",
                    over_time=True,
                    every=_STEP,
                )
            ],
            unit="s",
            no_value="Prometheus scrapes nothing",
            width=8,
        ),
        lines(
            "Duration of rules",
            "How long Prometheus takes to evaluate each group of rules, as a share of the time it has for that.",
            [
                Query(
                    "max by (rule_group) (label_replace(\n  prometheus_rule_group_last_duration_seconds\n"
                    '  / prometheus_rule_group_interval_seconds,\n  "rule_group", "$1", "rule_group", ".*;(.*)"\n))',
                    "{{rule_group}}",
                    over_time=True,
                    every=_STEP,
                )
            ],
            unit="percentunit",
            no_value="Prometheus tells nothing of itself",
        ),
        bars(
            "Failures in Prometheus and Alertmanager",
            "Rules that could not be evaluated, alerts that did not reach Alertmanager, messages that did not leave it, and "
            "alerts that did not become tracking issues, within each step.",
            [_failures(counter, name) for name, counter in _FAILING.items()],
            no_value="Nothing failed in this time",
            overrides=told_apart(list(_FAILING)),
        ),
    )


def _watchdog() -> Panel:
    """Whether the alert that always fires does."""
    return numbers(
        "Watchdog",
        f"The alert {WATCHDOG} always fires. While it does, Prometheus evaluates its rules.",
        [Query(f'count(ALERTS{{alertname="{WATCHDOG}",alertstate="firing"}})')],
        no_value="silent: rules are not evaluated",
        height=8,
        says={"1": ("fires, as it should", GOOD)},
    )


def _failures(counter: str, name: str) -> Query:
    return Query(f"round(sum(increase({counter}[$__rate_interval]))) > 0", name, over_time=True, every="1h")
