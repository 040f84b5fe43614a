"""How issues are read, step by step: pages of what has changed, further comments, and what has gone."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from exporter.errors import Reason, UpstreamError
from exporter.sources.github.api.answer import read
from exporter.sources.github.api.descent import smaller_page
from exporter.sources.github.api.query import Variables
from exporter.sources.github.api.steps import Step
from exporter.sources.github.closings import reopened_then
from exporter.sources.github.figures import DAY
from exporter.sources.github.issues.answers import (
    CommentsOfRepository,
    Counted,
    IssueNode,
    IssuesOfRepository,
    ListingOfRepository,
)
from exporter.sources.github.issues.bugs import bugs_step
from exporter.sources.github.issues.place import LIST, IssueStep, Place, accepted
from exporter.sources.github.issues.queries import FEW, PAGE, comments_entry, count_name, counts_entry, listing_entry, page_entry
from exporter.sources.github.issues.table import Issue
from exporter.sources.github.issues.thread import Thread
from exporter.sources.github.people import is_bot

__all__ = ["CommentsStep", "PageStep", "boundaries"]

MOST_COMMENT_PAGES = 10
"""Further pages of comments of one issue that are read: 1,000 comments."""
MOST_BOUNDARIES = 100
"""Counts of one entry."""
_ROUNDS = 2
"""Times that a refresh looks for issues that have gone."""
_SLICE = 90
"""Issues that are kept of a slice that is listed, so that a page has room for some that are missing here."""
_FUTURE = 30 * DAY
"""Seconds by which the clocks of GitHub and of this machine cannot differ."""
_NODES_A_UNIT = 40
"""Issues of a page that weigh one unit: 40 times 122 nodes."""


@dataclass(frozen=True, eq=False)
class PageStep(IssueStep):
    """Reads the issues updated at or after `since`, `size` of them, and up to `most` of them on each page that follows.

    The next page begins with the last update of this one, and not at a cursor, so it misses nothing that changes meanwhile; only
    where a whole page has one and the same second, its `cursor` leads on. With the last page GitHub counts the issues of the
    window; where that is another number than are kept, `rounds` times at most is looked for what is missing on which side.
    `counted` are boundaries at which that is suspected already. With `until`, only a slice is read once more, which changes
    nothing about how far issues have been read.
    """

    place: Place
    since: int
    size: int = PAGE
    most: int = PAGE
    cursor: str | None = None
    counted: tuple[int, ...] = ()
    rounds: int = _ROUNDS
    until: int | None = None

    @property
    def weight(self) -> int:  # type: ignore[override]
        return -(-self.size // _NODES_A_UNIT)

    def write(self, variables: Variables) -> str:
        place = self.place
        return page_entry(variables, place.name, self.since, self.size, self.cursor, place.start, self.counted, past=place.past)

    def lighter(self) -> "PageStep | None":
        if self.counted:
            return replace(self, counted=())
        size = smaller_page(self.size)
        return None if size is None else replace(self, size=size, most=size)

    def take(self, data: Any) -> Iterable[Step]:
        place, said = self.place, read(IssuesOfRepository, data)
        counts = _counts(data, self.counted)
        came = [_Read.of(node, place) for node in said.issues.nodes]
        updates = [self.since, *(one.issue.updated for one in came)]
        if updates != sorted(updates):
            raise UpstreamError(Reason.MALFORMED, "GitHub listed issues in another order than was asked for")
        if updates[-1] > place.now + _FUTURE:
            # The next reading would begin there, and find nothing for ever.
            raise UpstreamError(Reason.MALFORMED, "GitHub listed an issue that is updated in the far future")
        following, last = said.issues.page_info.next_cursor, updates[-1]
        if following is not None and last == self.since and following == self.cursor:
            raise UpstreamError(Reason.MALFORMED, "GitHub led back to a page that has been read")
        if self.until is not None and last >= self.until:
            came, following = [one for one in came if one.issue.updated < self.until], None
        with place.store.transaction() as database:
            place.table.keep(database, (one.issue for one in came))
            if self.until is None:
                mark = place.mark
                upto = last if came else mark.upto
                mark = replace(mark, read_at=place.now, upto=upto, complete=mark.complete or following is None)
                place.store.set_mark(database, place.key, LIST, mark)
        for one in came:
            yield from one.further(place)
        if following is not None:
            since, cursor = (last, None) if last > self.since else (self.since, following)
            yield replace(self, since=since, size=self.most, cursor=cursor, counted=())
        elif self.until is None:
            yield from self._compare(said.recent.total_count, counts)
            yield from bugs_step(place)

    def _compare(self, recent: int, counts: Sequence[int]) -> Iterator[Step]:
        """What to do where GitHub counts another number of issues than are kept, once it has listed them all."""
        place = self.place
        more = recent - place.table.count(place.start)
        if more == accepted(place.mark):
            return
        if not self.rounds:
            # Looked at twice and still so: GitHub counts what it does not list, or the other way round.
            with place.store.transaction() as database:
                place.store.set_mark(database, place.key, LIST, replace(place.mark, note=str(more)))
        elif self.counted:
            yield from _listings(place, self.counted, counts, self.rounds - 1)
        else:
            yield CountStep(place, boundaries(place), self.rounds - 1)


@dataclass(frozen=True, eq=False)
class CountStep(IssueStep):
    """Counts the issues since each of some boundaries, to tell between which of them some have gone or are missing here."""

    place: Place
    boundaries: tuple[int, ...]
    rounds: int

    def write(self, variables: Variables) -> str:
        return counts_entry(variables, self.place.name, self.boundaries)

    def lighter(self) -> "CountStep | None":
        return None if len(self.boundaries) == 1 else replace(self, boundaries=self.boundaries[::2])

    def take(self, data: Any) -> Iterable[Step]:
        return _listings(self.place, self.boundaries, _counts(data, self.boundaries), self.rounds)


@dataclass(frozen=True, eq=False)
class ListStep(IssueStep):
    """Lists the issues updated from `start` to before `end`, and forgets those that are not among them.

    What is here and was not changed meanwhile stays as it is. Where the list has more, that part of it is read once more.
    """

    place: Place
    start: int
    end: int | None
    cursor: str | None = None
    there: Mapping[int, int] = field(default_factory=dict)

    def write(self, variables: Variables) -> str:
        return listing_entry(variables, self.place.name, self.start, self.cursor)

    def take(self, data: Any) -> Iterable[Step]:
        place, page = self.place, read(ListingOfRepository, data).issues
        came = {node.number: int(node.updated_at.timestamp()) for node in page.nodes}
        there = {**self.there, **{n: updated for n, updated in came.items() if self.end is None or updated < self.end}}
        beyond = any(updated >= self.end for updated in came.values()) if self.end is not None else False
        following = None if beyond else page.page_info.next_cursor
        if following is not None:
            if following == self.cursor:
                raise UpstreamError(Reason.MALFORMED, "GitHub led back to a page that has been read")
            yield replace(self, cursor=following, there=there)
            return
        here = place.table.between(self.start, self.end)
        if gone := here.keys() - there.keys():
            with place.store.transaction() as database:
                place.table.drop(database, gone)
        unknown = [updated for number, updated in there.items() if number not in here]
        if unknown:
            yield PageStep(place, min(unknown), until=max(unknown) + 1)


@dataclass(frozen=True, eq=False)
class CommentsStep(IssueStep):
    """Reads the comments of an issue beyond those that came with it, until they tell what figures ask."""

    place: Place
    number: int
    closed: bool
    report: bool
    thread: Thread = field(default_factory=Thread)
    cursor: str | None = None
    pages: int = 1

    def write(self, variables: Variables) -> str:
        return comments_entry(variables, self.place.name, self.number, self.cursor)

    def take(self, data: Any) -> Iterable[Step]:
        issue = read(CommentsOfRepository, data).issue
        if issue is None:
            # It has gone meanwhile, which the next count will tell.
            return
        thread = self.thread.after(issue.comments.nodes, issue.author, self.place.bots)
        following = issue.comments.page_info.next_cursor
        if following is not None and following == self.cursor:
            raise UpstreamError(Reason.MALFORMED, "GitHub led back to a page that has been read")
        decided = following is None or thread.decided(closed=self.closed, report=self.report)
        if not decided and self.pages < MOST_COMMENT_PAGES:
            yield replace(self, thread=thread, cursor=following, pages=self.pages + 1)
            return
        with self.place.store.transaction() as database:
            self.place.table.judge(database, self.number, thread, undecided=False)


@dataclass(frozen=True, slots=True)
class _Read:
    """An issue as it was read, and where its comments go on."""

    issue: Issue
    cursor: str | None

    @classmethod
    def of(cls, node: IssueNode, place: Place) -> "_Read":
        thread = Thread().after(node.comments.nodes, node.author, place.bots)
        labels, following = node.label_ids, node.comments.page_info.next_cursor
        by_bot = is_bot(node.author, place.bots)
        closed, turns = int(node.closed_at.timestamp()) if node.closed_at else None, node.reopenings.moments(node.closed_at)
        # Nobody owes a bot an answer, and no window reaches back to what was closed before this one.
        told = not by_bot and (closed is None or closed >= place.start)
        closed_once, reported_once = _asked_of(closed, labels, place)
        decided = following is None or not told or thread.decided(closed=closed_once, report=reported_once)
        issue = Issue(
            number=node.number,
            created=int(node.created_at.timestamp()),
            updated=int(node.updated_at.timestamp()),
            closed=closed,
            reopened=reopened_then(turns, place.now + _FUTURE),
            by_bot=by_bot,
            cross_references=node.mentions.filtered_count,
            labels=labels,
            undecided=not decided,
            thread=thread,
            turns=turns if place.past else (),
        )
        return cls(issue, following)

    def further(self, place: Place) -> Iterator[Step]:
        """The step that reads the other comments, where they matter."""
        issue = self.issue
        if issue.undecided:
            closed, report = _asked_of(issue.closed, issue.labels, place)
            yield CommentsStep(place, issue.number, closed, report, issue.thread, self.cursor)


def _asked_of(closed: int | None, labels: Collection[str], place: Place) -> tuple[bool, bool]:
    """Whether comments are read of an issue as of one that is closed, and as of a report.

    Where the past is asked about they are in any case: what is open now may have been closed then.
    """
    return closed is not None or place.past, place.report in labels or place.past


def boundaries(place: Place) -> tuple[int, ...]:
    """Moments that part the issues that are kept into slices of the same size, the first of them the start of the window."""
    updates = place.table.updates(place.start)
    size = max(_SLICE, -(-len(updates) // MOST_BOUNDARIES))
    return tuple(sorted({place.start, *updates[size::size]}))


def _counts(data: Any, at: Sequence[int]) -> list[int]:
    said = data if isinstance(data, dict) else {}
    return [read(Counted, said.get(count_name(i))).total_count for i in range(len(at))]


def _listings(place: Place, at: Sequence[int], counts: Sequence[int], rounds: int) -> Iterator[Step]:
    """The steps that list the slices of which GitHub counts another number of issues than are kept; nothing where there are none.

    An issue that is not there any more may have changed since it was counted: it is then among the last updates, which are read
    in the same query.
    """
    more = [count - place.table.count(since) for since, count in zip(at, counts, strict=True)]
    ends = [*at[1:], None]
    differing = [(start, end) for start, end, here, after in zip(at, ends, more, [*more[1:], 0], strict=True) if here != after]
    for start, end in differing:
        parts = [start, *sorted(set(sorted(place.table.between(start, end).values())[_SLICE::_SLICE]) - {start})]
        for first, following in pairwise([*parts, end]):
            assert first is not None
            yield ListStep(place, first, following)
    if differing:
        yield PageStep(place, max(place.mark.upto or 0, place.start), FEW, rounds=rounds)
