"""Tables of figures, one a line, on scales that people read."""

from collections.abc import Sequence
from datetime import timedelta

from exporter.render.dashboards.fields import ALARM, BAD, GOOD, QUIET, column, fixed, words
from exporter.render.dashboards.links import row_link
from exporter.render.dashboards.model import Json, Panel, Query
from exporter.render.dashboards.plain import EMPTY_CELLS
from exporter.render.dashboards.rows import Rows, about, by_row, joined
from exporter.render.rules.series import ATTAINMENT, BY_ROW, HOURLY, TARGET

__all__ = ["KEYS", "LOOKS", "TEXT", "figure_columns", "figure_table", "growth_table", "scorecard"]

_STATUS_WORDS = words(
    {
        "on_target": ("on target", GOOD),
        "behind": ("behind", BAD),
        "alert": ("alert", ALARM),
        "tracked": ("no target", QUIET),
        "no_data": ("no data", QUIET),
    }
)
LOOKS: Json = {"cellHeight": "sm", "showHeader": True}
TEXT: Json = {"type": "color-text"}
"""Cells whose words have the colour."""
_BAR: Json = {"mode": "basic", "type": "gauge", "valueDisplayMode": "text"}
_LINE: Json = {"hideValue": True, "type": "sparkline"}
_SHARE_OF_TARGET: Json = {
    "unit": "percentunit",
    "min": 0,
    "max": 1,
    "decimals": 0,
    "color": {"mode": "thresholds"},
    "thresholds": {"mode": "absolute", "steps": [{"color": BAD, "value": None}, {"color": GOOD, "value": 1}]},
    "mappings": [{"options": {"match": "null", "result": {"color": "transparent", "index": 0, "text": "–"}}, "type": "special"}],
}
_DAY = timedelta(days=1)
_LETTERS = "ABCDEF"

_NUMBERS = (("Value #B", "Value"), ("scale", "in"), ("Value #C", "Target"), ("Value #D", "Attainment"))
_PROJECT = ("project", "project")
KEYS = (("kpi", "kpi"), ("segment", "segment"))
"""Columns that are not seen, for links."""


def scorecard(
    rows: Rows, title: str, description: str, *, only: str = "", across: bool = False, height: int = 12, width: int = 24
) -> Panel:
    """A table of figures, those without data too; `only` leaves those whose KPI it knows, `across` names the project of each.

    Value and target on a scale that people read, attainment, the time range as a line, status in words, owner, and when the facts
    were true.
    """
    columns = [
        *([("project", "Project")] if across else []),
        ("name", "KPI"),
        *_NUMBERS,
        ("Trend #F", "Trend"),
        ("status", "Status"),
        ("owner", "Owner"),
        ("Value #E", "Updated"),
        *KEYS,
        *([] if across else [_PROJECT]),
    ]
    queries = [
        *_figures(rows, only),
        Query(by_row(f"{rows.of('kpi:value:timestamp_seconds')} * 1000"), table=True),
        _trend(rows),
    ]
    return _table(title, description, queries, columns, width, height, trend=True)


def figure_table(rows: Rows, title: str, description: str, *, height: int = 8, width: int = 12) -> Panel:
    """A short table of figures: value, target, attainment and status."""
    columns = [("name", "KPI"), *_NUMBERS[:2], ("status", "Status"), *_NUMBERS[2:], *KEYS, _PROJECT]
    return _table(title, description, _figures(rows), columns, width, height)


def growth_table(rows: Rows, title: str, description: str, *, height: int = 8, width: int = 12) -> Panel:
    """A table of figures that are to grow: value, gain within a week, and the time range as a line."""
    columns = [
        ("name", "KPI"),
        ("Value #B", "Value"),
        ("scale", "in"),
        ("Value #C", "▲ in a week"),
        ("Value #D", "Growth in a week"),
        ("Trend #E", "Trend"),
        *KEYS,
        _PROJECT,
    ]
    scaled = f"{rows.of('kpi:value:change_7d')}\n* on (project, kpi, segment, unit) group_left ()\nkpi:shown:factor"
    queries = [
        *_figures(rows)[:2],
        Query(by_row(scaled), table=True),
        Query(by_row(rows.of("kpi:value:growth_7d")), table=True),
        _trend(rows),
    ]
    return _table(title, description, queries, columns, width, height, trend=True)


def _figures(rows: Rows, only: str = "") -> Sequence[Query]:
    """Status with what the KPI is called, value, target and attainment, as queries A to D."""
    return [
        Query(
            by_row(
                about(f"({_status(rows)})\nand on (project, kpi)\n{only}" if only else _status(rows)),
                "project",
                "kpi",
                "segment",
                "name",
                "owner",
                "status",
            ),
            table=True,
        ),
        Query(by_row(rows.of("kpi:shown:value"), "scale"), table=True),
        Query(by_row(rows.of("kpi:shown:target")), table=True),
        Query(by_row(rows.of(ATTAINMENT)), table=True),
    ]


def _status(rows: Rows) -> str:
    """The status of each; what has a target and rests on a past that is not there yet has no data."""
    waiting = f'label_replace({rows.of(TARGET)}, "status", "no_data", "", "")'
    return f"{rows.of('kpi:status:current')}\nor on ({BY_ROW})\n{waiting}"


def _trend(rows: Rows) -> Query:
    """One point a day."""
    return Query(by_row(rows.last(HOURLY, _DAY)), over_time=True, every="1d")


def _table(
    title: str,
    description: str,
    queries: Sequence[Query],
    columns: Sequence[tuple[str, str]],
    width: int,
    height: int,
    *,
    trend: bool = False,
) -> Panel:
    across = ("project", "Project") in columns
    return Panel(
        kind="table",
        title=title,
        description=description,
        queries=queries,
        no_value="No such figure yet",
        width=width,
        height=height,
        options={**LOOKS, "sortBy": [{"desc": False, "displayName": "Project"}] if across else []},
        custom={"align": "auto", "cellOptions": {"type": "auto"}, "filterable": False, "minWidth": 60},
        overrides=[EMPTY_CELLS, *figure_columns(across=across)],
        transformations=joined(columns, trend=_LETTERS[len(queries) - 1] if trend else ""),
    )


def figure_columns(*, across: bool) -> Sequence[Json]:
    """How the columns of figures look; `across` tells that the project is one of them."""
    hidden = ("kpi", "segment") if across else ("kpi", "segment", "project")
    return [
        column("Project", custom__width=75),
        column("KPI", links=[row_link(project="Project" if across else "project", segment="segment")], custom__minWidth=150),
        column("Value", unit="locale", custom__align="right", custom__width=85),
        column("Target", unit="locale", custom__align="right", custom__width=85),
        column("▲ in a week", unit="locale", custom__align="right", custom__width=100),
        column("Growth in a week", unit="percentunit", custom__align="right", custom__width=135),
        column("in", noValue=" ", custom__width=55),
        column("Attainment", **_SHARE_OF_TARGET, custom__cellOptions=_BAR, custom__width=130),
        column("Trend", custom__cellOptions=_LINE, custom__width=130, color=fixed(GOOD)),
        column("Status", mappings=_STATUS_WORDS, custom__cellOptions=TEXT, custom__width=90),
        column("Owner", noValue=" ", custom__width=110),
        column("Updated", unit="dateTimeFromNow", custom__width=125),
        *(column(name, custom__hidden=True) for name in hidden),
    ]
