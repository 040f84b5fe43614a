"""Adds up what was kept and what is read."""

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta

from exporter.errors import Reason, UpstreamError
from exporter.sources.base import Tools
from exporter.sources.telemetry.config import TelemetryConfig
from exporter.sources.telemetry.rollups.cells import Cell, Cells
from exporter.sources.telemetry.rollups.fingerprint import fingerprint
from exporter.sources.telemetry.rollups.quantity import ByPeriod, Period, Quantity
from exporter.sources.telemetry.warehouse import Warehouse

__all__ = ["FILE", "Sums", "midnight", "open_sums"]

FILE = "days.sqlite"
"""Name of the file with the figures that are kept, in the folder of the source."""

_DAY = timedelta(days=1)
_READ_AGAIN = timedelta(days=1)
"""Time after which what was kept is read again, for the sake of deletions and of events that came later than `late_events`."""

Figures = Mapping[str, float]


class Sums:
    """Adds quantities up over any time, for one refresh: days that are over from what was kept, the rest from the warehouse.

    A period is settled once it has been over for longer than events may come late: only then, and from what was read then, it is
    kept. Of what is kept, at most one period is read again each time that a quantity is asked for. So figures are those of
    the warehouse, but for events that were deleted or came later than `late_events`: those show within days.
    """

    def __init__(self, cells: Cells, warehouse: Warehouse, config: TelemetryConfig, now: datetime) -> None:
        self._cells = cells
        self._warehouse = warehouse
        self._late_events = config.late_events
        self._now = now
        self._read: dict[tuple[str, Period], Figures] = {}

    def over(self, quantity: Quantity, start: datetime, end: datetime) -> Figures:
        """What the quantity comes to between two moments, by name; raises UpstreamError."""
        first = start if start == midnight(start) else midnight(start) + _DAY
        last = midnight(min(end, self._now - self._late_events))
        if last <= first:
            return self._between(quantity, Period(start, end))
        parts = list(self.each(quantity, [Period(day, day + _DAY) for day in _days(first, last)]))
        parts += [self._between(quantity, rest) for rest in (Period(start, first), Period(last, end)) if rest.start < rest.end]
        total: defaultdict[str, float] = defaultdict(float)
        for name, value in itertools.chain.from_iterable(part.items() for part in parts):
            total[name] += value
        return dict(total)

    def each(self, quantity: Quantity, periods: Sequence[Period]) -> Sequence[Figures]:
        """What the quantity comes to in each of some periods that are kept as a whole, in their order; raises UpstreamError.

        The periods follow one another without a gap.
        """
        if not periods:
            return []
        found = self._usable(quantity, periods)
        stale = min(found, key=lambda period: found[period].read_at, default=None)
        if stale is not None and self._now - found[stale].read_at > _READ_AGAIN:
            del found[stale]
        figures = {period: cell.figures for period, cell in found.items()}
        for run in self._missing(periods, figures):
            figures.update(self._keep(quantity, run))
        return [figures[period] if period in figures else self._between(quantity, period) for period in periods]

    def _usable(self, quantity: Quantity, periods: Sequence[Period]) -> dict[Period, Cell]:
        """What is kept of these periods and was read when they were settled."""
        kept = self._cells.kept(quantity.name, periods[0].start, periods[-1].end)
        cells = {period: kept[period] for period in periods if period in kept}
        return {period: cell for period, cell in cells.items() if period.end + self._late_events <= cell.read_at}

    def _missing(self, periods: Sequence[Period], figures: Mapping[Period, Figures]) -> Iterator[list[Period]]:
        """The settled periods that are not there, those together that follow one another."""
        run: list[Period] = []
        for period in periods:
            if period not in figures and period.end + self._late_events <= self._now:
                run.append(period)
            elif run:
                yield run
                run = []
        if run:
            yield run

    def _keep(self, quantity: Quantity, run: Sequence[Period]) -> Mapping[Period, Figures]:
        """Reads periods and keeps what comes; what was read before a failure or a kill stays."""
        if isinstance(quantity, ByPeriod) and len(run) > 1:
            try:
                figures = dict(zip(run, map(_numbers, quantity.by_period(self._warehouse, run)), strict=True))
            except UpstreamError as error:
                if error.reason is not Reason.TIMEOUT:
                    raise
                # What is too much for one statement may be had in several.
            else:
                self._cells.keep(quantity.name, self._now, figures)
                return figures
        figures = {}
        for period in run:
            figures[period] = _numbers(quantity(self._warehouse, *period))
            self._cells.keep(quantity.name, self._now, {period: figures[period]})
        return figures

    def _between(self, quantity: Quantity, period: Period) -> Figures:
        """What is not kept: read once in a refresh, for the windows have their last days in common."""
        key = quantity.name, period
        if key not in self._read:
            self._read[key] = _numbers(quantity(self._warehouse, *period))
        return self._read[key]


@contextmanager
def open_sums(config: TelemetryConfig, tools: Tools, warehouse: Warehouse, now: datetime) -> Iterator[Sums]:
    """The sums of one refresh, with what is kept in the folder of the source."""
    cells = Cells(tools.folder / FILE, fingerprint(config), now)
    try:
        yield Sums(cells, warehouse, config, now)
    finally:
        cells.close()


def midnight(moment: datetime) -> datetime:
    """The beginning of the moment's day in UTC."""
    return datetime.combine(moment.astimezone(UTC).date(), time(), UTC)


def _numbers(figures: Figures) -> Figures:
    """The same as Python's numbers: PostgreSQL adds whole numbers up to decimal ones."""
    return {name: float(value) for name, value in figures.items()}


def _days(first: datetime, last: datetime) -> Iterator[datetime]:
    while first < last:
        yield first
        first += _DAY
