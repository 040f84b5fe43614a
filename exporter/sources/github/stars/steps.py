"""Reads the moments at which stars were given, or forks made, from the newest back."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from exporter.sources.github.api.descent import Descent, smaller_page
from exporter.sources.github.api.query import Variables, of_repository
from exporter.sources.github.api.steps import Step
from exporter.sources.github.stars.keeping import forget, keep
from exporter.sources.github.stars.ledger import Ledger
from exporter.sources.github.stars.lists import STARS, MomentList
from exporter.sources.github.store import Store
from exporter.sources.github.store.marks import Mark

__all__ = ["MANY", "PageStep", "Place"]

MANY = 1000
"""Stars in the window up to which a doubt is settled at once; with more of them, once in every slow interval."""


@dataclass(frozen=True, slots=True)
class Place:
    """Of which repository stars are read, where they are kept, and how many its facts told (`seen`).

    `interval` is the time in seconds between two readings of the whole window where it holds more than MANY. `of` is the list
    that is read, if not stars; the note of its mark is a `Ledger`.
    """

    repository: str
    key: int
    seen: int
    store: Store
    interval: float
    of: MomentList = STARS

    def may_settle(self, ledger: Ledger, now: int) -> bool:
        """Whether the whole window may be read now, because of a doubt."""
        return ledger.kept <= MANY or not Mark(ledger.whole_at).recent(now, self.interval)


class PageStep(Step):
    """A page of the stars of a repository; `settled` says that a doubt has had the whole window read in this refresh."""

    def __init__(self, place: Place, descent: Descent, size: int, *, settled: bool = False) -> None:
        self.repository, self.topic = place.repository, place.of.name
        self._place = place
        self._descent = descent
        self._size = size
        self._settled = settled

    def write(self, variables: Variables) -> str:
        return of_repository(self.repository, variables, self._place.of.entry(variables, self._size, self._descent.cursor))

    def take(self, data: Any) -> Iterable[Step]:
        place = self._place
        page = place.of.page(data)
        came = self._descent.advance(page.moments, page.next_cursor)
        ledger = Ledger.of(self._descent.mark.note)
        at_top = self._descent.cursor is None
        ledger = ledger.at_top(place.seen, page.total) if at_top else ledger.further(page.total)
        with place.store.transaction() as database:
            start = self._descent.floor if came.ended else min(page.moments)
            keep(database, place.of.table, place.key, start, ledger.bottom, page.moments)
            if came.ended:
                whole_at = came.mark.read_at if self._descent.whole else None
                ledger = ledger.arrived(*forget(database, place.of.table, place.key, came.since), whole_at)
            else:
                ledger = replace(ledger, bottom=start)
            came = came.noting(ledger.note())
            place.store.set_mark(database, place.key, place.of.name, came.mark)
        return self._following(came, ledger)

    def _following(self, came: Descent, ledger: Ledger) -> Iterable[Step]:
        settle = came.ended and ledger.doubtful and not self._settled and self._place.may_settle(ledger, came.now)
        descent = came.following(whole=settle)
        return [PageStep(self._place, descent, self._size, settled=self._settled or settle)] if descent else []

    def lighter(self) -> Step | None:
        size = smaller_page(self._size)
        if size is not None:
            return PageStep(self._place, self._descent, size, settled=self._settled)
        top = self._descent.from_top()
        return PageStep(self._place, top, self._size, settled=self._settled) if top else None
