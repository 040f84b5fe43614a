"""Public dashboards: the totals of public KPIs and how they grow, and nothing else.

Whoever sees one of them may ask its data source anything. So the data source is a Prometheus that holds these series alone.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import groupby
from typing import TypedDict

from exporter.catalog.model import Cadence, Kpi
from exporter.promql import selector, span
from exporter.render.dashboards.fields import GOOD, LINES, QUIET, fixed, result
from exporter.render.dashboards.figure import Figure, kept
from exporter.render.dashboards.header import question_panel
from exporter.render.dashboards.links import project_uid
from exporter.render.dashboards.model import COLUMNS, Dashboard, Json, Panel, Query, Row
from exporter.render.dashboards.plain import bars, lines, numbers, told_apart
from exporter.render.projects import Project
from exporter.render.rules.public import PUBLIC

__all__ = ["DATASOURCE", "HOME", "TAG", "public_dashboards"]

DATASOURCE = "prometheus-public"
"""The uid of the data source: the Prometheus that holds only public series."""
HOME = "kpi-public"
"""The uid of the page that lists the others."""
TAG = "public"
_REFRESH = "15m"
_BOTH_LINES = 3
"""The height at which the note beneath the question is seen."""
_WEEK = timedelta(weeks=1)
_OFTEN: frozenset[Cadence] = frozenset({"continuous", "daily", "weekly"})


def public_dashboards(projects: Sequence[Project]) -> Sequence[Dashboard]:
    """A page for each project that has public KPIs, after the one that lists them; none where no project has any."""
    pages = [_page(project, shown) for project in projects if (shown := _shown(project))]
    return [_home(), *pages] if pages else []


def _shown(project: Project) -> Sequence[Figure]:
    """The totals of public KPIs. Segments are nobody's business: they may tell of few people."""
    return [Figure(project, kpi) for kpi in project.catalog.kpis if kpi.audience == "public" and kpi.has_total]


def _home() -> Dashboard:
    question = "Which projects show how they are doing?"
    pages = Panel(
        kind="dashlist",
        title="Projects",
        description="Every project that has public figures.",
        width=COLUMNS,
        height=10,
        options={
            "includeVars": False,
            "keepTime": True,
            "maxItems": 100,
            "query": "",
            "showFolderNames": False,
            "showHeadings": False,
            "showRecentlyViewed": False,
            "showSearch": True,
            "showStarred": False,
            "tags": [TAG],
        },
    )
    return _dashboard(HOME, "Public figures", question, [Row([pages])], tags=())


def _page(project: Project, figures: Sequence[Figure]) -> Dashboard:
    weekly = [figure for figure in figures if _weekly(figure.kpi)]
    standing = [figure for figure in figures if not _weekly(figure.kpi)]
    rows = [
        Row(_spread([_now(figure) for figure in figures], 4), "Now"),
        Row(_spread([_by_week(figure) for figure in weekly], 2), "By week"),
        Row(_spread([_over_time(figure) for figure in standing], 3), "Over time"),
        Row(_spread(_growth_panels(standing), 2), "Growth"),
    ]
    question = f"How is {project.name} doing?"
    return _dashboard(
        project_uid(HOME, project.name), f"{project.name}: public figures", question, [row for row in rows if row.panels]
    )


def _spread(panels: Sequence[Panel], most: int) -> Sequence[Panel]:
    """The panels in lines of at most so many, the lines as long as one another; each line is filled."""
    lines_ = -(-len(panels) // most)
    sizes = [len(panels[line::lines_]) for line in range(lines_)]
    widths = [COLUMNS // size + (place < COLUMNS % size) for size in sizes for place in range(size)]
    return [replace(panel, width=width) for panel, width in zip(panels, widths, strict=True)]


def _dashboard(uid: str, title: str, question: str, rows: Sequence[Row], tags: Sequence[str] = (TAG,)) -> Dashboard:
    note = "Totals only: no figure tells of single people."
    return Dashboard(
        uid=uid,
        title=title,
        question=question,
        rows=[Row([replace(question_panel(question, note), height=_BOTH_LINES)]), *rows],
        tags=tags,
        refresh=_REFRESH,
        datasource=DATASOURCE,
    )


def _weekly(kpi: Kpi) -> bool:
    """Whether it counts what came within a week, so that a bar a week says more than a line."""
    return kpi.unit == "count" and kpi.window == _WEEK


class Look(TypedDict):
    """What every panel of a figure says. Targets, alerts and owners are left out: they are the team's."""

    description: str
    unit: str
    no_value: str


def _of(series: str, figure: Figure) -> str:
    return selector(series, project=figure.project.name, kpi=figure.kpi.id)


def _look(figure: Figure, no_value: str = "No history yet") -> Look:
    return {
        "description": figure.kpi.definition,
        "unit": figure.grafana_unit,
        "no_value": no_value,
    }


def _now(figure: Figure) -> Panel:
    """What it is worth, and how much it grew."""
    name, over = _pace(figure.kpi)
    growth: Json = {"unit": "percentunit", "decimals": 0, "color": fixed(QUIET)}
    grown = _of(f"kpi:public:growth_{over}", figure)
    return numbers(
        figure.kpi.title,
        queries=[
            Query(_of(PUBLIC, figure), "now"),
            Query(f"{grown} >= 0", f"▲ in a {name}"),
            Query(f"-{grown} > 0", f"▼ in a {name}"),
        ],
        overrides=[result("B", **growth), result("C", **growth)],
        **_look(figure, "Not known yet"),
    )


def _pace(kpi: Kpi) -> tuple[str, str]:
    """Over what its growth is told: its word, and the end of the name of its series."""
    return ("week", "7d") if kpi.cadence in _OFTEN else ("month", "30d")


def _by_week(figure: Figure) -> Panel:
    """A bar a week, so that nothing is counted twice; the week that goes on has none."""
    return bars(
        f"{figure.kpi.title} by week",
        queries=[Query(kept(_of(PUBLIC, figure)), figure.kpi.title, over_time=True, every=span(_WEEK))],
        colour=GOOD,
        **_look(figure),
    )


def _over_time(figure: Figure) -> Panel:
    return lines(
        f"{figure.kpi.title} over time",
        queries=[Query(kept(_of(PUBLIC, figure)), figure.kpi.title, over_time=True)],
        least=None,
        defaults={"color": fixed(GOOD)},
        **_look(figure),
    )


def _growth_panels(figures: Sequence[Figure]) -> Sequence[Panel]:
    """How much each count grew within its week or month, as lines over time; those of one category together."""
    grown = sorted((one for one in figures if one.unit == "count"), key=_group)
    panels = []
    for (pace, category), group in groupby(grown, _group):
        together = list(group)
        panels += [
            _growth(together[first : first + len(LINES)], *pace, category) for first in range(0, len(together), len(LINES))
        ]
    return panels


def _group(figure: Figure) -> tuple[tuple[str, str], str]:
    return _pace(figure.kpi), figure.kpi.category


def _growth(figures: Sequence[Figure], word: str, over: str, category: str) -> Panel:
    return lines(
        f"Growth within a {word}: {category.replace('_', ' ')}",
        f"The change within a {word} as a share of what it was before.",
        [Query(kept(_of(f"kpi:public:growth_{over}", one)), one.kpi.title, over_time=True) for one in figures],
        unit="percentunit",
        no_value=f"Known a {word} after the first figures",
        overrides=told_apart([one.kpi.title for one in figures]),
    )
