"""What GitHub may answer about discussions, as its schema says: every value checked before anything is made of it."""

from typing import Annotated

from pydantic import Field

from exporter.sources.github.api.answer import Answer, Count, Moment, PageInfo, Total
from exporter.sources.github.people import Actor

__all__ = [
    "Comment",
    "CommentPage",
    "CommentsOfDiscussion",
    "Discussion",
    "DiscussionOfRepository",
    "DiscussionPage",
    "DiscussionsOfRepository",
    "NumberPage",
    "NumbersOfRepository",
    "Post",
    "RepliesOfComment",
    "ReplyPage",
]

LONGEST_PAGE = 100
Number = Annotated[int, Field(gt=0, le=2**31 - 1)]


class Post(Answer):
    """A comment or a reply. One that is deleted stays in its place while others reply to it."""

    created_at: Moment
    author: Actor | None
    is_minimized: bool
    deleted_at: Moment | None
    upvote_count: Count

    @property
    def shown(self) -> bool:
        """Whether readers see it: neither hidden by a maintainer nor deleted."""
        return not self.is_minimized and self.deleted_at is None


class ReplyPage(Answer):
    """A page of the replies to a comment."""

    page_info: PageInfo
    nodes: Annotated[list[Post], Field(max_length=LONGEST_PAGE)]


class Comment(Post):
    """A comment with the first page of the replies to it."""

    id: str
    replies: ReplyPage


class CommentPage(Answer):
    """A page of the comments of a discussion."""

    page_info: PageInfo
    nodes: Annotated[list[Comment], Field(max_length=LONGEST_PAGE)]


class Category(Answer):
    """The category of a discussion; in an answerable one a comment can be accepted as the answer."""

    name: str
    is_answerable: bool


class Accepted(Answer):
    """The comment that was accepted as the answer of a discussion."""

    upvote_count: Count
    reactions: Total

    @property
    def votes(self) -> int:
        """How many upvotes and reactions it got."""
        return self.upvote_count + self.reactions.total_count


class Discussion(Answer):
    """A discussion with the first page of its comments; `is_answered` is None where its category is not answerable."""

    id: str
    number: Number
    created_at: Moment
    updated_at: Moment
    author: Actor | None
    upvote_count: Count
    is_answered: bool | None
    answer: Accepted | None
    answer_chosen_at: Moment | None = None
    category: Category
    comments: CommentPage


class DiscussionPage(Answer):
    """A page of the discussions of a repository; `total_count` counts those of all pages."""

    total_count: Count
    page_info: PageInfo
    nodes: Annotated[list[Discussion], Field(max_length=LONGEST_PAGE)]


class Numbered(Answer):
    """A discussion of which only the number was asked for, and when it was created."""

    number: Number
    created_at: Moment


class NumberPage(Answer):
    """A page of the numbers of the discussions of a repository."""

    total_count: Count
    page_info: PageInfo
    nodes: Annotated[list[Numbered], Field(max_length=LONGEST_PAGE)]


class DiscussionsOfRepository(Answer):
    """What is asked of a repository for a page of discussions."""

    discussions: DiscussionPage


class NumbersOfRepository(Answer):
    """What is asked of a repository for a page of numbers."""

    discussions: NumberPage


class DiscussionOfRepository(Answer):
    """What is asked of a repository for one discussion."""

    discussion: Discussion


class CommentsOfDiscussion(Answer):
    """What is asked of a discussion for a page of comments."""

    comments: CommentPage


class RepliesOfComment(Answer):
    """What is asked of a comment for a page of replies."""

    replies: ReplyPage
