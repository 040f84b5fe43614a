"""The files of rules, by path."""

from collections.abc import Mapping, Sequence
from typing import Any

from exporter.errors import KpiExporterError
from exporter.promql import span
from exporter.render.projects import Project
from exporter.render.rules.alerts import alert_recordings, project_alerts
from exporter.render.rules.derived import derived_recordings
from exporter.render.rules.links import Links
from exporter.render.rules.model import AlertRule, Group, Recording
from exporter.render.rules.recordings import recording_groups
from exporter.render.rules.watching import watching_groups
from exporter.render.yaml_text import yaml_text

__all__ = ["FOLDER", "OURS", "rule_files"]

FOLDER = "prometheus/rules"
COMMON = ("exporter", "kpi")
"""The files that do not belong to one project."""
_BY = "Rendered by `kpi-exporter render rules`"
OURS = {f"{FOLDER}/*.yml": _BY}
"""Which files are rendered: by pattern, the words in them that say so."""
_WIDTH = 120
_HEADER = "# {about}\n# {by}: edit {source}, not this file.\n"


def rule_files(projects: Sequence[Project], links: Links) -> Mapping[str, str]:
    """The text of each file: one a project, one of the series that are the same for all of them, one on the exporter itself.

    Raises KpiExporterError where a project is called like one of the common files.
    """
    if taken := next((project.name for project in projects if project.name in COMMON), None):
        raise KpiExporterError(f"a project called {taken} cannot have rules: {taken}.yml is a file of all projects")
    code = "exporter/render/rules"
    files = {
        "kpi": _text("Recorded series of every KPI of every project.", code, recording_groups()),
        "exporter": _text("Alerts on the exporter, Prometheus and Alertmanager.", code, watching_groups(links)),
    }
    for project in projects:
        groups = [
            Group(f"{project.name}-derived", _once([*derived_recordings(project), *alert_recordings(project)])),
            Group(project.name, list(project_alerts(project, links))),
        ]
        files[project.name] = _text(
            f"Derived KPIs and alerts of {project.name}.", "its catalog", [group for group in groups if group.rules]
        )
    return {f"{FOLDER}/{name}.yml": text for name, text in files.items()}


def _once(rules: Sequence[Recording]) -> Sequence[Recording]:
    """Without repetition: growth and an alert may look at the same past."""
    return list({(rule.record, rule.expr, tuple(rule.labels.values())): rule for rule in rules}.values())


def _text(about: str, source: str, groups: Sequence[Group]) -> str:
    body = yaml_text({"groups": [_group(group) for group in groups]}, _WIDTH)
    return _HEADER.format(about=about, by=_BY, source=source) + body


def _group(group: Group) -> Mapping[str, Any]:
    interval = {"interval": span(group.interval)} if group.interval else {}
    return {"name": group.name, **interval, "rules": [_rule(rule) for rule in group.rules]}


def _rule(rule: Recording | AlertRule) -> Mapping[str, Any]:
    if isinstance(rule, Recording):
        labels = {"labels": dict(rule.labels)} if rule.labels else {}
        return {"record": rule.record, "expr": rule.expr, **labels}
    hold = {"for": span(rule.hold)} if rule.hold else {}
    return {
        "alert": rule.alert,
        "expr": rule.expr,
        **hold,
        "labels": dict(rule.labels),
        "annotations": dict(rule.annotations),
    }
