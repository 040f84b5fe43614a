"""Panels of what a figure is made of: its segments, the terms of a score, the targets of categories."""

from collections.abc import Sequence

from exporter.catalog.model import Kpi
from exporter.catalog.value import Weighted
from exporter.promql import number, quoted, selector
from exporter.render.dashboards.fields import BAD, GOOD, QUIET, column, fixed, result
from exporter.render.dashboards.figure import Figure
from exporter.render.dashboards.model import Json, Panel, Query
from exporter.render.dashboards.tiles import BARS
from exporter.render.dashboards.units import shown_scale
from exporter.render.projects import Project
from exporter.render.rules.series import ATTAINMENT, CURRENT, INFO

__all__ = ["MET", "score", "segments", "targets_met"]

_SHARE: Json = {"min": 0, "max": 1}
_MOST = 0.8
"""The share of targets met from which on a category is in order: what the aux framework asks of its targets."""
MET: Json = {
    "color": {"mode": "thresholds"},
    "thresholds": {"mode": "absolute", "steps": [{"color": BAD, "value": None}, {"color": GOOD, "value": _MOST}]},
}
"""Blue where most of the targets are met, orange where not."""


def segments(project: Project, kpi: Kpi, title: str = "", width: int = 8) -> Panel:
    """The segments of a KPI as bars: in the order of the catalog, or the longest first where it names none."""
    figure = Figure(project, kpi)
    parts = f'{CURRENT}{{project={quoted(project.name)},kpi={quoted(kpi.id)},segment!=""}}'
    named = [Query(Figure(project, kpi, one.name).now, one.name) for one in kpi.segments] if not kpi.open else []
    return Panel(
        kind="bargauge",
        title=title or kpi.title,
        description=figure.description,
        queries=named or [Query(f"sort_desc({parts})", "{{segment}}")],
        unit=figure.grafana_unit,
        no_value=figure.no_value,
        width=width,
        height=max(8, 2 + len(named) * 3 // 4),
        options=BARS,
        defaults={"min": 0, **shown_scale(figure.unit), "color": fixed(GOOD), "links": list(figure.links)},
        links=figure.links,
    )


def score(project: Project, kpi: Kpi, title: str = "", width: int = 12) -> Panel:
    """A score, how much of what it rests on is known, and each of its terms between the worst (0) and the best (100 %)."""
    figure = Figure(project, kpi)
    weighted = kpi.value.weighted if kpi.value is not None and kpi.value.weighted is not None else ()
    whole = sum(term.weight for term in weighted)
    terms = [
        Query(_reached(project, term), f"{_name(project, term)} · {term.weight / whole:.0%}") for term in weighted if term.kpi
    ]
    return Panel(
        kind="bargauge",
        title=title or kpi.title,
        description=f"{figure.description}\n\nEach part lies between the worst (0 %) and the best (100 %) that the score knows; "
        "beside its name stands how much it counts.",
        queries=[Query(f"{figure.now} / 100", "Score"), Query(figure.of("kpi:known:ratio"), "Known of its parts"), *terms],
        unit="percentunit",
        no_value=figure.no_value,
        width=width,
        height=max(7, len(terms) + 3),
        options=BARS,
        defaults={**_SHARE, "decimals": 0, "color": fixed("light-blue"), "links": list(figure.links)},
        overrides=[result("A", color=fixed(GOOD)), result("B", color=fixed(QUIET))],
        links=figure.links,
    )


def _reached(project: Project, term: Weighted) -> str:
    worst, best = number(term.worst), number(term.best - term.worst)
    assert term.kpi is not None
    named = project.catalog.kpi(term.kpi)
    assert named is not None
    return f"clamp(({Figure(project, named, term.segment).now} - {worst}) / {best}, 0, 1)"


def _name(project: Project, term: Weighted) -> str:
    named = project.catalog.kpi(term.kpi or "")
    return Figure(project, named, term.segment).title if named is not None else ""


def targets_met(project: Project, categories: Sequence[str], title: str = "", width: int = 12) -> Panel:
    """Of the targets of each category, the share that is met."""
    chosen = f"project={quoted(project.name)},category=~{quoted('|'.join(categories))}"
    attained = selector(ATTAINMENT, project=project.name)
    met = f"({attained} >= bool 1)\n* on (project, kpi) group_left (category)\ntopk by (project, kpi) (1, {INFO}{{{chosen}}})"
    return Panel(
        kind="bargauge",
        title=title or "Targets met",
        description="Of the figures that have a target and a value, the share that is on target, by category. "
        f"Blue from {_MOST:.0%} on, orange below.",
        queries=[Query(f"sort_desc(avg by (category) ({met}))", "{{category}}")],
        unit="percentunit",
        no_value="No figure with a target yet",
        width=width,
        height=max(6, 2 + len(categories) * 2 // 3),
        options=BARS,
        defaults={**_SHARE, "decimals": 0, **MET},
        overrides=[column(name, displayName=name.replace("_", " ").capitalize()) for name in categories],
    )
