"""How issues are read, step by step: pages of what has changed, further comments, and what has gone."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from exporter.errors import Reason, UpstreamError
from exporter.sources.github.api.answer import read
from exporter.sources.github.api.descent import smaller_page
from exporter.sources.github.api.query import Variables
from exporter.sources.github.api.steps import Step
from exporter.sources.github.issues.answers import (
    BugNode,
    BugsOfRepository,
    CommentsOfRepository,
    Counted,
    IssueNode,
    IssuesOfRepository,
    ListingOfRepository,
)
from exporter.sources.github.issues.queries import (
    PAGE,
    bugs_entry,
    comments_entry,
    count_name,
    counts_entry,
    listing_entry,
    page_entry,
)
from exporter.sources.github.issues.table import Issue, Table
from exporter.sources.github.issues.thread import Thread
from exporter.sources.github.metrics.issues import TOPIC
from exporter.sources.github.people import is_bot
from exporter.sources.github.store import Store
from exporter.sources.github.store.marks import Mark

__all__ = ["BUGS", "LIST", "CommentsStep", "PageStep", "Place", "accepted", "boundaries", "bugs_step"]

LIST = "issues"
"""The name of the mark. Its note is by how many GitHub counts more recent issues than it lists, where it does."""
BUGS = "issues/bugs"
"""The name of the mark that tells when the open bugs from before the window were read."""
MOST_COMMENT_PAGES = 10
"""Further pages of comments of one issue that are read: 1,000 comments."""
MOST_BOUNDARIES = 100
"""Counts of one entry."""
_ROUNDS = 2
"""Times that a refresh looks for issues that have gone."""
_NODES_A_UNIT = 40
"""Issues of a page that weigh one unit: 40 times 122 nodes."""


@dataclass(frozen=True, slots=True)
class Place:
    """Whose issues are read, and where they are kept.

    `name` is that of the repository and `key` its number in the store; `start` is where the window begins and `now` when the
    refresh did, in seconds since 1970; `report` is the id of the label of security reports, None where there is none. `bug` is
    the id of the label of bugs where there are so many open ones that those updated before the window are kept as well,
    `bug_label` its name, and `open_bugs` how many GitHub counts.
    """

    name: str
    key: int
    store: Store
    bots: frozenset[str]
    start: int
    now: int
    report: str | None
    bug: str | None = None
    bug_label: str = ""
    open_bugs: int = 0

    @property
    def table(self) -> Table:
        """The issues that are kept."""
        return Table(self.store, self.key)

    @property
    def mark(self) -> Mark:
        """How far issues have been read."""
        return self.store.mark(self.key, LIST) or Mark(self.now)


class _IssueStep(Step):
    """A step on behalf of the topic `issues` of one repository."""

    topic: str = TOPIC.name
    place: Place

    @property
    def repository(self) -> str:  # type: ignore[override]
        return self.place.name


@dataclass(frozen=True, eq=False)
class PageStep(_IssueStep):
    """Reads the issues updated at or after `since`, `size` of them.

    The next page begins with the last update of this one, and not at a cursor, so it misses nothing that changes meanwhile; only
    where a whole page has one and the same second, its `cursor` leads on. With the last page GitHub counts the issues of the
    window; where it has fewer than are kept, some have gone. `counted` are boundaries at which that is suspected already.
    """

    place: Place
    since: int
    size: int = PAGE
    cursor: str | None = None
    counted: tuple[int, ...] = ()
    rounds: int = _ROUNDS

    @property
    def weight(self) -> int:  # type: ignore[override]
        return -(-self.size // _NODES_A_UNIT)

    def write(self, variables: Variables) -> str:
        place = self.place
        return page_entry(variables, place.name, self.since, self.size, self.cursor, place.start, self.counted)

    def lighter(self) -> "PageStep | None":
        size = smaller_page(self.size)
        return None if size is None else replace(self, size=size)

    def take(self, data: Any) -> Iterable[Step]:
        place, said = self.place, read(IssuesOfRepository, data)
        counts = [read(Counted, data.get(count_name(i))).total_count for i in range(len(self.counted))]
        came = [_Read.of(node, place) for node in said.issues.nodes]
        updates = [self.since, *(one.issue.updated for one in came)]
        if updates != sorted(updates):
            raise UpstreamError(Reason.MALFORMED, "GitHub listed issues in another order than was asked for")
        following, last = said.issues.page_info.next_cursor, updates[-1]
        if following is not None and last == self.since and following == self.cursor:
            raise UpstreamError(Reason.MALFORMED, "GitHub led back to a page that has been read")
        with place.store.transaction() as database:
            place.table.keep(database, (one.issue for one in came))
            mark = place.mark
            upto = last if came else mark.upto
            mark = replace(mark, read_at=place.now, upto=upto, complete=mark.complete or following is None)
            place.store.set_mark(database, place.key, LIST, mark)
        for one in came:
            yield from one.further(place)
        if following is None:
            yield from self._compare(said.recent.total_count, counts)
            yield from bugs_step(place)
        elif last > self.since:
            yield replace(self, since=last, size=PAGE, cursor=None, counted=())
        else:
            yield replace(self, size=PAGE, cursor=following, counted=())

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
        elif more > 0:
            # Something came back that had been hidden, with an update of long ago.
            yield replace(self, since=place.start, size=PAGE, cursor=None, counted=(), rounds=self.rounds - 1)
        elif self.counted:
            yield from _listings(place, self.counted, counts, self.rounds - 1)
        else:
            yield CountStep(place, boundaries(place), self.rounds - 1)


@dataclass(frozen=True, eq=False)
class CountStep(_IssueStep):
    """Counts the issues since each of some boundaries, to tell between which of them some have gone."""

    place: Place
    boundaries: tuple[int, ...]
    rounds: int

    def write(self, variables: Variables) -> str:
        return counts_entry(variables, self.place.name, self.boundaries)

    def take(self, data: Any) -> Iterable[Step]:
        counts = [read(Counted, data.get(count_name(i))).total_count for i in range(len(self.boundaries))]
        return _listings(self.place, self.boundaries, counts, self.rounds)


@dataclass(frozen=True, slots=True)
class _Slice:
    """The issues updated from `start` to before `end`, `gone` of which GitHub has no more."""

    start: int
    end: int | None
    gone: int


@dataclass(frozen=True, eq=False)
class ListStep(_IssueStep):
    """Lists the numbers of the issues of a slice, and forgets those that are not among them; then the next slice."""

    place: Place
    slices: tuple[_Slice, ...]
    rounds: int
    cursor: str | None = None
    there: frozenset[int] = field(default_factory=frozenset)

    def write(self, variables: Variables) -> str:
        return listing_entry(variables, self.place.name, self.slices[0].start, self.cursor)

    def take(self, data: Any) -> Iterable[Step]:
        place, page = self.place, read(ListingOfRepository, data).issues
        (slice_, *rest), there = self.slices, self.there | {node.number for node in page.nodes}
        beyond = slice_.end is not None and any(node.updated_at.timestamp() >= slice_.end for node in page.nodes)
        following = None if beyond else page.page_info.next_cursor
        if following is not None:
            if following == self.cursor:
                raise UpstreamError(Reason.MALFORMED, "GitHub led back to a page that has been read")
            yield replace(self, cursor=following, there=there)
            return
        missing = place.table.missing(slice_.start, slice_.end, there)
        if len(missing) <= slice_.gone:
            with place.store.transaction() as database:
                place.table.drop(database, missing)
        if rest:
            yield replace(self, slices=tuple(rest), cursor=None, there=frozenset())
        elif len(missing) != slice_.gone:
            # One of those that are not there may have changed since the page was read, and be further up now.
            yield PageStep(place, place.mark.upto or place.start, rounds=self.rounds)


@dataclass(frozen=True, eq=False)
class BugsStep(_IssueStep):
    """Lists the open bugs that were not updated within the window, and keeps them beside the others.

    What happens to one of them later is an update, and read as such.
    """

    place: Place
    cursor: str | None = None
    there: frozenset[int] = field(default_factory=frozenset)
    weight: int = 2

    def write(self, variables: Variables) -> str:
        return bugs_entry(variables, self.place.name, self.place.bug_label, self.cursor)

    def take(self, data: Any) -> Iterable[Step]:
        place, page = self.place, read(BugsOfRepository, data).issues
        old = [node for node in page.nodes if node.updated_at.timestamp() < place.start]
        there = self.there | {node.number for node in old}
        following = page.page_info.next_cursor if len(old) == len(page.nodes) else None
        if following is not None and following == self.cursor:
            raise UpstreamError(Reason.MALFORMED, "GitHub led back to a page that has been read")
        with place.store.transaction() as database:
            place.table.keep(database, (_bug(node, place) for node in old))
            if following is None:
                assert place.bug is not None
                place.table.drop(database, place.table.old_open_with(place.bug, place.start) - there)
                place.store.set_mark(database, place.key, BUGS, Mark(place.now, complete=True))
        if following is not None:
            yield replace(self, cursor=following, there=there)


@dataclass(frozen=True, eq=False)
class CommentsStep(_IssueStep):
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
        labels, following = tuple(node.label_ids), node.comments.page_info.next_cursor
        closed = node.closed_at is not None
        decided = following is None or thread.decided(closed=closed, report=place.report in labels)
        issue = Issue(
            number=node.number,
            created=int(node.created_at.timestamp()),
            updated=int(node.updated_at.timestamp()),
            closed=int(node.closed_at.timestamp()) if node.closed_at else None,
            reopened=max((int(event.created_at.timestamp()) for event in node.reopenings.nodes), default=None),
            by_bot=is_bot(node.author, place.bots),
            cross_references=node.mentions.filtered_count,
            labels=labels,
            undecided=not decided,
            thread=thread,
        )
        return cls(issue, following)

    def further(self, place: Place) -> Iterator[Step]:
        """The step that reads the other comments, where they matter."""
        issue = self.issue
        if issue.undecided:
            report = place.report in issue.labels
            yield CommentsStep(place, issue.number, issue.closed is not None, report, issue.thread, self.cursor)


def bugs_step(place: Place) -> Iterator[Step]:
    """The step that reads the old bugs, where they are wanted and have not been read, or are others than GitHub counts."""
    if place.bug is None:
        return
    mark = place.store.mark(place.key, BUGS)
    if mark is None or len(place.table.open_with(place.bug)) != place.open_bugs:
        yield BugsStep(place)


def _bug(node: BugNode, place: Place) -> Issue:
    """A bug of which all that matters is that it is open, and its labels."""
    return Issue(
        number=node.number,
        created=int(node.created_at.timestamp()),
        updated=int(node.updated_at.timestamp()),
        closed=None,
        reopened=None,
        by_bot=is_bot(node.author, place.bots),
        cross_references=0,
        labels=tuple(node.label_ids),
        undecided=False,
        thread=Thread(),
    )


def accepted(mark: Mark) -> int:
    """By how many GitHub counts more recent issues than it lists."""
    return int(mark.note or 0)


def boundaries(place: Place) -> tuple[int, ...]:
    """Moments that part the issues that are kept into slices of the same size, the first of them the start of the window."""
    updates = place.table.updates(place.start)
    size = max(PAGE, -(-len(updates) // MOST_BOUNDARIES))
    return tuple(sorted({place.start, *updates[size::size]}))


def _listings(place: Place, at: Sequence[int], counts: Sequence[int], rounds: int) -> Iterator[Step]:
    """The step that lists the slices of which some issues have gone; nothing where none has."""
    gone = [place.table.count(since) - count for since, count in zip(at, counts, strict=True)]
    ends = [*at[1:], None]
    slices = tuple(
        _Slice(start, end, here - after)
        for start, end, here, after in zip(at, ends, gone, [*gone[1:], 0], strict=True)
        if here > after
    )
    if slices:
        yield ListStep(place, slices, rounds)
