"""Finds discussions that came or went unseen, by their numbers alone.

One that is deleted, or transferred to another repository, leaves no trace in the list of what has changed; one that is
transferred here may come with the time of its last update elsewhere. Both are told by the length of the list.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from exporter.sources.github.api.answer import read
from exporter.sources.github.api.descent import smaller_page
from exporter.sources.github.api.query import Variables
from exporter.sources.github.api.steps import Step
from exporter.sources.github.discussions.answers import DiscussionOfRepository, NumbersOfRepository
from exporter.sources.github.discussions.further import Desk, read_to_the_end
from exporter.sources.github.discussions.ledger import NUMBERS
from exporter.sources.github.discussions.listing import Listing
from exporter.sources.github.discussions.queries import COMMENTS, discussion_entry, numbers_entry
from exporter.sources.github.discussions.threads import Thread, seconds
from exporter.sources.github.metrics.discussions import TOPIC

__all__ = ["FEW", "PAGES_A_REFRESH", "compare"]

FEW = 1000
"""Discussions whose numbers are listed as often as it takes; those of more, 100 a request, begin once in `slow_interval`."""
PAGES_A_REFRESH = 50
"""Pages of numbers that are read in one refresh; the next one goes on from there."""


def compare(desk: Desk, total: int, slow_interval: float) -> Iterable[Step]:
    """The steps that make the store have the discussions that GitHub has; none where it counts as many (`total`) as are kept.

    Nor are there any for a while where all that is listed is kept: GitHub then counts what it does not list.
    """
    ledger = desk.ledger
    kept, mark = ledger.count(), ledger.mark(NUMBERS)
    if mark is not None and mark.recent(ledger.now, slow_interval):
        last = Listing.of(mark)
        if last.total is None:
            return [_Numbers(desk, last)]
        if total > FEW or (last.total == total > kept == last.count):
            return []
    return [] if kept == total else [_Numbers(desk, Listing(ledger.now))]


class _Numbers(Step):
    """A page of the numbers. Each page is compared with what is kept of its time, so that a listing can be gone on with later."""

    topic = TOPIC.name

    def __init__(self, desk: Desk, listing: Listing, pages: int = 1) -> None:
        self.repository = desk.repository
        self._desk = desk
        self._listing = listing
        self._pages = pages

    def write(self, variables: Variables) -> str:
        return numbers_entry(variables, self.repository, self._listing.cursor)

    def take(self, data: Any) -> Iterable[Step]:
        page = read(NumbersOfRepository, data).discussions
        listed = {node.number: seconds(node.created_at) for node in page.nodes}
        after = self._listing.advance(listed, page.page_info.next_cursor, page.total_count)
        unread = self._desk.ledger.compare(self._listing, listed, after)
        steps: list[Step] = [_Single(self._desk, number) for number in unread]
        if after.cursor is not None and self._pages < PAGES_A_REFRESH:
            steps.append(_Numbers(self._desk, after, self._pages + 1))
        return steps

    def lighter(self) -> Step | None:
        # The place where the last refresh stopped may be one that GitHub no longer knows.
        return None if self._listing.cursor is None else _Numbers(self._desk, Listing(self._desk.ledger.now))


class _Single(Step):
    """A discussion that is listed but has not been read."""

    topic = TOPIC.name

    def __init__(self, desk: Desk, number: int, size: int = COMMENTS) -> None:
        self.repository = desk.repository
        self._desk = desk
        self._number = number
        self._size = size

    def write(self, variables: Variables) -> str:
        return discussion_entry(variables, self.repository, self._number, self._size)

    def take(self, data: Any) -> Iterable[Step]:
        return read_to_the_end(self._desk, [read(DiscussionOfRepository, data).discussion], self._keep)

    def lighter(self) -> Step | None:
        size = smaller_page(self._size)
        return None if size is None else _Single(self._desk, self._number, size)

    def _keep(self, threads: Sequence[Thread]) -> Iterable[Step]:
        self._desk.ledger.keep(threads)
        return []
