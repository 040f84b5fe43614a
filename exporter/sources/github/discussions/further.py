"""Reads discussions to their end: the further pages of their comments and of the replies to these."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from exporter.sources.github.api.answer import read
from exporter.sources.github.api.descent import FULL_PAGE, smaller_page
from exporter.sources.github.api.query import Variables
from exporter.sources.github.api.steps import Step
from exporter.sources.github.discussions.answers import CommentsOfDiscussion, Discussion, RepliesOfComment
from exporter.sources.github.discussions.ledger import Ledger
from exporter.sources.github.discussions.queries import comments_entry, replies_entry
from exporter.sources.github.discussions.threads import Census, MorePosts, Thread
from exporter.sources.github.metrics.discussions import TOPIC

__all__ = ["Desk", "read_to_the_end"]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the discussions of one repository are read: its name, what is kept of it, and who counts as a person."""

    repository: str
    ledger: Ledger
    census: Census


Then = Callable[[Sequence[Thread]], Iterable[Step]]


def read_to_the_end(desk: Desk, discussions: Iterable[Discussion], then: Then) -> Iterable[Step]:
    """The steps for the further pages of discussions; when the last one is in, or at once where there is none, does `then`.

    What came of the discussions is in memory until then, so that they are kept as a whole or not at all.
    """
    begun = [Thread.begun(said, desk.census) for said in discussions]
    gathering = _Gathering(desk, [thread for thread, _ in begun], then)
    return gathering.after([(thread, more) for thread, pages in begun for more in pages])


class _Gathering:
    """Discussions of which further pages are on their way."""

    def __init__(self, desk: Desk, threads: Sequence[Thread], then: Then) -> None:
        self.desk = desk
        self._threads = threads
        self._then = then
        self._waiting = 0

    def after(self, more: Sequence[tuple[Thread, MorePosts]], came: int = 0) -> Iterable[Step]:
        """The steps that follow when so many pages came and told of more."""
        self._waiting += len(more) - came
        return [_Further(self, thread, page) for thread, page in more] if self._waiting else self._then(self._threads)


class _Further(Step):
    """A further page of a discussion."""

    topic = TOPIC.name

    def __init__(self, gathering: _Gathering, thread: Thread, page: MorePosts, size: int = FULL_PAGE) -> None:
        self.repository = gathering.desk.repository
        self._gathering = gathering
        self._thread = thread
        self._page = page
        self._size = size

    def write(self, variables: Variables) -> str:
        if self._page.comment is None:
            return comments_entry(variables, self._thread.said.id, self._size, self._page.cursor)
        return replies_entry(variables, self._page.comment, self._size, self._page.cursor)

    def take(self, data: Any) -> Iterable[Step]:
        census = self._gathering.desk.census
        if self._page.comment is None:
            more = self._thread.add_comments(read(CommentsOfDiscussion, data).comments, census)
        else:
            more = self._thread.add_replies(read(RepliesOfComment, data).replies, self._page.comment, census)
        return self._gathering.after([(self._thread, page) for page in more], came=1)

    def lighter(self) -> Step | None:
        size = smaller_page(self._size)
        return None if size is None else _Further(self._gathering, self._thread, self._page, size)
