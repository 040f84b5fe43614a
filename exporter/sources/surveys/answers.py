"""Responses as they are kept, in memory only. No text that a respondent wrote, no address and no name comes this far."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

__all__ = ["Answer", "Chosen", "Number", "Response", "Written"]


@dataclass(frozen=True, slots=True)
class Number:
    """An answer on a scale, or any number, times the factor of its question."""

    value: float


@dataclass(frozen=True, slots=True)
class Chosen:
    """The options that were chosen, at least one, by their names; `other` among them where one has no name."""

    options: frozenset[str]


@dataclass(frozen=True, slots=True)
class Written:
    """A free text was written, which has these themes."""

    themes: frozenset[str]


Answer = Number | Chosen | Written


@dataclass(frozen=True, slots=True)
class Response:
    """One completed response: when it was sent (UTC), and the answers by the names of the questions that were answered.

    `id` tells it from the others of its survey. `segments` says by dimension what the respondent belongs to, as a word; `channel`
    is how the respondent was invited, as a word, None where that is not known.
    """

    id: str
    time: datetime
    answers: Mapping[str, Answer]
    segments: Mapping[str, frozenset[str]]
    channel: str | None = None
