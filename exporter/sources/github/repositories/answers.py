"""What GitHub may answer, as its schema says: every value checked for presence, type and range before anything is made of it."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from exporter.sources.github.api.answer import Answer, Count, Moment, PageInfo, Total
from exporter.sources.github.repositories.queries import ASSETS, LABELS, PAGE

__all__ = [
    "Asset",
    "AssetsOfRelease",
    "BugPage",
    "BugsOfRepository",
    "Identity",
    "ReleaseNode",
    "ReleasePage",
    "ReleasesOfRepository",
    "RepositoryChanges",
    "RepositoryDiscussions",
    "RepositoryFacts",
]


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


class Updated(Answer):
    """The moment of the last update of something."""

    updated_at: Moment


class LastUpdated(Answer):
    """The first entry of a list that begins with what was updated last."""

    nodes: Annotated[list[Updated], Field(max_length=1)]

    @property
    def moment(self) -> datetime | None:
        """When that was; None where the list is empty."""
        return self.nodes[0].updated_at if self.nodes else None


class LastOfAll(LastUpdated):
    """The same, with the length of the whole list."""

    total_count: Count


class Head(Answer):
    """A commit."""

    oid: str


class Branch(Answer):
    """A branch; GitHub has no target where it cannot be read."""

    target: Head | None


class Identity(Answer):
    """Something that has a node id."""

    id: str


class RepositoryDiscussions(Answer):
    """What `repositories_query` asks of the discussions of a repository."""

    last_discussion: LastOfAll


class RepositoryChanges(Answer):
    """What `repositories_query` asks beside the facts where topics are read."""

    id: str
    stargazer_count: Count
    fork_count: Count
    open_pulls: Total
    bugs: Total
    default_branch_ref: Branch | None
    last_issue: LastUpdated
    recent_issues: Total
    last_pull: LastUpdated

    @property
    def head(self) -> str | None:
        """The commit at the tip of the default branch; None in an empty repository."""
        branch = self.default_branch_ref
        return branch.target.oid if branch is not None and branch.target is not None else None


class BugsOfRepository(Answer):
    """What `pages_query` asks of one repository for a page of bugs."""

    bugs: BugPage


class ReleasesOfRepository(Answer):
    """What `pages_query` asks of one repository for a page of releases."""

    releases: ReleasePage


class AssetsOfRelease(Answer):
    """What `pages_query` asks of one release."""

    release_assets: AssetPage
