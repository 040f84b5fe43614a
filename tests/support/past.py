"""The past of projects as OpenMetrics, for `promtool tsdb create-blocks-from`: scraped series, and recorded ones."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from exporter.catalog.past import resting_on_past, values_by_row
from exporter.collect.families import kpi_info_family
from exporter.kpi import Row, evaluate
from exporter.kpi.row import Status
from exporter.promql import matchers
from support.operation import operation
from support.story import Story

__all__ = ["past"]

SCRAPE = {"job": "kpi-exporter", "instance": "kpi-exporter:8730"}
"""Labels that a scrape adds."""
KNOT = timedelta(hours=6)
"""The engine is asked so often; between, figures run straight."""
DAY = timedelta(days=1)
LATEST = timedelta(minutes=6)
"""How near the past comes to now: Prometheus looks back for 5 minutes, and what holds now shall come from what it scrapes."""
CLOSE = timedelta(minutes=2)
"""How often the exporter tells of itself in the last day, so that rates over minutes have points."""

SCENARIOS = {"pessimistic": 0.7, "realistic": 1.0, "optimistic": 1.3}

T = TypeVar("T")
Values = Sequence[float | None]
"""By moment; None where nothing was known."""


class Remembered:
    """A story as the past that the engine asks: earlier figures, and what growth and forecasts would have been."""

    def __init__(self, story: Story, time: datetime) -> None:
        self._story = story
        self._time = time
        self._values = {(kpi.id, segment): value for kpi in story.project.catalog.kpis for segment, value in values_by_row(kpi)}

    def value(self, kpi: str, segment: str, over: timedelta) -> float | None:
        """What a row was worth so long before."""
        return self._story.value(kpi, segment, self._time - over)

    def peak(self, kpi: str, segment: str) -> float | None:
        """A rung that was passed is no status, so nobody needs to know."""
        return None

    def derived(self, kpi: str, segment: str) -> float | None:
        """Growth, and the line through a past drawn on, as the rules do it; None where a figure is itself computed."""
        value = self._values.get((kpi, segment))
        if value is None or value.other is None:
            return None
        other = value.other.kpi, value.other.segment
        current = self._story.value(*other, self._time)
        over = value.growth.over if value.growth else value.forecast.over if value.forecast else None
        if current is None or over is None:
            return None
        before = self._story.value(*other, self._time - over)
        if before is None or (value.growth and before <= 0):
            return None
        if value.growth:
            return (current - before) / before
        assert value.forecast is not None
        change = (current - before) * (value.forecast.ahead / over)
        return max(0.0, current + change * SCENARIOS[value.forecast.scenario])


def past(stories: Sequence[Story], launch: datetime, now: datetime, days: int, step: timedelta) -> Iterator[str]:
    """The text, one series after the other, each from `days` before `now` until some minutes before it."""
    back = range(int(days * DAY / step), 0, -1)
    moments = [*(now - number * step for number in back), now - LATEST]
    text = _Text(moments)
    for story in stories:
        yield from _project(story, text, moments, now)
    infos = kpi_info_family((one.project.name, one.project.catalog, one.project.sources) for one in stories)
    for info in infos.samples:
        yield text.series("kpi:catalog:info", info.labels, [1.0] * len(moments))
    for name in ("up", "scrape_duration_seconds"):
        yield text.series(name, SCRAPE, [1.0 if name == "up" else 0.04] * len(moments))
    early = [moment for moment in moments if moment < now - DAY]
    close = [now - LATEST - number * CLOSE for number in range(int((DAY - LATEST) / CLOSE), -1, -1)]
    yield from _operation(now, launch, [*early, *close])
    yield "# EOF\n"


class _Text:
    """Writes series whose points are at the same moments."""

    def __init__(self, moments: Sequence[datetime]) -> None:
        self._stamps = [f" {moment.timestamp():.0f}\n" for moment in moments]

    def series(self, name: str, labels: Mapping[str, str], values: Values) -> str:
        """One series; nothing where nothing is known."""
        return next(self.each([name], [labels], values))

    def several(self, prefix: str, labels: Mapping[str, str], values: Mapping[str, Values]) -> Iterator[str]:
        """Series whose names begin alike."""
        for name, own in values.items():
            yield self.series(f"{prefix}{name}", labels, own)

    def each(self, names: Iterable[str], labels: Sequence[Mapping[str, str]], values: Values) -> Iterator[str]:
        """The same values under several names."""
        tails = [f"{value:.10g}{stamp}" for value, stamp in zip(values, self._stamps, strict=True) if value is not None]
        for name, own in zip(names, labels, strict=True):
            head = f"{name}{matchers(**own)} "
            yield head + head.join(tails) if tails else ""


def _project(story: Story, text: _Text, moments: Sequence[datetime], now: datetime) -> Iterator[str]:
    catalog, project = story.project.catalog, {"project": story.project.name}
    knots = [now - number * KNOT for number in range(-(-(now - moments[0]) // KNOT), -1, -1)]
    found: dict[tuple[str, str], list[Row | None]] = {}
    for number, knot in enumerate(knots):
        for row in evaluate(catalog, [story.snapshot(knot)], knot, history=Remembered(story, knot)):
            found.setdefault((row.kpi, row.segment), [None] * len(knots))[number] = row
    between = _Between(knots, moments)
    resting = resting_on_past(catalog)
    public = {(kpi.id, "") for kpi in catalog.kpis if kpi.audience == "public"}
    attained, statuses = [], []
    for (kpi, segment), rows in found.items():
        unit = next(row.unit for row in rows if row is not None)
        row_labels = {**project, "kpi": kpi, "segment": segment}
        figure = {**row_labels, "unit": unit}
        values = between.straight([row.value if row else None for row in rows])
        told = ("kpi:value:derived", figure) if (kpi, segment) in resting else ("kpi_value", {**figure, **SCRAPE})
        recorded = ("kpi:value:current", "kpi:value:hourly", "kpi:value:max_1h")
        yield from text.each((told[0], *recorded), (told[1], figure, figure, figure), values)
        grown = _grown(moments, values)
        yield from text.several("kpi:value:growth_", figure, grown)
        if (kpi, segment) in public:
            yield text.series("kpi:public:value", figure, values)
            yield from text.several("kpi:public:growth_", figure, grown)
        goals = between.held([row.goal_time if row else None for row in rows])
        yield from text.several("kpi:forecast:", figure, _foreseen(moments, values, goals))
        for name, aims in (
            ("target", between.held([row.target if row else None for row in rows])),
            ("goal", between.held([row.goal if row else None for row in rows])),
        ):
            yield from text.each((f"kpi_{name}", f"kpi:{name}:current"), ({**figure, **SCRAPE}, figure), aims)
        attained.append(between.straight([row.attainment if row else None for row in rows]))
        names = ("kpi:attainment:derived" if (kpi, segment) in resting else "kpi_attainment_ratio", "kpi:attainment:ratio")
        yield from text.each(names, ({**row_labels, **({} if (kpi, segment) in resting else SCRAPE)}, row_labels), attained[-1])
        statuses.append(between.held([row.status if row else None for row in rows]))
        yield from _statuses(text, row_labels, statuses[-1], scraped=(kpi, segment) not in resting)
    yield from _together(text, project, attained, statuses)


class _Between:
    """Brings what is known at knots to the moments in between."""

    def __init__(self, knots: Sequence[datetime], moments: Sequence[datetime]) -> None:
        self._places = []
        for moment in moments:
            knot = min(bisect_right(knots, moment) - 1, len(knots) - 2)
            self._places.append((knot, (moment - knots[knot]) / KNOT))

    def straight(self, values: Values) -> Values:
        """On the line between two knots; whole numbers stay whole."""
        whole = all(value is None or value.is_integer() for value in values)
        found: list[float | None] = []
        for knot, share in self._places:
            begin, end = values[knot], values[knot + 1]
            value = None if begin is None or end is None else begin + (end - begin) * share
            found.append(float(round(value)) if whole and value is not None else value)
        return found

    def held(self, values: Sequence[T]) -> Sequence[T]:
        """As it was at the knot before."""
        return [values[knot] for knot, _ in self._places]


def _grown(moments: Sequence[datetime], values: Values) -> Mapping[str, Values]:
    """The growth within a week and within a month."""
    grown = {}
    for name, over in (("7d", 7 * DAY), ("30d", 30 * DAY)):
        before = [bisect_right(moments, moment - over) - 1 for moment in moments]
        grown[name] = [_growth(values[now], values[then]) if then >= 0 else None for now, then in enumerate(before)]
    return grown


def _foreseen(moments: Sequence[datetime], values: Values, goals: Sequence[datetime | None]) -> Mapping[str, Values]:
    """What each scenario foresaw for the day of the goal: the line through four weeks, of which one must be known."""
    spread = {"pessimistic": -0.3, "realistic": 0.0, "optimistic": 0.3}
    foreseen: dict[str, list[float | None]] = {name: [] for name in spread}
    for moment, value, goal in zip(moments, values, goals, strict=True):
        then = max(bisect_right(moments, moment - 28 * DAY) - 1, 0)
        before, since = values[then], moment - moments[then]
        for name, line in foreseen.items():
            if value is None or before is None or goal is None or goal <= moment or since < 7 * DAY:
                line.append(None)
            else:
                change = (value - before) * ((goal - moment) / since)
                line.append(max(value + change + spread[name] * abs(change), 0.0))
    return foreseen


def _growth(value: float | None, before: float | None) -> float | None:
    return None if value is None or before is None or before <= 0 else (value - before) / before


def _statuses(text: _Text, labels: Mapping[str, str], held: Sequence[Status | None], *, scraped: bool) -> Iterator[str]:
    """The state set of a scrape has all statuses, the recorded series only the one that holds."""
    for status in Status:
        own = {**labels, "status": status.value}
        if scraped:
            yield text.series("kpi_status", {**own, **SCRAPE}, [None if one is None else float(one is status) for one in held])
        yield text.series("kpi:status:current", own, [1.0 if one is status else None for one in held])


def _together(
    text: _Text, project: Mapping[str, str], attained: Sequence[Values], statuses: Sequence[Sequence[Status | None]]
) -> Iterator[str]:
    shares = []
    for values in zip(*attained, strict=True):
        known = [value >= 1 for value in values if value is not None]
        shares.append(sum(known) / len(known) if known else None)
    yield text.series("project:kpi_on_target:ratio", project, shares)
    counts = [Counter(held) for held in zip(*statuses, strict=True)]
    for status in Status:
        labels = {**project, "status": status.value}
        yield text.series("project:kpi_status:count", labels, [float(count[status]) or None for count in counts])


def _operation(now: datetime, launch: datetime, moments: Sequence[datetime]) -> Iterator[str]:
    """What the exporter said of itself; its series come and go."""
    lines: dict[tuple[str, tuple[tuple[str, str], ...]], list[str]] = {}
    for moment in moments:
        stamp = f" {moment.timestamp():.0f}\n"
        for metric, labels, value in operation(now, launch, moment):
            lines.setdefault((metric.name, tuple(labels.items())), []).append(f"{value:.10g}{stamp}")
    for (name, own), tails in lines.items():
        head = f"{name}{matchers(**dict(own), **SCRAPE)} "
        yield head + head.join(tails)
