"""What there is on the fake GitHub: plain data that a test writes down and changes at will."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Literal

__all__ = ["PLANTED", "Asset", "Issue", "PullRequest", "Release", "Repository", "issues", "pull_requests"]

PLANTED = "planted-text-of-a-person"
"""Every text in this world that a person wrote; it must never leave the exporter."""
LONG_AGO = datetime(2025, 6, 1, tzinfo=UTC)

_numbers = count(1)


@dataclass
class Issue:
    """An issue, by default an open one without labels."""

    labels: tuple[str, ...] = ()
    closed: bool = False
    title: str = PLANTED


@dataclass
class PullRequest:
    """A pull request; CLOSED means closed without a merge."""

    state: Literal["OPEN", "CLOSED", "MERGED"] = "OPEN"
    title: str = PLANTED


@dataclass
class Asset:
    """A file of a release; `size` in bytes."""

    name: str
    download_count: int = 0
    size: int = 0


@dataclass
class Release:
    """A release, by default one that was published when it was created."""

    assets: list[Asset] = field(default_factory=list)
    created_at: datetime = LONG_AGO
    published_at: datetime | None = None
    is_draft: bool = False
    is_prerelease: bool = False
    id: str = field(default_factory=lambda: f"RE_{next(_numbers)}")


@dataclass
class Repository:
    """A repository, by default one that nobody has found yet."""

    name: str
    stargazer_count: int = 0
    fork_count: int = 0
    watchers: int = 0
    is_archived: bool = False
    created_at: datetime = LONG_AGO
    pushed_at: datetime | None = None
    issues: list[Issue] = field(default_factory=list)
    pull_requests: list[PullRequest] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)


def issues(number: int, *labels: str, closed: bool = False) -> list[Issue]:
    """That many issues with the same labels."""
    return [Issue(labels, closed) for _ in range(number)]


def pull_requests(*, opened: int = 0, closed: int = 0, merged: int = 0) -> list[PullRequest]:
    """Pull requests in each state; those closed were not merged."""
    return [*[PullRequest("OPEN")] * opened, *[PullRequest("CLOSED")] * closed, *[PullRequest("MERGED")] * merged]
