"""Reads the list of discussions from the last changed one back, page by page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from exporter.sources.github.api.answer import read
from exporter.sources.github.api.descent import Descent, smaller_page
from exporter.sources.github.api.query import Variables
from exporter.sources.github.api.steps import Step
from exporter.sources.github.discussions.answers import DiscussionPage, DiscussionsOfRepository
from exporter.sources.github.discussions.further import Desk, read_to_the_end
from exporter.sources.github.discussions.ledger import ALL, CHANGES, MONTH
from exporter.sources.github.discussions.numbers import compare
from exporter.sources.github.discussions.queries import page_entry
from exporter.sources.github.discussions.threads import Thread, seconds
from exporter.sources.github.metrics.discussions import TOPIC

__all__ = ["PAGES_A_REFRESH", "Page", "Purpose"]

PAGES_A_REFRESH = 40
"""Pages that are read anew for votes in one refresh; the next one goes on from there."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why the list is read: the name of its mark, and how long after the last listing of all numbers the next one may begin."""

    name: str
    slow_interval: float


class Page(Step):
    """A page of the list."""

    topic = TOPIC.name

    def __init__(self, desk: Desk, purpose: Purpose, descent: Descent, size: int, pages: int = 1) -> None:
        self.repository = desk.repository
        self._desk = desk
        self._purpose = purpose
        self._descent = descent
        self._size = size
        self._pages = pages

    def write(self, variables: Variables) -> str:
        return page_entry(variables, self.repository, self._size, self._descent.cursor)

    def take(self, data: Any) -> Iterable[Step]:
        page = read(DiscussionsOfRepository, data).discussions
        moments = [seconds(said.updated_at) for said in page.nodes]
        came = self._descent.advance(moments, page.page_info.next_cursor)
        floor = self._descent.floor
        # What lies below the floor has been read before.
        news = [said for said, moment in zip(page.nodes, moments, strict=True) if moment >= floor]
        return read_to_the_end(self._desk, news, lambda threads: self._keep(threads, page, came))

    def lighter(self) -> Step | None:
        size = smaller_page(self._size)
        if size is not None:
            return Page(self._desk, self._purpose, self._descent, size, self._pages)
        anew = self._descent.from_top()
        return None if anew is None else Page(self._desk, self._purpose, anew, self._size)

    def _keep(self, threads: Sequence[Thread], page: DiscussionPage, came: Descent) -> Iterable[Step]:
        """Keeps what came of a page, and goes on."""
        marks = [(self._purpose.name, came.mark)]
        if came.ended and self._descent.floor == 0:
            # Everything has just been read, with its votes.
            marks = [(name, came.mark) for name in dict.fromkeys((self._purpose.name, MONTH, ALL))]
        self._desk.ledger.keep(threads, marks)
        changes = self._purpose.name == CHANGES
        following = came.following() if changes or not came.ended else None
        if following is not None:
            if not changes and self._pages == PAGES_A_REFRESH:
                return []
            return [Page(self._desk, self._purpose, following, self._size, self._pages + 1)]
        if self._purpose.name == MONTH:
            return []
        return compare(self._desk, page.total_count, self._purpose.slow_interval)
