"""When an issue or a pull request was closed and reopened: what is asked and kept of it, so that its past states are known."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated

from pydantic import Field

from exporter.sources.github.api.answer import Answer, Moment

__all__ = ["CLOSINGS", "LAST_REOPENING", "MOST", "Turn", "Turns", "closed_then", "kept", "reopened_then", "turns_of"]

MOST = 50
"""Closings and reopenings of one thread that are read, the last ones; before them it counts as open."""

CLOSINGS = (
    f"timelineItems(last: {MOST}, itemTypes: [CLOSED_EVENT, REOPENED_EVENT])"
    " { nodes { __typename ... on ClosedEvent { createdAt } ... on ReopenedEvent { createdAt } } }"
)
"""Asks for all of them; the answer is `Turns`."""
LAST_REOPENING = "timelineItems(last: 1, itemTypes: [REOPENED_EVENT]) { nodes { ... on ReopenedEvent { createdAt } } }"
"""Asks for the last reopening alone; the answer is `Turns` as well."""

_REOPENED = "ReopenedEvent"


class Turn(Answer):
    """A closing or a reopening; a reopening where nothing else was asked for."""

    kind: str = Field(_REOPENED, alias="__typename")
    created_at: Moment

    @property
    def at(self) -> int:
        """The moment in seconds since 1970, negative for a reopening."""
        seconds = int(self.created_at.timestamp())
        return -seconds if self.kind == _REOPENED else seconds


class Turns(Answer):
    """The closings and reopenings of a thread, the first of them first."""

    nodes: Annotated[list[Turn], Field(max_length=MOST)]

    def moments(self, closed: datetime | None = None) -> tuple[int, ...]:
        """All of them as they are kept, of a thread that is `closed` since that moment.

        Then a closing is the last of them, also where there is no event of it because the thread was imported.
        """
        turns = tuple(turn.at for turn in self.nodes)
        last = () if closed is None else (int(closed.timestamp()),)
        return turns if not last or turns[-1:] == last else tuple(sorted((*turns, *last), key=abs))


def kept(turns: Iterable[int]) -> str:
    """How closings and reopenings are kept."""
    return json.dumps(list(turns))


def turns_of(text: str | None) -> tuple[int, ...]:
    """What was kept; nothing where they were not asked for."""
    return () if text is None else tuple(json.loads(text))


def closed_then(turns: Sequence[int], moment: int) -> int | None:
    """When what was closed at a moment had been closed last; None where it was open."""
    last = next((turn for turn in reversed(turns) if abs(turn) <= moment), 0)
    return last if last > 0 else None


def reopened_then(turns: Sequence[int], moment: int) -> int | None:
    """The last reopening up to a moment, None where there was none."""
    return next((-turn for turn in reversed(turns) if turn < 0 and -turn <= moment), None)
