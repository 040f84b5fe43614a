"""What was computed of earlier knots, as the past that later ones rest on."""

import math
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from exporter.backfill.span import HOUR, Span, moment
from exporter.catalog.model import Catalog, KpiUnit
from exporter.catalog.past import values_by_row
from exporter.catalog.value import Forecast, Grown, Scenario, Value
from exporter.kpi.history import LADDER
from exporter.kpi.row import Row
from exporter.render.rules.recordings import ENOUGH, POSITIVE_UNITS, SPREAD

__all__ = ["Remembered", "Trend", "grown", "projected"]

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Trend:
    """The line through the past of a row: its rise a second, and how many hours it was drawn through."""

    slope: float
    hours: int


class Remembered:
    """The figures of a project, knot after knot; implements `exporter.kpi.History` for the knot that is computed.

    A figure holds from one knot to the next, and before the span nothing is known. Growth and forecasts are what the rules would
    have made of these points.
    """

    def __init__(self, catalog: Catalog, span: Span) -> None:
        self._span = span
        self._knot = 0
        self._unknown = array("d", [math.nan]) * len(span.knots)
        self._values: dict[tuple[str, str], array[float]] = {}
        self._kpis = {kpi.id: kpi for kpi in catalog.kpis}
        self._forms: Mapping[tuple[str, str], Value] = {
            (kpi.id, segment): value for kpi in catalog.kpis for segment, value in values_by_row(kpi) if value.needs_history
        }

    def learn(self, knot: int, rows: Iterable[Row]) -> bool:
        """Takes over what rows are worth at a knot, which is the present from now on; whether that was not known before."""
        self._knot, news = knot, False
        for row in rows:
            values = self._values.setdefault((row.kpi, row.segment), self._unknown[:])
            value = math.nan if row.value is None else row.value
            news = news or not (values[knot] == value or (math.isnan(value) and math.isnan(values[knot])))
            values[knot] = value
        return news

    def current(self, kpi: str, segment: str) -> float | None:
        """What a row is worth at this knot."""
        return self._at(kpi, segment, self._knot)

    def value(self, kpi: str, segment: str, over: timedelta) -> float | None:
        """What a row was worth so long before this knot."""
        point = self._second - int(over.total_seconds())
        return self._at(kpi, segment, self._span.knot(point)) if point >= self._span.since else None

    def peak(self, kpi: str, segment: str) -> float | None:
        """The most that a row was worth from a year before this knot until a day before it."""
        first = max(self._span.since, self._second - int(LADDER.total_seconds()))
        last = self._second - int(_DAY.total_seconds())
        values = self._values.get((kpi, segment), self._unknown)
        known = [value for value in values[self._span.knot(first) : self._span.knot(last) + 1] if not math.isnan(value)]
        return max(known, default=None) if last >= first else None

    def derived(self, kpi: str, segment: str) -> float | None:
        """What growth and forecasts are worth at this knot; other forms are made of these."""
        value = self._forms.get((kpi, segment))
        if value is None:
            return None
        return self._growth(value.growth) if value.growth is not None else self._forecast(value.forecast)

    def trend(self, kpi: str, segment: str, over: timedelta) -> Trend | None:
        """The line by least squares through the hours of the last `over` until this knot; None without two different hours."""
        values = self._values.get((kpi, segment), self._unknown)
        length = int(over.total_seconds())
        first = self._span.knot(max(self._span.since, self._second - length + HOUR))
        hours = steps = squares = 0
        risen = mixed = 0.0
        known = set()
        for knot in range(first, self._knot + 1):
            if not math.isnan(value := values[knot]):
                count, total, square = _ages(self._second - self._span.knots[knot], self._span.resolution, length)
                hours, steps, squares = hours + count, steps + total, squares + square
                risen, mixed = risen + count * value, mixed + total * value
                known.add(value)
        divisor = hours * squares - steps * steps
        if divisor == 0:
            return None
        slope = 0.0 if len(known) == 1 else (hours * mixed - steps * risen) / divisor / HOUR
        return Trend(slope, hours)

    @property
    def now(self) -> datetime:
        """The moment of this knot."""
        return moment(self._second)

    @property
    def _second(self) -> int:
        return self._span.knots[self._knot]

    def _at(self, kpi: str, segment: str, knot: int) -> float | None:
        values = self._values.get((kpi, segment))
        return None if values is None or math.isnan(values[knot]) else values[knot]

    def _growth(self, growth: Grown) -> float | None:
        return grown(self.current(growth.kpi, growth.segment), self.value(growth.kpi, growth.segment, growth.over))

    def _forecast(self, forecast: Forecast | None) -> float | None:
        assert forecast is not None  # the only other form that looks at the past
        kpi = self._kpis[forecast.kpi]
        current, trend = self.current(kpi.id, forecast.segment), self.trend(kpi.id, forecast.segment, forecast.over)
        enough = min(ENOUGH, forecast.over // timedelta(hours=2))
        if current is None or trend is None or trend.hours < enough:
            return None
        change = trend.slope * forecast.ahead.total_seconds()
        return projected(current, change, forecast.scenario, kpi.unit_of(forecast.segment), falls=kpi.direction == "down")


@cache
def _ages(distance: int, held: int, length: int) -> tuple[int, int, int]:
    """Of the hours at which a knot held in a window that ends now: how many, the sum of their distances from now, and of the
    squares. All in seconds: the distance of the knot, how long it held, and the length of the window.
    """
    oldest = min(distance // HOUR, (length - 1) // HOUR)
    newest = max(0, (distance - held) // HOUR + 1)
    ages = range(newest, oldest + 1)
    return len(ages), -sum(ages), sum(age * age for age in ages)


def grown(current: float | None, before: float | None) -> float | None:
    """The change as a share of what was before; a value that was not positive has none."""
    return None if current is None or before is None or before <= 0 else (current - before) / before


def projected(current: float, change: float, scenario: Scenario, unit: KpiUnit, *, falls: bool) -> float:
    """What a figure will be after a change, in a scenario; where less is better, the optimistic one is lower."""
    end = current + change
    if scenario != "realistic":
        better = (scenario == "optimistic") != falls
        end += SPREAD * abs(change) if better else -SPREAD * abs(change)
    return max(0.0, end) if unit in POSITIVE_UNITS else end
