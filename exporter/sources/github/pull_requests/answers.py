"""What GitHub may answer about pull requests, as its schema says: every value checked before anything is made of it."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from exporter.errors import Reason, UpstreamError
from exporter.sources.github.api.answer import Answer, Count, Moment, PageInfo
from exporter.sources.github.closings import Turns
from exporter.sources.github.people import Actor

__all__ = [
    "CommentPage",
    "Mergeable",
    "MergeableOfRepository",
    "MoreOfRepository",
    "OpenPage",
    "PullRequest",
    "PullRequestsOfRepository",
    "Remark",
    "RemarkPage",
    "ReviewPage",
]

LONGEST_PAGE = 100
Number = Annotated[int, Field(gt=0, le=2**31 - 1)]


class Remark(Answer, ABC):
    """A review of a pull request or a comment on it."""

    created_at: Moment
    is_minimized: bool
    author: Actor | None

    @property
    @abstractmethod
    def shown_at(self) -> datetime | None:
        """From when on others see it; None where they do not."""


class Review(Remark):
    """A review; a pending one is seen by its author alone, who submits it some time after having begun it."""

    submitted_at: Moment | None
    state: str

    @property
    def shown_at(self) -> datetime | None:
        return None if self.is_minimized or self.state == "PENDING" else self.submitted_at


class Comment(Remark):
    """A comment; a minimised one was hidden by a maintainer."""

    @property
    def shown_at(self) -> datetime | None:
        return None if self.is_minimized else self.created_at


class RemarkPage(Answer, ABC):
    """A page of remarks, the first created first."""

    page_info: PageInfo

    @property
    @abstractmethod
    def remarks(self) -> Sequence[Remark]:
        """The remarks of the page."""


class ReviewPage(RemarkPage):
    """A page of the reviews of a pull request."""

    nodes: Annotated[list[Review], Field(max_length=LONGEST_PAGE)]

    @property
    def remarks(self) -> Sequence[Remark]:
        return self.nodes


class CommentPage(RemarkPage):
    """A page of the comments on a pull request."""

    nodes: Annotated[list[Comment], Field(max_length=LONGEST_PAGE)]

    @property
    def remarks(self) -> Sequence[Remark]:
        return self.nodes


class Mentions(Answer):
    """The timeline of a pull request, of which only the mentions elsewhere were asked for."""

    filtered_count: Count


class PullRequest(Answer):
    """A pull request with the first of its reviews and comments; `closed_at` is None where it is open, also once more.

    `turns` are all its closings and reopenings, where they were asked for.
    """

    number: Number
    created_at: Moment
    updated_at: Moment
    closed_at: Moment | None
    merged_at: Moment | None
    author: Actor | None
    reviews: ReviewPage
    comments: CommentPage
    timeline_items: Mentions
    turns: Turns | None = None


class PullRequestPage(Answer):
    """A page of the pull requests of a repository."""

    page_info: PageInfo
    nodes: Annotated[list[PullRequest], Field(max_length=LONGEST_PAGE)]


class PullRequestsOfRepository(Answer):
    """What is asked of a repository for a page of pull requests."""

    pull_requests: PullRequestPage


class More(Answer):
    """Further pages of a pull request: those that were asked for."""

    reviews: ReviewPage | None = None
    comments: CommentPage | None = None

    def part(self, name: str) -> RemarkPage:
        """The page of the reviews or of the comments; raises UpstreamError(MALFORMED) where it is missing."""
        page = self.reviews if name == "reviews" else self.comments
        if page is None:
            raise UpstreamError(Reason.MALFORMED, "GitHub left out a page of a pull request")
        return page


class MoreOfRepository(Answer):
    """What is asked of a repository for further pages of one pull request."""

    pull_request: More


class Mergeable(StrEnum):
    """Whether a pull request can be merged; GitHub works that out when somebody asks."""

    MERGEABLE = "MERGEABLE"
    CONFLICTING = "CONFLICTING"
    UNKNOWN = "UNKNOWN"


class OpenPullRequest(Answer):
    """An open pull request of which only that was asked for."""

    mergeable: Annotated[Mergeable, Field(strict=False)]


class OpenPage(Answer):
    """A page of the open pull requests of a repository."""

    page_info: PageInfo
    nodes: Annotated[list[OpenPullRequest], Field(max_length=LONGEST_PAGE)]


class MergeableOfRepository(Answer):
    """What is asked of a repository for a page of its open pull requests."""

    pull_requests: OpenPage
