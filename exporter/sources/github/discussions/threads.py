"""A discussion while it is read: what is kept of it, and which of its pages are still to come."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from exporter.errors import Reason, UpstreamError
from exporter.sources.github.api.answer import PageInfo
from exporter.sources.github.discussions.answers import CommentPage, Discussion, Post, ReplyPage
from exporter.sources.github.people import Actor, is_bot

__all__ = ["MOST_PAGES", "Census", "MorePosts", "Thread", "seconds"]

MOST_PAGES = 100
"""Further pages of comments and replies of one discussion that are read. What comes after them is left out, so that no discussion
keeps the others from being read, however long it is.
"""


@dataclass(frozen=True, slots=True)
class MorePosts:
    """A further page: of the comments of a discussion, or of the replies to the comment with that node id."""

    cursor: str
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Census:
    """Tells who wrote something: `person` makes the hash of a login, `bots` are the accounts that the project leaves out."""

    person: Callable[[str], bytes]
    bots: frozenset[str]


@dataclass(slots=True)
class Thread:
    """A discussion as it is kept.

    `posts` are what people wrote in it and readers see, each as moment and person. The person is None where the account is gone:
    somebody wrote it, but who cannot be told.
    """

    said: Discussion
    upvotes: int = 0
    posts: list[tuple[int, bytes | None]] = field(default_factory=list)
    _asked: set[MorePosts] = field(default_factory=set)

    @classmethod
    def begun(cls, said: Discussion, census: Census) -> tuple["Thread", list[MorePosts]]:
        """A thread with its opening and its first comments, and the pages to read next."""
        thread = cls(said, said.upvote_count)
        thread._note(said.created_at, said.author, census)
        return thread, thread.add_comments(said.comments, census)

    def add_comments(self, page: CommentPage, census: Census) -> list[MorePosts]:
        """Adds a page of comments with the replies on it; returns the pages to read next."""
        further = [more for comment in page.nodes for more in self._further(comment.replies.page_info, comment.id)]
        further += self._further(page.page_info, None)
        for comment in page.nodes:
            self._add((comment, *comment.replies.nodes), census)
        return further

    def add_replies(self, page: ReplyPage, comment: str, census: Census) -> list[MorePosts]:
        """Adds a page of the replies to a comment; returns the page to read next, if there is one."""
        further = self._further(page.page_info, comment)
        self._add(page.nodes, census)
        return further

    def _add(self, posts: Iterable[Post], census: Census) -> None:
        shown = [post for post in posts if post.shown]
        self.upvotes += sum(post.upvote_count for post in shown)
        for post in shown:
            self._note(post.created_at, post.author, census)

    def _note(self, at: datetime, author: Actor | None, census: Census) -> None:
        if not is_bot(author, census.bots):
            self.posts.append((seconds(at), None if author is None else census.person(author.login)))

    def _further(self, info: PageInfo, comment: str | None) -> list[MorePosts]:
        if info.next_cursor is None:
            return []
        page = MorePosts(info.next_cursor, comment)
        if page in self._asked:
            raise UpstreamError(Reason.MALFORMED, "GitHub led back to a page that has been read")
        if len(self._asked) == MOST_PAGES:
            return []
        self._asked.add(page)
        return [page]


def seconds(moment: datetime) -> int:
    """A moment of GitHub as the store keeps it."""
    return int(moment.timestamp())
