"""Panels of figures over time: lines with their targets, forecasts, and the weeks since launch."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from exporter.catalog.layout import MOST_WEEKS
from exporter.promql import number
from exporter.render.dashboards.fields import ALARM, BAD, GOOD, LINES, QUIET, fixed, result
from exporter.render.dashboards.figure import Figure, kept
from exporter.render.dashboards.model import Json, Panel, Query
from exporter.render.dashboards.units import bounds
from exporter.render.rules.series import HOURLY

__all__ = ["DRAWN", "NUMBERS", "WITH_LEGEND", "forecast", "trend", "weeks"]

_WEEK = timedelta(weeks=1)
DRAWN: Json = {
    "axisBorderShow": False,
    "axisSoftMin": 0,
    "drawStyle": "line",
    "fillOpacity": 8,
    "lineWidth": 2,
    "showPoints": "never",
    "spanNulls": 7_200_000,
}
WITH_LEGEND: Json = {
    "legend": {"calcs": ["lastNotNull"], "displayMode": "list", "placement": "bottom", "showLegend": True},
    "tooltip": {"mode": "multi", "sort": "none"},
}
_DASHED: Json = {"dash": [8, 6], "fill": "dash"}


def trend(figures: Sequence[Figure], title: str = "", width: int = 12) -> Panel:
    """Lines over time. One figure has its target beside it as steps, and the limits of its alerts across."""
    first, alone = figures[0], len(figures) == 1
    queries = [Query(figure.past, figure.title if not alone else "Value", over_time=True) for figure in figures]
    overrides: list[Json] = []
    if alone:
        across = [*([_target(first)] if first.targets else []), *_limits(first)]
        queries += [query for query, _ in across]
        overrides = [result(letter, **look) for letter, (_, look) in zip("BCDEFG", across, strict=False)]
    if not alone:
        overrides = [result("ABCDEFG"[index], color=fixed(LINES[index])) for index in range(min(len(figures), len(LINES)))]
    return Panel(
        kind="timeseries",
        title=title or " and ".join(figure.title for figure in figures[:2]),
        description="\n\n".join(figure.description for figure in figures),
        queries=queries,
        unit=first.grafana_unit,
        no_value=first.no_value,
        width=width,
        height=8,
        options=WITH_LEGEND,
        custom={**DRAWN, **({} if alone else {"fillOpacity": 0})},
        defaults={**({"color": fixed(GOOD), "links": list(first.links)} if alone else {}), **bounds(first.unit)},
        overrides=overrides,
        links=first.links if alone else [],
    )


def _target(figure: Figure) -> tuple[Query, Json]:
    return Query(kept(figure.target), "Target", over_time=True), _target_line()


def _target_line() -> Json:
    return {
        "color": fixed(QUIET),
        "custom__fillOpacity": 0,
        "custom__lineInterpolation": "stepAfter",
        "custom__lineStyle": _DASHED,
        "custom__lineWidth": 1,
    }


def _limits(figure: Figure) -> Sequence[tuple[Query, Json]]:
    """The limits at which alerts fire, as lines across: red for what wakes somebody, orange for the rest."""
    found: dict[float, tuple[Query, Json]] = {}
    for alert in figure.alerts:
        limit, side = (alert.when.above, "above") if alert.when.above is not None else (alert.when.below, "below")
        if limit is not None:
            # A line of its own, so that the legend names it and the axis reaches it; there where the figure is known.
            query = Query(f"{figure.past} * 0 + {number(limit)}", f"{alert.priority} alert {side}", over_time=True)
            colour = ALARM if alert.priority == "P0" else BAD
            found.setdefault(limit, (query, {**_target_line(), "color": fixed(colour)}))
    return [found[limit] for limit in sorted(found)]


def forecast(figure: Figure, title: str = "", width: int = 12) -> Panel:
    """A figure on its way: its line, the target as steps, the goal, and what it was foreseen to be on the day of the goal."""
    foreseen = [(name, figure.of(f"kpi:forecast:{name}")) for name in ("pessimistic", "realistic", "optimistic")]
    thin: Json = {"custom__fillOpacity": 0, "custom__lineWidth": 1}
    overrides = [
        result("A", color=fixed(GOOD)),
        result("B", **_target_line()),
        result("C", **{**_target_line(), "custom__lineStyle": {"fill": "dot", "dash": [2, 6]}}),
        result("D", color=fixed(BAD), **thin, custom__lineStyle=_DASHED),
        result("E", color=fixed("purple"), **thin, custom__lineStyle=_DASHED),
        result("F", color=fixed("light-blue"), **thin, custom__lineStyle=_DASHED),
    ]
    return Panel(
        kind="timeseries",
        title=title or f"{figure.title}: where it will be",
        description=f"{figure.description}\n\nThe forecast draws the line through the last four weeks to the day of the goal; "
        "each point says what was foreseen at that moment. Pessimistic and optimistic differ from it by 30 % of the change.",
        queries=[
            Query(figure.past, "Value", over_time=True),
            Query(kept(figure.target), "Target", over_time=True),
            Query(kept(figure.goal), "Goal", over_time=True),
            *(Query(kept(series), f"Forecast, {name}", over_time=True) for name, series in foreseen),
        ],
        unit=figure.grafana_unit,
        no_value=figure.no_value,
        width=width,
        height=9,
        options=WITH_LEGEND,
        custom=DRAWN,
        defaults={"links": list(figure.links), **bounds(figure.unit), **({"decimals": 0} if figure.unit == "count" else {})},
        overrides=overrides,
        links=figure.links,
    )


def weeks(figure: Figure, title: str = "", width: int = 12) -> Panel:
    """What a figure was worth at the end of each week since launch, and in the week that runs."""
    launch = figure.project.catalog.launch
    begin = datetime.combine(launch, time(), UTC)
    last = max(target.by.on(launch) for target in figure.targets if target.by is not None)
    # Another launch than that of the catalog may leave no week, or more than there is room for.
    count = min(max(-(-(last - launch + timedelta(days=1)) // _WEEK), 1), MOST_WEEKS)
    return Panel(
        kind="stat",
        title=title or f"{figure.title} by week",
        description=f"{figure.description}\n\nWeeks count from the launch on {launch.isoformat()}; the one that runs is told "
        "with what the figure is worth now.",
        queries=[Query(_in_week(figure, begin + number * _WEEK), f"Week {number + 1}") for number in range(count)],
        unit=figure.grafana_unit,
        no_value="No figure from these weeks",
        width=width,
        height=8,
        options={**NUMBERS, "orientation": "horizontal", "text": {"titleSize": 16, "valueSize": 26}},
        defaults={"links": list(figure.links), "color": fixed(QUIET)},
        links=figure.links,
    )


def _in_week(figure: Figure, begin: datetime) -> str:
    """Its worth at the end of the week, or now while the week runs; nothing before."""
    start, end = (f"{moment.timestamp():.0f}" for moment in (begin, begin + _WEEK))
    runs = f"(vector(time()) >= {start}) < {end}"
    return f"last_over_time({figure.of(HOURLY)}[2h] @ {end})\nor\n{figure.now} and on () ({runs})"


NUMBERS: Json = {
    "colorMode": "value",
    "graphMode": "none",
    "justifyMode": "auto",
    "orientation": "auto",
    "percentChangeColorMode": "standard",
    "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
    "showPercentChange": False,
    "textMode": "value_and_name",
    "wideLayout": True,
}
