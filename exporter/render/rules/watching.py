"""Alerts on the exporter, on Prometheus and on Alertmanager: silence is a failure too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from exporter.catalog.alert import DEFAULT_CHANNELS, Priority
from exporter.render.rules.alerts import RESPOND_WITHIN, SEVERITIES, channels_label
from exporter.render.rules.links import Links
from exporter.render.rules.model import AlertRule, Group
from exporter.render.rules.series import BY_ROW, HOURLY
from exporter.render.rules.words import figure

__all__ = ["JOB", "SOURCE_DOWN", "WATCHDOG", "watching_groups"]

JOB = "kpi-exporter"
"""The name under which Prometheus scrapes the exporter."""
SOURCE_DOWN = "KpiExporterSourceDown"
WATCHDOG = "Watchdog"

_SOURCE = "The source {{ $labels.source }} of {{ $labels.project }}"
_INSTANCE = "{{ $labels.instance }}"
_NO_DATA = 'kpi_status{status="no_data"}'


@dataclass(frozen=True, slots=True)
class _Watch:
    """One alert: when it holds, whom it wakes, what it says."""

    name: str
    priority: Priority
    hold: timedelta
    expr: str
    summary: str
    description: str
    action: str


_MINUTES_15 = timedelta(minutes=15)


def _kept(metric: str) -> str:
    """What the exporter said last; a failed scrape or two change nothing."""
    return f"last_over_time({metric}[5m])"


_EXPORTER = (
    _Watch(
        "KpiExporterAbsent",
        "P0",
        _MINUTES_15,
        f'absent(up{{job="{JOB}"}} == 1)',
        "No exporter answers",
        "Prometheus has had no answer of an exporter for 15 minutes: no KPI is watched.",
        "Start the exporter, or mend the way between Prometheus and it.",
    ),
    _Watch(
        SOURCE_DOWN,
        "P1",
        _MINUTES_15,
        f"{_kept('kpi_exporter_source_up')} == 0",
        "A source cannot be read",
        f"{_SOURCE} brings nothing; its KPIs stand still and vanish after its max_age.",
        "Read the reason in the log of the exporter, and ask `kpi-exporter doctor`.",
    ),
    _Watch(
        "KpiExporterSourceStale",
        "P1",
        _MINUTES_15,
        f"time() - {_kept('kpi_exporter_source_last_success_timestamp_seconds')}\n"
        f"> 3 * {_kept('kpi_exporter_source_interval_seconds')}",
        "A source has not been read whole for three intervals",
        f"{_SOURCE} was last read whole {{{{ $value | humanizeDuration }}}} ago.",
        "See which of its parts fail, and whether its quota or its interval is too small.",
    ),
    _Watch(
        "KpiExporterPartsFailing",
        "P2",
        timedelta(hours=1),
        f"{_kept('kpi_exporter_source_parts_failed')} > 0\nand\n{_kept('kpi_exporter_source_up')} == 1",
        "Parts of a source cannot be read",
        f'{_SOURCE} is read but for {{{{ $value | printf "%.0f" }}}} of its parts: the KPIs on these are unknown.',
        "Read which parts fail in the log of the exporter; ask `kpi-exporter doctor` for missing scopes.",
    ),
    _Watch(
        "KpiExporterQuotaLow",
        "P2",
        _MINUTES_15,
        f"{_kept('kpi_exporter_upstream_rate_limit_remaining')}\n"
        f"/ ({_kept('kpi_exporter_upstream_rate_limit_limit')} > 0)\n< 0.1",
        "A quota of an upstream is nearly used up",
        f"{_SOURCE} has {figure('ratio')} left of its quota {{{{ $labels.resource }}}}.",
        "Find what else uses the credentials, add another token, or lengthen the interval.",
    ),
    _Watch(
        "KpiExporterReloadFailed",
        "P1",
        timedelta(minutes=5),
        f"{_kept('kpi_exporter_config_last_reload_successful')} == 0",
        "The exporter runs on an old configuration",
        f"The last reload of the configuration of {_INSTANCE} failed; the one before it is still in force.",
        "Run `kpi-exporter validate`, mend what it names, and reload.",
    ),
    _Watch(
        "KpiExporterTrackingFailing",
        "P2",
        timedelta(minutes=30),
        "increase(kpi_exporter_tracking_failures_total[15m]) > 0",
        "Tracking issues cannot be kept",
        "Alerts of {{ $labels.project }} do not become issues on GitHub: {{ $labels.reason }}.",
        "Ask `kpi-exporter doctor` whether the token still works and the repository takes issues.",
    ),
    _Watch(
        "KpiVanished",
        "P1",
        timedelta(hours=1),
        f"(\n  min by ({BY_ROW}) ({_kept(_NO_DATA)}) == 1\n  and on ({BY_ROW})\n  last_over_time({HOURLY}[7d])\n)\n"
        "* on (project, kpi) group_left (sources)\n"
        f'max by (project, kpi, sources) (label_replace({_kept("kpi_info")}, "sources", "$1", "source", "(.*)"))',
        "A KPI has no value any more",
        "{{ $labels.kpi }}{{ with $labels.segment }} ({{ . }}){{ end }} of {{ $labels.project }} had a value within the last "
        "week and has none now, so its alerts cannot fire.",
        "Ask `kpi-exporter check` why, and mend the source that it names.",
    ),
    _Watch(
        "KpiProjectVanished",
        "P1",
        _MINUTES_15,
        f"count by (project) (last_over_time({HOURLY}[7d]))\nunless on (project)\n{_kept('kpi_info')}",
        "A project is no longer exported",
        "The exporter says nothing of {{ $labels.project }} any more, though it did within the last week.",
        "Put the project back into the configuration; if it was taken out on purpose, silence this alert for a week.",
    ),
)

_SERVERS = (
    _Watch(
        "PrometheusRuleFailures",
        "P1",
        timedelta(minutes=5),
        "increase(prometheus_rule_evaluation_failures_total[15m]) > 0",
        "Rules cannot be evaluated",
        "Rules of {{ $labels.rule_group }} fail, so what they record or watch is blind.",
        "Read the error on the page of rules of Prometheus.",
    ),
    _Watch(
        "PrometheusNotificationsFailing",
        "P0",
        timedelta(minutes=10),
        "increase(prometheus_notifications_errors_total[5m]) > 0\n"
        "or on (instance, job)\nincrease(prometheus_notifications_dropped_total[5m]) > 0",
        "Alerts do not reach Alertmanager",
        f"{_INSTANCE} could not hand over alerts to Alertmanager.",
        "See that Alertmanager runs and answers, and read the log of Prometheus.",
    ),
    _Watch(
        "PrometheusWithoutAlertmanager",
        "P0",
        timedelta(minutes=10),
        "prometheus_notifications_alertmanagers_discovered < 1",
        "Prometheus knows no Alertmanager",
        f"{_INSTANCE} has nobody to hand alerts to.",
        "Mend the section `alerting` of its configuration.",
    ),
    _Watch(
        "PrometheusReloadFailed",
        "P1",
        timedelta(minutes=10),
        "prometheus_config_last_reload_successful == 0",
        "Prometheus runs on an old configuration",
        f"The last reload of {_INSTANCE} failed; old rules are still in force.",
        "Run `promtool check config`, mend what it names, and reload.",
    ),
    _Watch(
        "AlertmanagerNotificationsFailing",
        "P1",
        timedelta(minutes=5),
        "increase(alertmanager_notifications_failed_total[15m]) > 0",
        "Messages do not leave Alertmanager",
        f"{_INSTANCE} could not send through {{{{ $labels.integration }}}}.",
        "Read the log of Alertmanager; see whether the secret of the channel is still good.",
    ),
    _Watch(
        "AlertmanagerReloadFailed",
        "P1",
        timedelta(minutes=10),
        "alertmanager_config_last_reload_successful == 0",
        "Alertmanager runs on an old configuration",
        f"The last reload of {_INSTANCE} failed; old routes are still in force.",
        "Run `amtool check-config`, mend what it names, and reload.",
    ),
)


def watching_groups(links: Links) -> Sequence[Group]:
    """The exporter and its KPIs, then the servers that carry its alerts."""
    return [
        Group("exporter", [_rule(watch, links) for watch in _EXPORTER]),
        Group("servers", [*(_rule(watch, links) for watch in _SERVERS), _watchdog(links)]),
    ]


def _rule(watch: _Watch, links: Links) -> AlertRule:
    labels = {
        "priority": watch.priority,
        "severity": SEVERITIES[watch.priority],
        "channels": channels_label(DEFAULT_CHANNELS[watch.priority]),
    }
    annotations = {
        "summary": watch.summary,
        "description": watch.description,
        "action": watch.action,
        "respond_within": RESPOND_WITHIN[watch.priority],
    }
    return AlertRule(watch.name, watch.expr, watch.hold, labels, {**annotations, **_links(watch.name, links)})


def _watchdog(links: Links) -> AlertRule:
    """Fires always, so that whoever waits for it hears when the whole chain is broken."""
    annotations = {
        "summary": "The chain of alerts works",
        "description": "This alert always fires. When it falls silent, Prometheus, Alertmanager or the way out is broken.",
        "action": "Nothing, while it fires.",
    }
    labels = {"severity": "none", "channels": channels_label(("watchdog",))}
    return AlertRule(WATCHDOG, "vector(1)", timedelta(0), labels, {**annotations, **_links(WATCHDOG, links)})


def _links(name: str, links: Links) -> Mapping[str, str]:
    return {"runbook_url": links.runbook(name), "dashboard_url": links.exporter()}
