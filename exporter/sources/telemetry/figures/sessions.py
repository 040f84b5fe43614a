"""Sessions: how often the program ran."""

from collections.abc import Iterator

from exporter.facts import Sample
from exporter.sources.telemetry.figures.counts import EVENTS, Events, by_window
from exporter.sources.telemetry.metrics import TOTAL_SESSIONS
from exporter.sources.telemetry.reading import Reading

__all__ = ["SESSIONS", "samples"]

SESSIONS = Events("sessions")


def samples(reading: Reading) -> Iterator[Sample]:
    """Sessions by window."""
    reading.warehouse.relation("sessions")
    for window, sums in by_window(reading, SESSIONS):
        yield TOTAL_SESSIONS.sample(sums.get(EVENTS, 0), window=window)
