"""What GitHub may answer, as its schema says: every value checked for presence, type and range before anything is made of it."""

from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any, ClassVar, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from exporter.errors import Reason, UpstreamError
from exporter.sources.github.queries import ASSETS, LABELS, PAGE

__all__ = [
    "Answer",
    "Asset",
    "AssetsOfRelease",
    "BugPage",
    "BugsOfRepository",
    "PageInfo",
    "Quota",
    "ReleaseNode",
    "ReleasePage",
    "ReleasesOfRepository",
    "RepositoryFacts",
    "SeenRepository",
    "Total",
    "read",
]

Model = TypeVar("Model", bound=BaseModel)

LARGEST = 2**53
"""Counts up to here are exact as numbers of JSON and of Prometheus."""


def _moment(text: Any) -> datetime:
    """GitHub's DateTime; pydantic's own reading of dates also takes numbers."""
    if not isinstance(text, str):
        raise ValueError("not a text")
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("not a moment without its zone")
    return moment


Count = Annotated[int, Field(ge=0, le=LARGEST)]
Moment = Annotated[datetime, BeforeValidator(_moment)]


class Answer(BaseModel):
    """A part of an answer: types are never converted, and fields have GitHub's names."""

    model_config: ClassVar[ConfigDict] = ConfigDict(strict=True, frozen=True, alias_generator=to_camel)


class Quota(Answer):
    """The quota of the token: `remaining` of `limit` points until `reset_at`, after a query that took `cost`."""

    cost: Count
    limit: Count
    remaining: Count
    reset_at: Moment


class Total(Answer):
    """A connection of which only the length was asked for."""

    total_count: Count


class PageInfo(Answer):
    """Where the next page starts, if there is one."""

    has_next_page: bool
    end_cursor: str | None

    @model_validator(mode="after")
    def _a_start(self) -> Self:
        if self.has_next_page and not self.end_cursor:
            raise ValueError("a further page that starts nowhere")
        return self

    @property
    def next_cursor(self) -> str | None:
        """The cursor of the next page; None on the last one."""
        return self.end_cursor if self.has_next_page else None


class Label(Answer):
    """A label of an issue."""

    name: str


class Labels(Answer):
    """The labels of an issue."""

    nodes: Annotated[list[Label], Field(max_length=LABELS)]


class Bug(Answer):
    """An open issue with the bug label."""

    labels: Labels


class BugPage(Answer):
    """A page of the open bugs of a repository; `total_count` counts those of all pages."""

    total_count: Count
    page_info: PageInfo
    nodes: Annotated[list[Bug], Field(max_length=PAGE)]


class Asset(Answer):
    """A file of a release; `size` in bytes."""

    name: str
    size: Count
    download_count: Count


class AssetPage(Answer):
    """A page of the assets of a release."""

    page_info: PageInfo
    nodes: Annotated[list[Asset], Field(max_length=ASSETS)]


class ReleaseNode(Answer):
    """A release with the first page of its assets; a draft has not been published."""

    id: str
    is_draft: bool
    created_at: Moment
    published_at: Moment | None
    release_assets: AssetPage

    @property
    def time(self) -> datetime:
        """When it was published."""
        return self.published_at or self.created_at


class ReleasePage(Answer):
    """A page of the releases of a repository, the last created first."""

    page_info: PageInfo
    nodes: Annotated[list[ReleaseNode], Field(max_length=PAGE)]

    @property
    def published(self) -> list[ReleaseNode]:
        """The releases that are no drafts."""
        return [release for release in self.nodes if not release.is_draft]


class RepositoryFacts(Answer):
    """What `repositories_query` asks of one repository."""

    stargazer_count: Count
    fork_count: Count
    is_archived: bool
    created_at: Moment
    pushed_at: Moment | None
    watchers: Total
    open_issues: Total
    closed_issues: Total
    open_pulls: Total
    closed_pulls: Total
    merged_pulls: Total
    bugs: BugPage
    releases: ReleasePage


class SeenRepository(Answer):
    """What `visibility_query` asks of one repository."""

    issues: Total
    pull_requests: Total
    releases: Total


class BugsOfRepository(Answer):
    """What `pages_query` asks of one repository for a page of bugs."""

    bugs: BugPage


class ReleasesOfRepository(Answer):
    """What `pages_query` asks of one repository for a page of releases."""

    releases: ReleasePage


class AssetsOfRelease(Answer):
    """What `pages_query` asks of one release."""

    release_assets: AssetPage


def read(model: type[Model], data: Any) -> Model:
    """What `data` says; raises UpstreamError(MALFORMED) where it is not what the schema promises."""
    with suppress(ValidationError):
        return model.model_validate(data)
    raise UpstreamError(Reason.MALFORMED, "GitHub answered what does not fit its schema")
