"""The panels of the figure that a project steers by: large, with its change, its way to the goal, and its line."""

from collections.abc import Sequence

from exporter.render.dashboards.fields import ALARM, GOOD, QUIET, fixed, result
from exporter.render.dashboards.figure import Figure
from exporter.render.dashboards.model import Json, Panel, Query
from exporter.render.dashboards.tiles import BARS, verdict_fields
from exporter.render.dashboards.trends import NUMBERS

__all__ = ["north_star"]


def north_star(figure: Figure, title: str = "") -> Sequence[Panel]:
    """Its worth, large; the change within a week, the verdict; the share of the goal that is reached."""
    return _worth(figure, title), _change(figure), _progress(figure)


def _worth(figure: Figure, title: str) -> Panel:
    return Panel(
        kind="stat",
        title=title or figure.title,
        description=figure.description,
        queries=[Query(figure.now, "Now")],
        unit=figure.grafana_unit,
        no_value=figure.no_value,
        width=6,
        height=6,
        options={**NUMBERS, "textMode": "value"},
        defaults={"links": list(figure.links), "color": fixed(GOOD)},
        links=figure.links,
    )


def _change(figure: Figure) -> Panel:
    growth = figure.of("kpi:value:growth_7d")
    quiet: Json = {"unit": figure.distance_unit, "color": fixed(QUIET)}
    share: Json = {"unit": "percentunit", "decimals": 0, "color": fixed(QUIET)}
    shown: Sequence[tuple[Query, Json]] = [
        (Query(f"{figure.gained} >= 0", "▲ since last week"), quiet),
        (Query(f"-({figure.gained}) > 0", "▼ since last week"), quiet),
        (Query(f"{growth} >= 0", "▲ relative"), share),
        (Query(f"-({growth}) > 0", "▼ relative"), share),
        *zip(figure.verdict, verdict_fields(figure), strict=True),
        (Query(figure.firing, "Alerts firing"), {"unit": "locale", "color": fixed(ALARM)}),
    ]
    return Panel(
        kind="stat",
        title="Against last week and target",
        description=f"How far {figure.title} moved within a week, and how far it is from its target in force.",
        queries=[query for query, _ in shown],
        unit=figure.grafana_unit,
        no_value="Nothing to compare with yet",
        width=9,
        height=6,
        options={**NUMBERS, "orientation": "horizontal", "text": {"titleSize": 16, "valueSize": 24}},
        defaults={"links": list(figure.links)},
        overrides=[result("ABCDEFGH"[index], **properties) for index, (_, properties) in enumerate(shown)],
        links=figure.links,
    )


def _progress(figure: Figure) -> Panel:
    return Panel(
        kind="bargauge",
        title="Share of the goal",
        description=f"{figure.description}\n\nThe goal is the last target; the bar is full when it is reached.",
        queries=[
            Query(_share(figure, figure.now), "Reached of the goal"),
            Query(_share(figure, figure.target), "Target by now"),
        ],
        unit="percentunit",
        no_value=figure.no_value if any(target.number > 0 for target in figure.targets) else "No goal above zero",
        width=9,
        height=6,
        options=BARS,
        defaults={"min": 0, "max": 1, "decimals": 0, "color": fixed(GOOD), "links": list(figure.links)},
        overrides=[result("B", color=fixed(QUIET))],
        links=figure.links,
    )


def _share(figure: Figure, expr: str) -> str:
    """The share of the goal that a number reaches; of what is to fall, as its attainment is told."""
    share = f"{expr} / ({figure.goal} > 0)"
    return f"clamp_min(2 - {share}, 0)" if figure.kpi.direction == "down" else share
