"""Panels of figures as numbers: one figure with all that belongs to it, or several in a list."""

from collections.abc import Mapping, Sequence

from exporter.catalog.model import Bands, Direction
from exporter.render.dashboards.fields import ALARM, BAD, GOOD, QUIET, fixed, result
from exporter.render.dashboards.figure import Figure
from exporter.render.dashboards.model import Json, Panel, Query
from exporter.render.dashboards.units import in_points, shown_scale

__all__ = ["BARS", "tile", "verdict_fields"]

_NO_BAR = {"min": 0, "max": 1e15}
"""A scale on which a figure has no visible bar: only its name and its number are told."""
_DECIMALS: Mapping[str, Json] = {"suffix: points": {"decimals": 1}, "percentunit": {"decimals": 0}}
"""Digits behind the point of a verdict; any other unit has its own."""
_LAST: Json = {"calcs": ["lastNotNull"], "fields": "", "values": False}
BARS: Json = {
    "displayMode": "basic",
    "legend": {"showLegend": False},
    "maxVizHeight": 300,
    "minVizHeight": 16,
    "minVizWidth": 8,
    "namePlacement": "left",
    "orientation": "horizontal",
    "reduceOptions": _LAST,
    "showUnfilled": False,
    "sizing": "auto",
    "text": {"titleSize": 12, "valueSize": 22},
    "valueMode": "color",
}


def tile(figure: Figure, title: str = "", width: int = 8) -> Panel:
    """One figure: its value and the target as bars on one scale, the change within a week, and the verdict in words."""
    full = _scale(figure)
    gained = {**_aside(figure.distance_unit, QUIET), **({"decimals": 1} if in_points(figure.unit) else {})}
    shown = [
        (Query(figure.now, "Now"), {**full, "color": fixed(GOOD)}),
        (Query(figure.target, "Target"), {**full, "color": fixed(QUIET)}),
        (Query(f"round({figure.gained}, 0.001) > 0", "▲ in a week"), gained),
        (Query(f"round(-({figure.gained}), 0.001) > 0", "▼ in a week"), gained),
        *((query, {**_NO_BAR, **field}) for query, field in zip(figure.verdict, verdict_fields(figure), strict=True)),
        (Query(figure.firing, "Alerts firing"), _aside("locale", ALARM)),
    ]
    if figure.kpi.bands is not None and not figure.segment:
        shown.append(
            (Query(figure.now, "Band"), {**_NO_BAR, "unit": "locale", "mappings": _bands(figure.kpi.bands, figure.kpi.direction)})
        )
    return Panel(
        kind="bargauge",
        title=title or figure.title,
        description=figure.description,
        queries=[query for query, _ in shown],
        unit=figure.grafana_unit,
        no_value=figure.no_value,
        width=width,
        height=8,
        options=BARS,
        defaults={"links": list(figure.links)},
        overrides=[result("ABCDEFGHIJ"[index], **properties) for index, (_, properties) in enumerate(shown) if properties],
        links=figure.links,
    )


def _scale(figure: Figure) -> Json:
    """The scale of the bars: to the goal, which the catalog knows; what a ratio or a score can be, else."""
    numbers = [target.number for target in figure.targets]
    if limits := shown_scale(figure.unit):
        return limits
    if figure.unit == "ratio" and max(numbers, default=1.0) >= 0.2:
        return {"min": 0, "max": 1}
    return {"min": 0, **({"max": max(numbers)} if numbers and max(numbers) > 0 else {})}


def _aside(unit: str, colour: str) -> Json:
    return {"unit": unit, "color": fixed(colour), **_NO_BAR}


def verdict_fields(figure: Figure) -> Sequence[Json]:
    """How the three queries of a verdict look: ahead, on target, behind."""
    distance: Json = {"unit": figure.verdict_unit, **_DECIMALS.get(figure.verdict_unit, {})}
    met: Json = {"unit": "locale", "mappings": [{"options": {"from": 1, "result": {"text": "yes"}, "to": 2}, "type": "range"}]}
    return {**distance, "color": fixed(GOOD)}, {**met, "color": fixed(GOOD)}, {**distance, "color": fixed(BAD)}


def _bands(bands: Bands, direction: Direction) -> Sequence[Json]:
    """The colour that the document gives to a figure, as a word of that colour."""
    between = sorted((bands.green, bands.red))
    low, high = ("red", "green") if direction == "up" else ("green", "red")
    # The first that fits counts: the numbers themselves are neither beyond the one nor short of the other.
    spans = [(*between, "yellow"), (None, between[0], low), (between[1], None, high)]
    return [
        {
            "options": {"from": start, "result": {"color": f"dark-{name}", "index": index, "text": name}, "to": end},
            "type": "range",
        }
        for index, (start, end, name) in enumerate(spans)
    ]
