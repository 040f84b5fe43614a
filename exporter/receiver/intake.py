"""Takes events in: judges each, commits those that are valid, and says what became of all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from exporter.errors import UpstreamError
from exporter.receiver.event import Event, Judge, Refusal
from exporter.receiver.health import Health
from exporter.receiver.meters import Meters

__all__ = ["Intake", "Outcome", "Writer"]


class Writer(Protocol):
    """What events are written to."""

    def add(self, events: Sequence[Event]) -> int:
        """Commits the events that are not there yet; gives how many these are. Raises UpstreamError."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a batch: events that were new, events that were there before, and the others by their place in the batch."""

    accepted: int
    duplicates: int
    refused: Sequence[tuple[int, Refusal]]


class Intake:
    """Brings batches into the warehouse."""

    def __init__(self, judge: Judge, writer: Writer, health: Health, meters: Meters, clock: Callable[[], datetime]) -> None:
        self._judge = judge
        self._writer = writer
        self._health = health
        self._meters = meters
        self._clock = clock

    def take(self, given: Sequence[Any]) -> Outcome:
        """What became of what a client sent: whatever is not refused is on disk. Raises UpstreamError, and then nothing is."""
        now = self._clock()
        events: list[Event] = []
        refused: list[tuple[int, Refusal]] = []
        for place, one in enumerate(given):
            match self._judge.judge(one, now):
                case Event() as event:
                    events.append(event)
                case refusal:
                    refused.append((place, refusal))
        accepted = self._written(events) if events else 0
        duplicates = len(events) - accepted
        self._meters.events(accepted=accepted, duplicate=duplicates, refused=len(refused))
        return Outcome(accepted, duplicates, refused)

    def _written(self, events: Sequence[Event]) -> int:
        try:
            accepted = self._writer.add(events)
        except UpstreamError as error:
            self._health.failed(error)
            raise
        self._health.succeeded()
        return accepted
