"""Reads the pull requests that have changed, page by page, with the first review of each."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from exporter.sources.github.api.answer import read
from exporter.sources.github.api.descent import FULL_PAGE, Descent, smaller_page
from exporter.sources.github.api.query import Variables
from exporter.sources.github.api.steps import Step
from exporter.sources.github.closings import kept
from exporter.sources.github.figures import DAY
from exporter.sources.github.metrics.pull_requests import TOPIC
from exporter.sources.github.people import is_bot
from exporter.sources.github.pull_requests.answers import MoreOfRepository, PullRequest, PullRequestsOfRepository
from exporter.sources.github.pull_requests.queries import FEW, more_entry, page_entry
from exporter.sources.github.pull_requests.review import FirstReview
from exporter.sources.github.store import Store

__all__ = ["LIST", "PageStep", "Place"]

LIST = "pull_requests"
"""The name of the list in the store. The note of its mark says when the last reading of all that is needed began."""

_REVIEWS_NEEDED = 30 * DAY
"""Age up to which the first review of a closed pull request is looked for on further pages: no figure needs it after that."""
_A_UNIT = 34
"""Pull requests that weigh one unit, so that a full page weighs 3."""
_UPSERT = (
    "INSERT OR REPLACE INTO pull_request"
    " (repository, number, created, updated, closed, merged, by_bot, reviewed, cross_references, read_at, turns)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_FORGET_OLD = "DELETE FROM pull_request WHERE repository = ? AND updated < ?"
_FORGET_UNMET = "DELETE FROM pull_request WHERE repository = ? AND read_at <> ?"


@dataclass(frozen=True, slots=True)
class Place:
    """Of which repository pull requests are read, where they are kept, and whom the project counts as bots.

    `past` says that the states of the past are asked about as well.
    """

    repository: str
    key: int
    store: Store
    bots: frozenset[str]
    past: bool = False


class PageStep(Step):
    """A page of the pull requests of a repository, of `most` entries at most."""

    topic = TOPIC.name

    def __init__(self, place: Place, descent: Descent, most: int) -> None:
        self.repository = place.repository
        self._place = place
        self._descent = descent
        changed_only = descent.cursor is None and not descent.whole
        self._size = min(most, FEW) if changed_only else most
        self._most = most
        self.weight = 1 + (self._size - 1) // _A_UNIT

    def write(self, variables: Variables) -> str:
        return page_entry(variables, self.repository, self._size, self._descent.cursor, past=self._place.past)

    def take(self, data: Any) -> Iterable[Step]:
        said = read(PullRequestsOfRepository, data).pull_requests
        came = self._descent.advance([_seconds(pull.updated_at) for pull in said.nodes], said.page_info.next_cursor)
        page = _Page(self._place, self._descent, came, self._most)
        return page.begin(said.nodes)

    def lighter(self) -> Step | None:
        size = smaller_page(self._size)
        if size is not None:
            return PageStep(self._place, self._descent, size)
        top = self._descent.from_top()
        return PageStep(self._place, top, self._most) if top else None


@dataclass(slots=True)
class _Page:
    """A page that has come in. It is kept, with the mark, when the first review of every pull request on it is known: whatever
    interrupts that has the page read again.
    """

    place: Place
    descent: Descent
    came: Descent
    most: int
    found: list[tuple[PullRequest, FirstReview]] = field(default_factory=list)
    searching: int = 0

    def begin(self, pulls: Iterable[PullRequest]) -> list[Step]:
        """Takes in the pull requests; tells what to ask next."""
        steps: list[Step] = []
        for pull in pulls:
            search = FirstReview(pull.author, self.place.bots)
            search.add("reviews", pull.reviews)
            search.add("comments", pull.comments)
            self.found.append((pull, search))
            if search.unread and self._counts(pull):
                steps.append(_MoreStep(self, pull.number, search))
        self.searching = len(steps)
        return steps or self._keep()

    def decided(self) -> list[Step]:
        """One search is over; tells what to ask next."""
        self.searching -= 1
        return [] if self.searching else self._keep()

    def _counts(self, pull: PullRequest) -> bool:
        """Whether any figure needs the first review of a pull request, now or later."""
        young = self.place.past or _seconds(pull.created_at) > self.came.now - _REVIEWS_NEEDED
        return not is_bot(pull.author, self.place.bots) and (young or pull.closed_at is None)

    def _keep(self) -> list[Step]:
        place, everything = self.place, self.came.ended and self.descent.whole
        if everything:
            self.came = self.came.noting(str(self.came.mark.read_at))
        mark = self.came.mark
        with place.store.transaction() as database:
            database.executemany(_UPSERT, [self._row(pull, search) for pull, search in self.found])
            if self.came.ended:
                database.execute(_FORGET_OLD, (place.key, self.came.since))
            if everything:
                # What a reading of everything did not meet is hidden now, or was changed meanwhile and follows.
                database.execute(_FORGET_UNMET, (place.key, mark.read_at))
            place.store.set_mark(database, place.key, LIST, mark)
        descent = self.came.following()
        return [PageStep(place, descent, self.most)] if descent else []

    def _row(self, pull: PullRequest, search: FirstReview) -> tuple[Any, ...]:
        return (
            self.place.key,
            pull.number,
            _seconds(pull.created_at),
            _seconds(pull.updated_at),
            None if pull.closed_at is None else _seconds(pull.closed_at),
            None if pull.merged_at is None else _seconds(pull.merged_at),
            is_bot(pull.author, self.place.bots),
            search.at,
            pull.timeline_items.filtered_count,
            self.came.mark.read_at,
            None if pull.turns is None else kept(pull.turns.moments(pull.closed_at)),
        )


class _MoreStep(Step):
    """Further pages of the reviews and comments of a pull request, of which the ones before did not tell who came first."""

    topic = TOPIC.name

    def __init__(self, page: _Page, number: int, search: FirstReview, size: int = FULL_PAGE) -> None:
        self.repository = page.place.repository
        self._page = page
        self._number = number
        self._search = search
        self._size = size

    def write(self, variables: Variables) -> str:
        return more_entry(variables, self.repository, self._number, self._size, self._search.unread)

    def take(self, data: Any) -> Iterable[Step]:
        said = read(MoreOfRepository, data).pull_request
        for part, page in {part: said.part(part) for part in self._search.unread}.items():
            self._search.add(part, page)
        if self._search.unread:
            return [_MoreStep(self._page, self._number, self._search, self._size)]
        return self._page.decided()

    def lighter(self) -> Step | None:
        size = smaller_page(self._size)
        return _MoreStep(self._page, self._number, self._search, size) if size is not None else None


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
