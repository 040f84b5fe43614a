"""What the past says of KPIs: the questions that the engine asks of it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

__all__ = ["LADDER", "LOOKBACK", "History", "RowHistory"]

LOOKBACK = timedelta(hours=1)
"""How far from the moment asked for the nearest earlier value may lie, so that one missed scrape does not hide the past."""
LADDER = timedelta(days=365)
"""How far back a rung that was passed is remembered."""


class History(Protocol):
    """Knows the past of the KPIs of one project; None stands for what it does not know. Figures are in the unit of the row."""

    def value(self, kpi: str, segment: str, over: timedelta, /) -> float | None:
        """What a row was worth so long ago."""
        ...

    def peak(self, kpi: str, segment: str, /) -> float | None:
        """The most that a row was worth from a year ago until a day ago."""
        ...

    def derived(self, kpi: str, segment: str, /) -> float | None:
        """What a row that rests on the past is worth now."""
        ...


@dataclass(frozen=True, slots=True)
class RowHistory:
    """The past of one row."""

    history: History
    kpi: str
    segment: str

    def value(self, over: timedelta) -> float | None:
        """What the row was worth so long ago."""
        return self.history.value(self.kpi, self.segment, over)

    def peak(self) -> float | None:
        """The most that the row was worth from a year ago until a day ago."""
        return self.history.peak(self.kpi, self.segment)
