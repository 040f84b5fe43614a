"""How far the numbers of discussions have been listed, the first created first: a pure state machine, like `api.descent`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from exporter.errors import Reason, UpstreamError
from exporter.sources.github.store.marks import Mark

__all__ = ["Listing"]


@dataclass(frozen=True, slots=True)
class Listing:
    """A listing that began at `begun` and goes on after `cursor`; moments are seconds since 1970.

    So far it told of `count` discussions, the last of them created at `upto` (None: of none), as were those with the numbers
    `tied`: more of the same second may follow. `total` is what GitHub counted at the end, None on the way.
    """

    begun: int
    cursor: str | None = None
    upto: int | None = None
    tied: frozenset[int] = frozenset()
    count: int = 0
    total: int | None = None

    @classmethod
    def of(cls, mark: Mark) -> Self:
        """The listing that a mark tells of."""
        count, total, *tied = json.loads(mark.note or "[0, null]")
        return cls(mark.read_at, mark.cursor, mark.upto, frozenset(tied), count, total)

    @property
    def mark(self) -> Mark:
        """The mark that tells of this listing."""
        note = json.dumps([self.count, self.total, *sorted(self.tied)])
        return Mark(self.begun, self.upto, self.total is not None, cursor=self.cursor, note=note)

    def advance(self, listed: Mapping[int, int], next_cursor: str | None, total: int) -> Self:
        """The same listing after a page; `listed` has the creation of each number, `next_cursor` is None on the last page.

        Raises UpstreamError(MALFORMED) where the page leads back or nowhere.
        """
        back = any(created < self.upto for created in listed.values()) if self.upto is not None else False
        if back or (next_cursor is not None and (not listed.keys() - self.tied or next_cursor == self.cursor)):
            raise UpstreamError(Reason.MALFORMED, "GitHub led to no further page of a list")
        upto = max(listed.values(), default=self.upto)
        tied = frozenset(number for number, created in listed.items() if created == upto)
        return type(self)(
            self.begun,
            next_cursor,
            upto,
            tied | self.tied if upto == self.upto else tied,
            self.count + len(listed.keys() - self.tied),
            total if next_cursor is None else None,
        )
