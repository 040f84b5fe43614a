"""What stays of a snapshot when a refresh fails, and when it grows too old. Pure functions."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from exporter.errors import Reason
from exporter.facts import Part, Snapshot

__all__ = ["fresh", "merged", "unanswered"]


def merged(previous: Snapshot | None, parts: Iterable[Part]) -> tuple[Part, ...]:
    """The parts of a refresh, where a part that failed keeps its last good samples."""
    kept = {part.key: part for part in previous.parts if part.samples} if previous else {}
    return tuple(
        replace(kept[part.key], failure=part.failure) if part.failure and part.key in kept else part
        for part in sorted(parts, key=lambda part: part.key)
    )


def unanswered(previous: Snapshot | None, reason: Reason, now: datetime) -> tuple[Part, ...]:
    """The parts after a refresh that brought nothing at all: the previous ones, marked; one empty part if there are none."""
    if previous is None:
        return (Part((), now, (), reason),)
    return tuple(replace(part, failure=reason) for part in previous.parts)


def fresh(snapshot: Snapshot, limit: timedelta, now: datetime) -> Snapshot:
    """The snapshot without the samples that are older than `limit`; the same object where none is."""
    if all(now - part.time <= limit or not part.samples for part in snapshot.parts):
        return snapshot
    parts = (
        part if now - part.time <= limit else replace(part, samples=(), failure=part.failure or Reason.TIMEOUT)
        for part in snapshot.parts
    )
    return replace(snapshot, parts=tuple(parts))
