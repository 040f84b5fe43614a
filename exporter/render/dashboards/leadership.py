"""The dashboard across all projects: where they stand, what needs a decision now, and what got better."""

from collections.abc import Sequence

from exporter.catalog.model import Catalog, Kpi
from exporter.render.dashboards.alerts import alert_counts, alert_table
from exporter.render.dashboards.fields import LINES, column, fixed
from exporter.render.dashboards.figure import Figure, kept
from exporter.render.dashboards.header import header
from exporter.render.dashboards.links import between_dashboards
from exporter.render.dashboards.model import COLUMNS, Dashboard, Panel, Query, Row, Variable
from exporter.render.dashboards.parts import MET
from exporter.render.dashboards.rows import Rows, about, by_row, joined
from exporter.render.dashboards.tables import KEYS, LOOKS, figure_columns, scorecard
from exporter.render.dashboards.tiles import BARS, tile
from exporter.render.dashboards.trends import DRAWN, WITH_LEGEND
from exporter.render.projects import Project
from exporter.render.rules import Links
from exporter.render.rules.series import ATTAINMENT, INFO

__all__ = ["LEADERSHIP", "leadership_dashboard"]

LEADERSHIP = "kpi-leadership"
"""The uid of the dashboard, the home of everybody."""
_QUESTION = "Where do all projects stand, and what needs a decision now?"
_CHOSEN = 'project=~"$project"'
_FILTERED = f'{INFO}{{{_CHOSEN},tier=~"$tier",category=~"$category",owner=~"$owner"}}'
_WORST = 10
"""Lines of a table of what moves fastest."""


def leadership_dashboard(projects: Sequence[Project], links: Links) -> Dashboard:
    """The dashboard; it has a tile for the north star of each project."""
    stars = [figure for project in projects for figure in _stars(project)]
    return Dashboard(
        uid=LEADERSHIP,
        title="Leadership",
        question=_QUESTION,
        tags=["leadership"],
        variables=[
            Variable("project", "Project", f"label_values({INFO}, project)", multiple=True),
            *(
                Variable(name, name.capitalize(), f"label_values({INFO}{{{_CHOSEN}}}, {name})", multiple=True)
                for name in ("tier", "category", "owner")
            ),
        ],
        links=[between_dashboards()],
        rows=[
            Row(header(_QUESTION, f"{{{_CHOSEN}}}")),
            *([Row(_tiles(stars), "North stars")] if stars else []),
            Row(
                [alert_counts(_CHOSEN), alert_table(_CHOSEN, links, across=True, width=18), _falling(), _missing()],
                "What needs a decision now",
            ),
            Row([_rising()], "What got better"),
            Row([_met(), _met_over_time(projects)], "Targets met"),
            Row([scorecard(Rows([_CHOSEN]), "Scorecard", _SCORECARD, only=_FILTERED, across=True, height=20)], "Scorecard"),
        ],
    )


_SCORECARD = (
    "Every figure of the chosen projects, with its target, how far it reaches it, its line over time, its "
    "status, who answers for it, and when its facts were true. The choices above narrow it down; a click on a KPI leads to its "
    "page."
)


def _stars(project: Project) -> Sequence[Figure]:
    """The north stars of a project, or its first KPI of the highest tier that there is."""
    catalog = project.catalog
    stars = [kpi for kpi in catalog.kpis if kpi.tier == "north_star" and kpi.has_total]
    return [Figure(project, kpi) for kpi in stars or _leading(catalog)]


def _tiles(figures: Sequence[Figure]) -> Sequence[Panel]:
    width = max(6, COLUMNS // len(figures))
    return [tile(figure, f"{figure.project.name}: {figure.title}", width) for figure in figures]


def _leading(catalog: Catalog) -> Sequence[Kpi]:
    totals = [kpi for kpi in catalog.kpis if kpi.has_total]
    choices = ([kpi for kpi in totals if kpi.targets and kpi.tier == "kpi"], [kpi for kpi in totals if kpi.targets], totals)
    return next(filter(None, choices), [])[:1]


def _met() -> Panel:
    return Panel(
        kind="bargauge",
        title="Share of targets met",
        description="Of the figures of a project that have a target and a value, the share that is on target. Blue from 80 % "
        "on, orange below.",
        queries=[Query(f"sort_desc(project:kpi_on_target:ratio{{{_CHOSEN}}})", "{{project}}")],
        unit="percentunit",
        no_value="No figure with a target yet",
        width=8,
        height=7,
        options=BARS,
        defaults={"min": 0, "max": 1, "decimals": 0, **MET},
    )


def _met_over_time(projects: Sequence[Project]) -> Panel:
    return Panel(
        kind="timeseries",
        title="Share of targets met over time",
        description="Of the figures of a project that have a target and a value, the share that was on target.",
        queries=[Query(kept(f"project:kpi_on_target:ratio{{{_CHOSEN}}}"), "{{project}}", over_time=True)],
        unit="percentunit",
        no_value="No figure with a target yet",
        width=16,
        height=7,
        options=WITH_LEGEND,
        custom={**DRAWN, "fillOpacity": 0},
        defaults={"min": 0, "max": 1, "decimals": 0, "color": {"mode": "palette-classic-by-name"}},
        overrides=[column(project.name, color=fixed(colour)) for project, colour in zip(projects, LINES, strict=False)],
    )


def _falling() -> Panel:
    change = f"kpi:attainment:change_7d{{{_CHOSEN}}} < 0\nand\n{ATTAINMENT}{{{_CHOSEN}}} < 1"
    return _movers(
        f"bottomk({_WORST}, {change})",
        "Falling behind fastest",
        "Figures short of their target whose attainment fell the most within a week.",
        "No figure is known to fall behind",
        descending=False,
    )


def _rising() -> Panel:
    change = f"kpi:attainment:change_7d{{{_CHOSEN}}} > 0"
    return _movers(
        f"topk({_WORST}, {change})",
        "Came closer to the target fastest",
        "Figures whose attainment rose the most within a week.",
        "No figure is known to have got better",
        descending=True,
        width=24,
    )


def _movers(change: str, title: str, description: str, nothing: str, *, descending: bool, width: int = 12) -> Panel:
    columns = [
        ("project", "Project"),
        ("name", "KPI"),
        ("Value #A", "In a week"),
        ("Value #B", "Attainment"),
        ("owner", "Owner"),
        *KEYS,
    ]
    moved = by_row(about(change), "project", "kpi", "segment", "name", "owner")
    return Panel(
        kind="table",
        title=title,
        description=description,
        queries=[
            Query(moved, table=True),
            Query(by_row(f"{ATTAINMENT}{{{_CHOSEN}}}\nand\n{change}"), table=True),
        ],
        no_value=nothing,
        width=width,
        height=9,
        options={**LOOKS, "sortBy": [{"desc": descending, "displayName": "In a week"}]},
        overrides=[
            *figure_columns(across=True),
            column("In a week", unit="percentunit", decimals=1, custom__align="right", custom__width=95),
        ],
        transformations=joined(columns),
    )


def _missing() -> Panel:
    """Figures that will not reach their goal if they go on as they do."""
    missing = f"bottomk({_WORST}, kpi:forecast:attainment{{{_CHOSEN}}} < 1)"
    scaled = f"kpi:forecast:realistic{{{_CHOSEN}}}\n* on (project, kpi, segment, unit) group_left (scale)\nkpi:shown:factor"
    goal = "kpi:goal:current\n* on (project, kpi, segment, unit) group_left (scale)\nkpi:shown:factor"
    columns = [
        ("project", "Project"),
        ("name", "KPI"),
        ("Value #B", "Forecast"),
        ("scale", "in"),
        ("Value #C", "Goal"),
        ("Value #A", "Of the goal"),
        ("Value #D", "Due"),
        *KEYS,
    ]
    only = "and on (project, kpi, segment)"
    return Panel(
        kind="table",
        title="Forecasts that miss the goal",
        description="Figures that will not reach their last target by its day if they go on as in the last four weeks; the "
        "farthest from it first.",
        queries=[
            Query(by_row(about(missing), "project", "kpi", "segment", "name", "owner"), table=True),
            Query(by_row(f"({scaled}) {only} {missing}", "scale"), table=True),
            Query(by_row(f"({goal}) {only} {missing}"), table=True),
            Query(by_row(f"(kpi:goal:timestamp_seconds {only} {missing}) * 1000"), table=True),
        ],
        no_value="No forecast misses its goal",
        width=12,
        height=9,
        options={**LOOKS, "sortBy": [{"desc": False, "displayName": "Of the goal"}]},
        overrides=[
            *figure_columns(across=True),
            column("Forecast", unit="locale", decimals=1, custom__align="right", custom__width=90),
            column("Goal", unit="locale", custom__align="right", custom__width=90),
            column("Of the goal", unit="percentunit", decimals=0, custom__align="right", custom__width=95),
            column("Due", unit="time:D MMM YYYY", custom__width=110),
        ],
        transformations=joined(columns),
    )
