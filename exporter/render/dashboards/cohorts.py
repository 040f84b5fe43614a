"""The dashboard of cohorts: who comes back, week by week, of those who began together."""

from collections.abc import Iterator, Sequence

from exporter.catalog.model import Kpi
from exporter.promql import matchers, span
from exporter.render.dashboards.fields import LINES, QUIET, column, fixed
from exporter.render.dashboards.figure import Figure, kept
from exporter.render.dashboards.header import question_panel
from exporter.render.dashboards.links import between_dashboards
from exporter.render.dashboards.model import Dashboard, Json, Panel, Query, Row
from exporter.render.dashboards.plain import EMPTY_CELLS, lines
from exporter.render.projects import Project
from exporter.render.rules.series import KEPT
from exporter.sources.telemetry.metrics import COHORT_USERS, RETURNED_USERS

__all__ = ["COHORTS", "cohorts_dashboard"]

COHORTS = "kpi-cohorts"
"""The uid of the dashboard."""
_QUESTION = "Who comes back, week after week?"
_FIRST = "0"
"""The week in which a cohort begins, so that all of it is there."""
_SIZE = "-1"
"""Stands as a week before the first one, so that the size of a cohort becomes the first column."""
_DASHED: Json = {"custom__lineStyle": {"dash": [8, 6], "fill": "dash"}, "custom__lineWidth": 1}


def cohorts_dashboard(projects: Sequence[Project]) -> Dashboard | None:
    """One page for all projects that measure retention by their telemetry; None where none does."""
    rows = [
        Row([_triangle(project), _by_week(project, kpi)], project.name)
        for project in projects
        for kpi in _retention(project)
    ]  # fmt: skip
    if not rows:
        return None
    return Dashboard(
        uid=COHORTS,
        title="Cohorts",
        question=_QUESTION,
        rows=[Row([question_panel(_QUESTION)]), *rows],
        tags=["retention"],
        refresh="15m",
        links=[between_dashboards()],
    )


def _retention(project: Project) -> Iterator[Kpi]:
    """The first KPI of a project that is made of the users who came back."""
    for kpi in project.catalog.kpis:
        if any(term.metric in {RETURNED_USERS.name, COHORT_USERS.name} for value in kpi.values for term in value.terms):
            yield kpi
            return


def _triangle(project: Project) -> Panel:
    """A row a cohort, a column a week: which share of the cohort was active in it."""
    users = f"last_over_time({COHORT_USERS.name}{matchers(project=project.name)}[{span(KEPT)}])"
    first = f"last_over_time({COHORT_USERS.name}{matchers(project=project.name, week=_FIRST)}[{span(KEPT)}])"
    share = f"max by (cohort, week) ({users})\n/ on (cohort) group_left ()\n(max by (cohort) ({first}) > 0)"
    size = f'label_replace(max by (cohort) ({first}), "week", "{_SIZE}", "", "")'
    return Panel(
        kind="table",
        title="Retention by cohort",
        description="Each row is a cohort: the users whose first command falls in the week of the launch calendar from the "
        "day named. Each cell is the share of them with a command that many weeks later, the fuller the colour the larger. "
        "The last cell of a row is the week that goes on: it still grows.\n\nSource: telemetry. As old as its last refresh.",
        queries=[Query(f"{share}\nor\n{size}", table=True)],
        unit="percentunit",
        no_value="No data from telemetry yet",
        width=24,
        height=9,
        options={"cellHeight": "sm", "showHeader": True, "sortBy": []},
        custom={
            "align": "center",
            "cellOptions": {"mode": "basic", "type": "color-background"},
            "filterable": False,
            "minWidth": 70,
        },
        defaults={"color": {"mode": "continuous-blues"}, "decimals": 0, "max": 1, "min": 0},
        overrides=[
            EMPTY_CELLS,
            column("Week from", unit="string", **_plain("left"), custom__width=105),
            column("Users", unit="locale", **_plain("right"), custom__width=65),
        ],
        transformations=_matrix(),
    )


def _plain(align: str) -> Json:
    """A cell without a colour."""
    return {"custom__align": align, "custom__cellOptions": {"type": "auto"}, "color": fixed(QUIET)}


def _matrix() -> Sequence[Json]:
    """Weeks become columns, in their order as numbers, and cohorts rows, the earliest first."""
    corner = "cohort\\week"
    return [
        {
            "id": "convertFieldType",
            "options": {"conversions": [{"destinationType": "number", "targetField": "week"}], "fields": {}},
        },
        {"id": "sortBy", "options": {"fields": {}, "sort": [{"desc": False, "field": "week"}]}},
        {
            "id": "groupingToMatrix",
            "options": {"columnField": "week", "emptyValue": "null", "rowField": "cohort", "valueField": "Value"},
        },
        {"id": "sortBy", "options": {"fields": {}, "sort": [{"desc": False, "field": corner}]}},
        {"id": "renameByRegex", "options": {"regex": f"^{_SIZE}$", "renamePattern": "Users"}},
        {"id": "renameByRegex", "options": {"regex": "^(\\d+)$", "renamePattern": "Week $1"}},
        {"id": "renameByRegex", "options": {"regex": "^cohort.week$", "renamePattern": "Week from"}},
    ]


def _by_week(project: Project, kpi: Kpi) -> Panel:
    """The retention of each week of life over time, and what is asked of it."""
    weeks = [segment.name for segment in kpi.segments if segment.name != _FIRST][: len(LINES)] or [""]
    figures = [Figure(project, kpi, week) for week in weeks]
    colours = {figure.segment: colour for figure, colour in zip(figures, LINES, strict=False)}
    aimed = [figure for figure in figures if figure.targets]
    values = [Query(figure.past, _name(figure), over_time=True) for figure in figures]
    targets = [Query(kept(figure.target), f"{_name(figure)}: target", over_time=True) for figure in aimed]
    return lines(
        f"{kpi.title} over time",
        figures[0].description,
        [*values, *targets],
        unit=figures[0].grafana_unit,
        no_value=figures[0].no_value,
        width=24,
        overrides=[
            *(column(_name(figure), color=fixed(colours[figure.segment])) for figure in figures),
            *(column(f"{_name(figure)}: target", color=fixed(colours[figure.segment]), **_DASHED) for figure in aimed),
        ],
        links=aimed[0].links if aimed else figures[0].links,
    )


def _name(figure: Figure) -> str:
    return f"Week {figure.segment}" if figure.segment else figure.kpi.title
