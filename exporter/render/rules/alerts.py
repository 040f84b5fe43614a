"""Alerts of a catalog as rules: whom they wake, and what they say."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from exporter.catalog.alert import Priority
from exporter.catalog.model import Alert, Kpi
from exporter.render.projects import Project
from exporter.render.rules import words
from exporter.render.rules.conditions import condition, condition_recordings
from exporter.render.rules.links import Links
from exporter.render.rules.model import AlertRule, Recording

__all__ = ["RESPOND_WITHIN", "SEVERITIES", "alert_recordings", "channels_label", "project_alerts"]

SEVERITIES: Mapping[Priority, str] = {"P0": "critical", "P1": "warning", "P2": "warning", "P3": "info"}
RESPOND_WITHIN: Mapping[Priority, str] = {"P0": "now", "P1": "24 h", "P2": "1 week", "P3": "the weekly digest"}


def project_alerts(project: Project, links: Links) -> Iterator[AlertRule]:
    """Every alert of a project, in the order of its catalog; behind one that escalates its escalation."""
    for kpi in project.catalog.kpis:
        for alert in project.catalog.rules(kpi):
            yield from _rules(project, kpi, alert, links)


def alert_recordings(project: Project) -> Iterator[Recording]:
    """What the conditions of a project ask of the past."""
    for kpi in project.catalog.kpis:
        for alert in project.catalog.rules(kpi):
            yield from condition_recordings(project.name, kpi, alert)


def channels_label(channels: tuple[str, ...]) -> str:
    """Channels as routes find them: a comma before, between and after."""
    return f",{','.join(channels)},"


def _rules(project: Project, kpi: Kpi, alert: Alert, links: Links) -> Iterator[AlertRule]:
    expr = condition(project.name, kpi, alert)
    annotations = _annotations(project, kpi, alert, links)

    def rule(name: str, hold: timedelta, channels: tuple[str, ...], **more: str) -> AlertRule:
        labels = {
            "priority": alert.priority,
            "severity": SEVERITIES[alert.priority],
            "channels": channels_label(channels),
            "sources": project.sources[kpi.id],
            **more,
        }
        return AlertRule(name, expr, hold, labels, annotations)

    yield rule(alert.name, alert.hold, alert.receivers)
    if alert.escalate is not None:
        yield rule(alert.names[1], alert.escalate.after, alert.escalate.channels, escalated="true")


def _annotations(project: Project, kpi: Kpi, alert: Alert, links: Links) -> Mapping[str, str]:
    unit = kpi.unit_of(alert.segments[0])
    subject, symptom, value = words.subject(kpi, alert), words.symptom(unit, alert.when), words.figure(unit)
    limit = words.limit(unit, alert)
    seen = f"past the milestone of {limit}" if alert.when.crosses is not None else symptom
    return {
        "summary": f"{project.name}: {subject} {symptom}",
        "description": f"{subject} of {project.name} is {value}, {seen}. {words.literal(kpi.definition)}",
        "value": value,
        "limit": limit,
        "target": words.target(kpi, unit),
        "action": words.literal(alert.action),
        "respond_within": words.duration(alert.escalate.after) if alert.escalate else RESPOND_WITHIN[alert.priority],
        "runbook_url": links.runbook(alert.name),
        "dashboard_url": links.kpi(project.name, kpi.id, alert.segments),
    }
