"""The reference page of alerts: when each fires, whom it wakes, and where it says what to do."""

from collections.abc import Iterable, Sequence

from exporter.promql import span
from exporter.render.projects import Project
from exporter.render.rules.alerts import project_alerts
from exporter.render.rules.links import Links
from exporter.render.rules.model import AlertRule
from exporter.render.rules.watching import watching_groups

__all__ = ["alerts_page"]

_INTRODUCTION = """\
# Alerts

Every alert that ships. Rendered by `kpi-exporter render docs`; edit the catalogs, not this page. How they reach people stands on
the page on [alerting](alerting.md).

P0 asks for action now, P1 within a day, P2 within a week, P3 goes into the weekly digest. An alert whose name ends in `Escalated`
is the second one on the same condition: it fires when the first has held for so long.
"""
_HEAD = "| alert | priority | fires on | for | channels | action |\n|---|---|---|---|---|---|"
_LINKS = Links(runbooks="../prometheus/runbooks")


def alerts_page(projects: Sequence[Project]) -> str:
    """The page: one table a project, then the alerts on the exporter and the servers around it."""
    sections = [_INTRODUCTION]
    sections += [_section(project.name, project_alerts(project, _LINKS)) for project in projects]
    watching = [rule for group in watching_groups(_LINKS) for rule in group.rules if isinstance(rule, AlertRule)]
    sections.append(_section("The exporter itself", watching))
    return "\n".join(sections)


def _section(title: str, rules: Iterable[AlertRule]) -> str:
    rows = "\n".join(f"| {' | '.join(_cells(rule))} |" for rule in rules)
    return f"## {title}\n\n{_HEAD}\n{rows}\n"


def _cells(rule: AlertRule) -> Sequence[str]:
    # What a template would fill in is a segment: the page tells of all of them.
    symptom = rule.annotations["summary"].replace("{{ $labels.segment }}", "each segment")
    return (
        f"[{rule.alert}]({rule.annotations['runbook_url']})",
        rule.labels.get("priority", "–"),
        symptom.partition(": ")[2] or symptom,
        span(rule.hold) if rule.hold else "at once",
        rule.labels["channels"].strip(",").replace(",", ", "),
        rule.annotations["action"],
    )
