"""Reads the moments at which stars were given, from the newest back.

An entry asks for a page of 100 stars and the length of the list, and for nobody who gave them. By GitHub's formula it costs 0.01
points and 100 nodes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from exporter.sources.github.api.answer import Answer, Count, Moment, PageInfo, read
from exporter.sources.github.api.descent import FULL_PAGE, Descent, smaller_page
from exporter.sources.github.api.query import Variables, of_repository
from exporter.sources.github.api.steps import Step
from exporter.sources.github.metrics.stars import TOPIC
from exporter.sources.github.stars.keeping import forget, keep
from exporter.sources.github.stars.ledger import Ledger
from exporter.sources.github.store import Store
from exporter.sources.github.store.marks import Mark

__all__ = ["LIST", "MANY", "PageStep", "Place"]

LIST = "stars"
"""The name of the list in the store; the note of its mark is a `Ledger`."""
MANY = 1000
"""Stars in the window up to which a doubt is settled at once; with more of them, once in every slow interval."""


class Star(Answer):
    """A star of which only the moment was asked for."""

    starred_at: Moment


class StarPage(Answer):
    """A page of the stars of a repository, the last given first; `total_count` counts those of all pages."""

    total_count: Count
    page_info: PageInfo
    edges: Annotated[list[Star], Field(max_length=FULL_PAGE)]

    @model_validator(mode="after")
    def _no_more_than_there_are(self) -> Self:
        if len(self.edges) > self.total_count:
            raise ValueError("more stars than are counted")
        return self


class StarsOfRepository(Answer):
    """What is asked of a repository for a page of stars."""

    stargazers: StarPage


@dataclass(frozen=True, slots=True)
class Place:
    """Of which repository stars are read, where they are kept, and how many its facts told (`seen`).

    `interval` is the time in seconds between two readings of the whole window where it holds more than MANY.
    """

    repository: str
    key: int
    seen: int
    store: Store
    interval: float

    def may_settle(self, ledger: Ledger, now: int) -> bool:
        """Whether the whole window may be read now, because of a doubt."""
        return ledger.kept <= MANY or not Mark(ledger.whole_at).recent(now, self.interval)


class PageStep(Step):
    """A page of the stars of a repository; `settled` says that a doubt has had the whole window read in this refresh."""

    topic = TOPIC.name

    def __init__(self, place: Place, descent: Descent, size: int, *, settled: bool = False) -> None:
        self.repository = place.repository
        self._place = place
        self._descent = descent
        self._size = size
        self._settled = settled

    def write(self, variables: Variables) -> str:
        cursor = self._descent.cursor
        after = "" if cursor is None else f", after: {variables.add('String!', cursor)}"
        page = "totalCount pageInfo { hasNextPage endCursor } edges { starredAt }"
        stars = f"stargazers(first: {self._size}{after}, orderBy: {{field: STARRED_AT, direction: DESC}}) {{ {page} }}"
        return of_repository(self.repository, variables, stars)

    def take(self, data: Any) -> Iterable[Step]:
        page = read(StarsOfRepository, data).stargazers
        moments = [int(star.starred_at.timestamp()) for star in page.edges]
        came, place = self._descent.advance(moments, page.page_info.next_cursor), self._place
        ledger = Ledger.of(self._descent.mark.note)
        at_top = self._descent.cursor is None
        ledger = ledger.at_top(place.seen, page.total_count) if at_top else ledger.further(page.total_count)
        with place.store.transaction() as database:
            start = self._descent.floor if came.ended else min(moments)
            keep(database, place.key, start, ledger.bottom, moments)
            if came.ended:
                whole_at = came.mark.read_at if self._descent.whole else None
                ledger = ledger.arrived(*forget(database, place.key, came.since), whole_at)
            else:
                ledger = replace(ledger, bottom=start)
            came = came.noting(ledger.note())
            place.store.set_mark(database, place.key, LIST, came.mark)
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
