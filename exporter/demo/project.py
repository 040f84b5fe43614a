"""The project as its forge knows it: what was opened, said, closed and released, and when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from exporter.demo.people import Person

__all__ = [
    "ANSWERABLE",
    "REPOSITORY",
    "Asset",
    "Commit",
    "Discussion",
    "Entry",
    "Issue",
    "Project",
    "PullRequest",
    "Release",
    "Remark",
]

REPOSITORY = "caro-cli/caro"
ANSWERABLE = "Q&A"
"""The category of discussions in which a comment may be accepted as the answer."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment or a review."""

    at: datetime
    by: Person


@dataclass(frozen=True, slots=True)
class Entry:
    """What issues, pull requests and discussions have in common; they are numbered together."""

    number: int
    at: datetime
    by: Person


@dataclass(frozen=True, slots=True)
class Issue(Entry):
    """An issue; `closed` is None while it is open."""

    labels: tuple[str, ...] = ()
    closed: datetime | None = None
    comments: tuple[Remark, ...] = ()

    @property
    def updated(self) -> datetime:
        """When something was last done to it."""
        return _latest(self.at, self.closed, self.comments)


@dataclass(frozen=True, slots=True)
class PullRequest(Entry):
    """A pull request; `merged` says how it ended, where it has."""

    closed: datetime | None = None
    merged: bool = False
    reviews: tuple[Remark, ...] = ()
    mergeable: str = "MERGEABLE"

    @property
    def updated(self) -> datetime:
        """When something was last done to it."""
        return _latest(self.at, self.closed, self.reviews)


@dataclass(frozen=True, slots=True)
class Discussion(Entry):
    """A discussion; where it is `answered`, the first comment is the answer."""

    category: str
    answered: bool = False
    comments: tuple[Remark, ...] = ()

    @property
    def updated(self) -> datetime:
        """When something was last said in it."""
        return _latest(self.at, None, self.comments)


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of a release; `size` in bytes."""

    name: str
    size: int
    downloads: int


@dataclass(frozen=True, slots=True)
class Release:
    """A release that was published."""

    number: int
    tag: str
    at: datetime
    assets: tuple[Asset, ...]


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit on the default branch."""

    oid: str
    at: datetime
    by: Person


@dataclass(slots=True)
class Project:
    """All of it at the present moment. Lists begin with the oldest entry; `stars` and `forks` are moments.

    More may be appended to a list at any time, by one thread.
    """

    created: datetime
    stars: list[datetime] = field(default_factory=list)
    forks: list[datetime] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    pull_requests: list[PullRequest] = field(default_factory=list)
    discussions: list[Discussion] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)
    commits: list[Commit] = field(default_factory=list)
    watchers: int = 0

    def open_issues(self) -> Iterator[Issue]:
        """Those that nobody has closed."""
        return (issue for issue in self.issues if issue.closed is None)

    def report_bugs(self, priority: str, count: int, at: datetime, by: Person) -> None:
        """Somebody reports so many bugs of a priority."""
        for _ in range(count):
            self.issues.append(Issue(self.next_number(), at, by, ("bug", priority)))

    def give_stars(self, moments: Sequence[datetime]) -> None:
        """So many more people like it."""
        self.stars.extend(moments)

    def next_number(self) -> int:
        """The number of the next entry."""
        listed: tuple[Entry, ...] = (*self.issues, *self.pull_requests, *self.discussions)
        return max((entry.number for entry in listed), default=0) + 1


def _latest(opened: datetime, closed: datetime | None, remarks: Sequence[Remark]) -> datetime:
    return max((opened, *([closed] if closed else []), *(remark.at for remark in remarks)), default=opened)
