"""The search for the first review of a pull request, over as few pages of its reviews and comments as tell it."""

from dataclasses import dataclass, field

from exporter.errors import Reason, UpstreamError
from exporter.sources.github.people import Actor, is_other_person
from exporter.sources.github.pull_requests.answers import RemarkPage

__all__ = ["MOST_PAGES", "FirstReview"]

MOST_PAGES = 10
"""Further pages of reviews, and of comments, that are read of one pull request: a person who comes after 1,000 remarks of bots
and of the author is not waited for.
"""


@dataclass(frozen=True, slots=True)
class _Unread:
    """What follows after `cursor`: nothing in it is earlier than `begins`, in seconds."""

    cursor: str
    begins: int
    pages: int


@dataclass(slots=True)
class FirstReview:
    """What is known of the first review, while pages come in.

    A review is one by a person other than `author`, or a comment by one. `at` is the earliest seen so far, in seconds since 1970.
    """

    author: Actor | None
    bots: frozenset[str]
    at: int | None = None
    _unread: dict[str, _Unread] = field(default_factory=dict)

    def add(self, part: str, page: RemarkPage) -> None:
        """Takes in a page of `part`: reviews or comments.

        Raises UpstreamError(MALFORMED) where it leads nowhere.
        """
        for remark in page.remarks:
            if remark.shown_at is not None and is_other_person(remark.author, self.author, self.bots):
                at = int(remark.shown_at.timestamp())
                self.at = at if self.at is None else min(at, self.at)
        before, cursor = self._unread.pop(part, None), page.page_info.next_cursor
        if cursor is None:
            return
        if not page.remarks or (before is not None and before.cursor == cursor):
            raise UpstreamError(Reason.MALFORMED, "GitHub led to no further page of a pull request")
        pages = before.pages + 1 if before is not None else 0
        if pages < MOST_PAGES:
            self._unread[part] = _Unread(cursor, int(page.remarks[-1].created_at.timestamp()), pages)

    @property
    def unread(self) -> dict[str, str]:
        """The cursors of the pages that may hold an earlier one, by their part; none where the search is over."""
        return {part: rest.cursor for part, rest in self._unread.items() if self.at is None or rest.begins < self.at}
