"""What GitHub may answer about issues."""

from typing import Annotated

from pydantic import Field

from exporter.sources.github.api.answer import Answer, Count, Moment, PageInfo, Total
from exporter.sources.github.closings import Turns
from exporter.sources.github.issues.queries import PAGE
from exporter.sources.github.people import Actor

__all__ = [
    "BugNode",
    "BugsOfRepository",
    "Comment",
    "CommentPage",
    "CommentsOfRepository",
    "Counted",
    "IssueNode",
    "IssuesOfRepository",
    "ListingOfRepository",
]


class Comment(Answer):
    """A comment; one that is hidden as spam or as off-topic is minimised."""

    created_at: Moment
    is_minimized: bool
    author_association: str
    author: Actor | None


class CommentPage(Answer):
    """A page of the comments of an issue, the first written first."""

    page_info: PageInfo
    nodes: Annotated[list[Comment], Field(max_length=PAGE)]


class _Label(Answer):
    id: str


class _Labels(Answer):
    nodes: Annotated[list[_Label], Field(max_length=PAGE)]


class _Mentions(Answer):
    filtered_count: Count


class BugNode(Answer):
    """An issue of which no more is asked than who opened it when, and its labels."""

    number: Annotated[int, Field(ge=1, le=2**53)]
    created_at: Moment
    updated_at: Moment
    author: Actor | None
    labels: _Labels | None

    @property
    def label_ids(self) -> tuple[str, ...]:
        """The identities of its labels."""
        return () if self.labels is None else tuple(label.id for label in self.labels.nodes)


class IssueNode(BugNode):
    """An issue with the first page of its comments."""

    closed_at: Moment | None
    comments: CommentPage
    reopenings: Turns
    mentions: _Mentions


class _IssuePage(Answer):
    page_info: PageInfo
    nodes: Annotated[list[IssueNode], Field(max_length=PAGE)]


class IssuesOfRepository(Answer):
    """What `page_entry` asks for."""

    issues: _IssuePage
    recent: Total


class _Thread(Answer):
    author: Actor | None
    comments: CommentPage


class CommentsOfRepository(Answer):
    """What `comments_entry` asks for; `issue` is None where there is none of that number any more."""

    issue: _Thread | None


class _Numbered(Answer):
    number: Annotated[int, Field(ge=1, le=2**53)]
    updated_at: Moment


class _Listing(Answer):
    page_info: PageInfo
    nodes: Annotated[list[_Numbered], Field(max_length=PAGE)]


class ListingOfRepository(Answer):
    """What `listing_entry` asks for."""

    issues: _Listing


class _BugPage(Answer):
    page_info: PageInfo
    nodes: Annotated[list[BugNode], Field(max_length=PAGE)]


class BugsOfRepository(Answer):
    """What `bugs_entry` asks for."""

    issues: _BugPage


class Counted(Total):
    """One of the counts that `counts_entry` asks for."""
