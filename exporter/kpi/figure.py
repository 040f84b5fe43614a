"""A number with its origin, or the reason why there is none."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

__all__ = ["Figure", "absent", "combined"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A value, the sources it comes from, and when the oldest fact in it was true; without a value, `why` says why.

    Where the past alone gives the value, `sources` are those that it would come from.

    `known` is the share (0 to 1) of what a score rests upon that is known, None for what is no score. `past` says that the form
    looks at the past, itself or through a figure that it is made of.
    """

    value: float | None
    sources: frozenset[str] = frozenset()
    time: datetime | None = None
    why: str = ""
    known: float | None = None
    past: bool = False


def absent(why: str, *, past: bool = False) -> Figure:
    """No value, and why."""
    return Figure(None, why=why, past=past)


def combined(value: float, parts: Sequence[Figure]) -> Figure:
    """A value made of other figures, with the origin of all of them; absent when they hold no fact at all."""
    sources = frozenset[str]().union(*(part.sources for part in parts))
    past = any(part.past for part in parts)
    if not sources:
        return absent("it rests on constants alone", past=past)
    if not math.isfinite(value):
        return absent("the result is too large", past=past)
    times = [part.time for part in parts if part.time is not None]
    return Figure(value, sources, min(times, default=None), past=past)
