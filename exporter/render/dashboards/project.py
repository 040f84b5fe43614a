"""The dashboard of a project, laid out as its catalog says, or else by its tiers and categories."""

from collections.abc import Callable, Mapping, Sequence

from exporter.catalog.checks.rows import targets_by_row
from exporter.catalog.layout import Layout, LayoutRow, PanelLayout, RowName
from exporter.catalog.model import Kpi
from exporter.document import format_duration
from exporter.promql import matchers, quoted
from exporter.render.dashboards.alerts import alert_table
from exporter.render.dashboards.annotations import releases
from exporter.render.dashboards.figure import Figure
from exporter.render.dashboards.header import header
from exporter.render.dashboards.links import between_dashboards, project_uid
from exporter.render.dashboards.model import COLUMNS, Dashboard, Panel, Row
from exporter.render.dashboards.north_star import north_star
from exporter.render.dashboards.parts import score, segments, targets_met
from exporter.render.dashboards.rows import rows_of, rows_where
from exporter.render.dashboards.tables import figure_table, growth_table, scorecard
from exporter.render.dashboards.tiles import tile
from exporter.render.dashboards.trends import forecast, trend, weeks
from exporter.render.projects import Project
from exporter.render.rules import Links

__all__ = ["project_dashboard"]

_TILES = 3
"""Tiles in a line, where the layout follows from the catalog."""
_OPEN = 3
"""Lines that a table has room for where only the facts tell the segments of a KPI."""


def project_dashboard(project: Project, links: Links) -> Dashboard:
    """The dashboard of one project."""
    layout = project.catalog.dashboard or _layout(project)
    return Dashboard(
        uid=project_uid("kpi-project", project.name),
        title=_title(layout, project),
        question=layout.question,
        rows=[
            Row(header(layout.question, matchers(project=project.name))),
            *(_row(row, project, links) for row in layout.rows),
        ],
        tags=[project.name],
        refresh=format_duration(layout.refresh),
        since=f"now-{format_duration(layout.span)}",
        links=[between_dashboards()],
        annotations=[releases(project.name)],
    )


def _title(layout: Layout, project: Project) -> str:
    """The title; two projects of one catalog need two, since Grafana mixes up dashboards of one title in a folder."""
    own = project.catalog.dashboard is None or project.name == project.catalog.project
    return layout.title if own else f"{layout.title} ({project.name})"


def _row(row: LayoutRow, project: Project, links: Links) -> Row:
    width = COLUMNS // min(len(row.panels), 4)
    panels = [panel for one in row.panels for panel in _FORMS[one.form](project, links, one, one.width or width)]
    title = f"{row.title} · {row.note}" if row.title and row.note else row.title or ""
    return Row(panels, title, row.collapsed)


def _figure(project: Project, name: RowName) -> Figure:
    kpi = project.catalog.kpi(name.kpi)
    assert kpi is not None, "the catalog was checked"
    return Figure(project, kpi, name.segment)


def _north_star(project: Project, _: Links, layout: PanelLayout, __: int) -> Sequence[Panel]:
    assert layout.north_star is not None
    return north_star(_figure(project, layout.north_star), layout.title or "")


def _weeks(project: Project, _: Links, layout: PanelLayout, width: int) -> Sequence[Panel]:
    assert layout.weeks is not None
    return [weeks(_figure(project, layout.weeks), layout.title or "", width)]


def _tile(project: Project, _: Links, layout: PanelLayout, width: int) -> Sequence[Panel]:
    assert layout.tile is not None
    return [tile(_figure(project, layout.tile), layout.title or "", width)]


def _list(project: Project, _: Links, layout: PanelLayout, width: int) -> Sequence[Panel]:
    figures = [_figure(project, name) for name in layout.list or ()]
    return [figure_table(rows_of(figures), *_heading(layout, figures), height=_height(len(figures)), width=width)]


def _growth(project: Project, _: Links, layout: PanelLayout, width: int) -> Sequence[Panel]:
    figures = [_figure(project, name) for name in layout.growth or ()]
    return [growth_table(rows_of(figures), *_heading(layout, figures), height=_height(len(figures)), width=width)]


def _trend(project: Project, _: Links, layout: PanelLayout, width: int) -> Sequence[Panel]:
    return [trend([_figure(project, name) for name in layout.trend or ()], layout.title or "", width)]


def _forecast(project: Project, _: Links, layout: PanelLayout, width: int) -> Sequence[Panel]:
    assert layout.forecast is not None
    return [forecast(_figure(project, layout.forecast), layout.title or "", width)]


def _segments(project: Project, _: Links, layout: PanelLayout, width: int) -> Sequence[Panel]:
    assert layout.segments is not None
    return [segments(project, _figure(project, RowName(kpi=layout.segments)).kpi, layout.title or "", width)]


def _score(project: Project, _: Links, layout: PanelLayout, width: int) -> Sequence[Panel]:
    assert layout.score is not None
    return [score(project, _figure(project, RowName(kpi=layout.score)).kpi, layout.title or "", width)]


def _scorecard(project: Project, _: Links, layout: PanelLayout, width: int) -> Sequence[Panel]:
    kpis = [kpi for kpi in project.catalog.kpis if kpi.category in (layout.scorecard or ())]
    title = layout.title or " and ".join(name.replace("_", " ") for name in layout.scorecard or ()).capitalize()
    about = f"Every KPI of {title}, with what is asked of it. A click on one leads to its page."
    rows = rows_where(project=project.name, kpi="|".join(kpi.id for kpi in kpis))
    lines = sum(len(targets_by_row(kpi)) or _OPEN for kpi in kpis)
    return [scorecard(rows, title, about, height=_height(lines), width=width)]


def _targets_met(project: Project, _: Links, layout: PanelLayout, width: int) -> Sequence[Panel]:
    return [targets_met(project, layout.targets_met or (), layout.title or "", width)]


def _alerts(project: Project, links: Links, layout: PanelLayout, width: int) -> Sequence[Panel]:
    return [alert_table(f"project={quoted(project.name)}", links, title=layout.title or "Alerts", width=width)]


_FORMS: Mapping[str, Callable[[Project, Links, PanelLayout, int], Sequence[Panel]]] = {
    "north_star": _north_star,
    "weeks": _weeks,
    "tile": _tile,
    "list": _list,
    "growth": _growth,
    "trend": _trend,
    "forecast": _forecast,
    "segments": _segments,
    "score": _score,
    "scorecard": _scorecard,
    "targets_met": _targets_met,
    "alerts": _alerts,
}
"""How each form of a layout becomes panels."""


def _heading(layout: PanelLayout, figures: Sequence[Figure]) -> tuple[str, str]:
    title = layout.title or " and ".join(dict.fromkeys(figure.kpi.title for figure in figures))
    meanings = dict.fromkeys(f"{figure.kpi.title}: {figure.kpi.definition}" for figure in figures)
    return title, "\n\n".join(meanings)


def _height(lines: int) -> int:
    """Enough for a heading and so many lines, within reason."""
    return min(3 + lines, 20)


def _layout(project: Project) -> Layout:
    """What follows from the catalog: north stars, a tile for each KPI of the tier `kpi`, alerts, a table for each category."""
    catalog = project.catalog
    categories = list(dict.fromkeys(kpi.category for kpi in catalog.kpis))
    stars = [_total(kpi) for kpi in catalog.kpis if kpi.tier == "north_star" and kpi.has_total]
    tiles = [_total(kpi) for kpi in catalog.kpis if kpi.tier == "kpi" and kpi.has_total]
    rows = [
        *(_one(PanelLayout(north_star=name), "North star") for name in stars),
        *(LayoutRow(panels=tuple(PanelLayout(tile=name) for name in line)) for line in _lines(tiles)),
        LayoutRow(panels=(PanelLayout(alerts=True), PanelLayout(targets_met=tuple(categories)))),
        *(_one(PanelLayout(scorecard=(name,)), name.replace("_", " ").capitalize()) for name in categories),
    ]
    return Layout(
        title=f"{project.name.capitalize()} KPIs",
        question=f"How does {project.name} stand against its targets?",
        rows=tuple(rows),
    )


def _lines(names: Sequence[RowName]) -> Sequence[Sequence[RowName]]:
    return [names[start : start + _TILES] for start in range(0, len(names), _TILES)]


def _one(panel: PanelLayout, title: str) -> LayoutRow:
    return LayoutRow(title=title, panels=(panel,))


def _total(kpi: Kpi) -> RowName:
    return RowName(kpi=kpi.id)
