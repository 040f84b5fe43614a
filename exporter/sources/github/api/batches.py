"""Asks for many things, several in a query, and for fewer at once where that is more than GitHub wants to answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, takewhile
from typing import Any, Generic, TypeVar

from exporter.errors import Reason, UpstreamError
from exporter.sources.github.api.graph import Graph, Reply
from exporter.sources.github.api.query import Query

__all__ = ["BatchSize", "Outcome", "ask_all", "first_of"]

Entry = TypeVar("Entry")

GROW_AFTER = 4
"""Queries that must succeed before one unit more is asked for."""
GIVE_UP_AFTER = 3
"""Queries in a row that bring nothing and cannot be made smaller before the rest is left unasked."""

_TOO_MUCH = frozenset({Reason.TIMEOUT, Reason.SERVER_ERROR, Reason.TOO_LARGE, Reason.CONNECTION})
"""What GitHub does with a query that takes over ten seconds: 502, 504, an error, or a connection that ends."""
_PASSING = _TOO_MUCH | {Reason.MALFORMED}
"""Failures of one query that say little about the next."""


class BatchSize:
    """How much a query may ask for, in units of which an ordinary entry weighs one: half as much after one that was too much,
    then slowly more again.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self.now = most
        self._successes = 0

    def shrink(self, tried: int) -> None:
        """A query that weighed `tried` was too much."""
        self.now = max(1, tried // 2)
        self._successes = 0

    def grow(self) -> None:
        """A query was answered."""
        self._successes += 1
        if self._successes == GROW_AFTER:
            self.now = min(self._most, self.now + 1)
            self._successes = 0


@dataclass(slots=True)
class Outcome(Generic[Entry]):
    """Why entries could not be had, the last error that met a query as a whole, and how many queries were asked."""

    failed: dict[Entry, Reason] = field(default_factory=dict)
    error: UpstreamError | None = None
    queries: int = 0


def ask_all(
    graph: Graph,
    size: BatchSize,
    entries: Sequence[Entry],
    write: Callable[[Sequence[Entry]], Query],
    take: Callable[[Entry, Any], None],
    weigh: Callable[[Entry], int] = lambda _: 1,
) -> Outcome[Entry]:
    """Asks for all entries with the queries that `write` makes, and hands what comes to `take`, which raises UpstreamError.

    `weigh` tells what an entry weighs, at least 1; one that is too heavy for any query is asked for alone. Ends early where
    further queries would fail alike: the rest then fails for the same reason.
    """
    outcome: Outcome[Entry] = Outcome()
    before, misses, waiting = size.now, 0, list(entries)
    while waiting:
        batch = first_of(waiting, size.now, weigh)
        weight = sum(map(weigh, batch))
        outcome.queries += 1
        try:
            # A batch is rather made smaller than asked for again; a single entry gets the usual tries.
            reply = graph.ask(write(batch), len(batch), weight=weight, retries=0 if len(batch) > 1 else None)
        except UpstreamError as error:
            if error.reason in _TOO_MUCH and len(batch) > 1:
                size.shrink(weight)
                continue
            outcome.error = error
            misses += 1
            if error.reason not in _PASSING or misses == GIVE_UP_AFTER:
                # GitHub as a whole is out of reach: that says nothing about the size.
                size.now = before
                outcome.failed |= dict.fromkeys(waiting, error.reason)
                return outcome
            outcome.failed |= dict.fromkeys(batch, error.reason)
            waiting = waiting[len(batch) :]
            continue
        misses = 0
        again = _take_each(batch, reply, take, outcome)
        waiting = again + waiting[len(batch) :]
        if again:
            size.shrink(weight)
        else:
            size.grow()
    return outcome


def first_of(entries: Sequence[Entry], units: int, weigh: Callable[[Entry], int]) -> Sequence[Entry]:
    """As many of the entries as weigh no more than that together, and one at least."""
    weights = accumulate(map(weigh, entries))
    return entries[: max(1, sum(1 for _ in takewhile(lambda weight: weight <= units, weights)))]


def _take_each(batch: Sequence[Entry], reply: Reply, take: Callable[[Entry, Any], None], outcome: Outcome[Entry]) -> list[Entry]:
    """Hands the data of each entry on and notes the failures; returns the entries to ask for again in a smaller query."""
    again = []
    for entry, said in zip(batch, reply.entries, strict=True):
        failure = said if isinstance(said, Reason) else None
        too_much = failure in (Reason.TOO_LARGE, Reason.TIMEOUT)
        if failure is None:
            try:
                take(entry, said)
            except UpstreamError as error:
                failure, too_much = error.reason, reply.cut
        if too_much and len(batch) > 1:
            again.append(entry)
        elif failure is not None:
            outcome.failed[entry] = failure
    return again
