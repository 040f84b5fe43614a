"""Plain panels of any series: figures as numbers, lines and bars."""

from collections.abc import Mapping, Sequence
from typing import Any

from exporter.render.dashboards.fields import BAD, GOOD, LINES, QUIET, column, fixed, words
from exporter.render.dashboards.model import Json, Panel, Query
from exporter.render.dashboards.trends import NUMBERS

__all__ = ["EMPTY_CELLS", "bars", "lines", "numbers", "steps", "told_apart"]

EMPTY_CELLS: Json = {"matcher": {"id": "byRegexp", "options": ".*"}, "properties": [{"id": "noValue", "value": "–"}]}
"""What stands in a cell of a table that is empty; a table without rows says it in its own words."""

_LEGEND: Json = {
    "legend": {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": True},
    "tooltip": {"mode": "multi", "sort": "desc"},
}
_HOUR = 3_600_000
"""In milliseconds; so long a gap is bridged, since history that was filled in later has a point an hour."""


def steps(*limits: tuple[float, str]) -> Json:
    """Colours from a value on; below the first of them nothing is coloured."""
    return {"mode": "absolute", "steps": [{"color": QUIET, "value": None}, *({"color": c, "value": v} for v, c in limits)]}


def told_apart(names: Sequence[str]) -> Sequence[Json]:
    """A colour for each of the lines of these names, as long as there are any."""
    return [column(name, color=fixed(colour)) for name, colour in zip(names, LINES, strict=False)]


def numbers(
    title: str,
    description: str,
    queries: Sequence[Query],
    *,
    unit: str = "locale",
    no_value: str,
    says: Mapping[str, tuple[str, str]] | None = None,
    width: int = 4,
    orientation: str = "auto",
    **more: Any,
) -> Panel:
    """One figure or a few, large; `says` gives words and colours for values that stand for a state."""
    defaults: Json = {"color": fixed(GOOD), **({"mappings": words(says)} if says else {})}
    named = any(query.name != "__auto" for query in queries)
    return Panel(
        kind="stat",
        title=title,
        description=description,
        queries=queries,
        unit=unit,
        no_value=no_value,
        width=width,
        options={**NUMBERS, "wideLayout": False, "orientation": orientation, "textMode": "value_and_name" if named else "value"},
        **{"height": 4, "defaults": defaults, **more},
    )


def lines(
    title: str,
    description: str,
    queries: Sequence[Query],
    *,
    unit: str,
    no_value: str,
    limit: float | None = None,
    width: int = 12,
    height: int = 8,
    least: float | None = 0,
    **more: Any,
) -> Panel:
    """Lines over time; `limit` is a line across, from which on an alert fires."""
    across: Json = {"thresholds": steps((limit, BAD))} if limit is not None else {}
    return Panel(
        kind="timeseries",
        title=title,
        description=description,
        queries=queries,
        unit=unit,
        no_value=no_value,
        width=width,
        height=height,
        options=_LEGEND,
        custom={
            "drawStyle": "line",
            "fillOpacity": 0,
            "lineWidth": 2,
            "showPoints": "never",
            "spanNulls": 2 * _HOUR,
            **({"thresholdsStyle": {"mode": "dashed"}} if limit is not None else {}),
            **({"axisSoftMin": least} if least is not None else {}),
        },
        **{"defaults": {"color": {"mode": "palette-classic"}, **across}, **more},
    )


def bars(
    title: str,
    description: str,
    queries: Sequence[Query],
    *,
    unit: str = "locale",
    no_value: str,
    colour: str = "",
    width: int = 12,
    height: int = 8,
    **more: Any,
) -> Panel:
    """Bars over time, on top of each other where there are several series; each bar stands at the end of what it counts."""
    return Panel(
        kind="timeseries",
        title=title,
        description=description,
        queries=queries,
        unit=unit,
        no_value=no_value,
        width=width,
        height=height,
        options={**_LEGEND, **({"legend": {**_LEGEND["legend"], "showLegend": False}} if colour else {})},
        custom={
            "axisSoftMin": 0,
            "barAlignment": -1,
            "barWidthFactor": 0.7,
            "drawStyle": "bars",
            "fillOpacity": 70,
            "lineWidth": 0,
            "showPoints": "never",
            "stacking": {"group": "A", "mode": "normal"},
        },
        defaults={"color": fixed(colour) if colour else {"mode": "palette-classic"}, "decimals": 0},
        **more,
    )
