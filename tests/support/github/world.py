"""What there is on the fake GitHub: plain data that a test writes down and changes at will.

Moments are timezone-aware, in UTC, with whole seconds. An author that is None is an account that is gone. Things are compared by
identity. What GitHub does to a thing when something happens to it, such as a new `updated_at`, is in `actions`.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain, count
from typing import Any, Literal

__all__ = [
    "LONG_AGO",
    "PLANTED",
    "Account",
    "Asset",
    "Category",
    "Comment",
    "Commit",
    "Discussion",
    "Issue",
    "Label",
    "PullRequest",
    "Release",
    "Repository",
    "Review",
    "Star",
    "issues",
    "new_id",
    "pull_requests",
]

PLANTED = "planted-text-of-a-person"
"""Every text in this world that a person wrote; it must never leave the exporter. Logins and addresses hold "planted" too."""
LONG_AGO = datetime(2025, 6, 1, tzinfo=UTC)
NOT_SAID = datetime.min.replace(tzinfo=UTC)
"""Stands for an `updated_at` that follows from the other moments of a thing."""

AccountKind = Literal["User", "Bot", "Mannequin", "Organization"]

_numbers = count(1)


def new_id(prefix: str) -> str:
    """An id that no other thing has and that sorts after all those given before."""
    return f"{prefix}_{next(_numbers):09d}"


def _id(prefix: str) -> Any:
    return field(default_factory=lambda: new_id(prefix))


@dataclass(eq=False)
class Account:
    """Who does things on GitHub. The login of a bot is as GraphQL has it, without [bot]."""

    login: str
    kind: AccountKind = "User"
    id: str = _id("U")


SOMEBODY = Account("planted-somebody")


@dataclass(eq=False)
class Placed:
    """A thing that is somewhere: `place` is the repository or thread it was in when the server last gave it away."""

    place: Any = field(default=None, init=False, repr=False)


@dataclass(eq=False)
class Comment(Placed):
    """A comment on an issue, a pull request or a discussion.

    `replies` are those to a comment on a discussion; one with replies stays in its place when it is deleted (`deleted_at`).
    """

    author: Account | None = SOMEBODY
    created_at: datetime = LONG_AGO
    association: str = "NONE"
    minimized: bool = False
    upvotes: int = 0
    reactions: int = 0
    replies: list["Comment"] = field(default_factory=list)
    deleted_at: datetime | None = None
    id: str = _id("IC")


@dataclass(eq=False)
class Issue(Placed):
    """An issue, by default an open one without labels.

    `number` 0 becomes the next number of its repository. `closings` and `reopened_at` are all times that it was closed and
    reopened, `closed_at` the last closing of a closed one, `cross_references` the mentions in other issues and pull requests.
    """

    labels: tuple[str, ...] = ()
    closed: bool = False
    title: str = PLANTED
    author: Account | None = SOMEBODY
    created_at: datetime = LONG_AGO
    closed_at: datetime | None = None
    comments: list[Comment] = field(default_factory=list)
    number: int = 0
    association: str = "NONE"
    updated_at: datetime = NOT_SAID
    state_reason: str | None = None
    closings: list[datetime] = field(default_factory=list)
    reopened_at: list[datetime] = field(default_factory=list)
    cross_references: list[datetime] = field(default_factory=list)
    reactions: int = 0
    id: str = _id("I")

    def __post_init__(self) -> None:
        self.closed = self.closed or self.closed_at is not None
        if self.updated_at == NOT_SAID:
            written = [comment.created_at for comment in self.comments]
            closed = [self.closed_at] if self.closed_at else []
            self.updated_at = max(self.created_at, *written, *closed, *self.reopened_at, *self.cross_references, NOT_SAID)

    @property
    def state(self) -> str:
        """OPEN or CLOSED."""
        return "CLOSED" if self.closed else "OPEN"


@dataclass(eq=False)
class Review(Placed):
    """A review of a pull request, by default one that was begun when it was submitted; a PENDING one has not been submitted."""

    author: Account | None = SOMEBODY
    submitted_at: datetime | None = LONG_AGO
    state: Literal["APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED", "PENDING"] = "APPROVED"
    association: str = "NONE"
    created_at: datetime | None = None
    minimized: bool = False
    id: str = _id("PRR")


@dataclass(eq=False)
class PullRequest(Placed):
    """A pull request; CLOSED means closed without a merge. A merged one was closed by that."""

    state: Literal["OPEN", "CLOSED", "MERGED"] = "OPEN"
    title: str = PLANTED
    author: Account | None = SOMEBODY
    created_at: datetime = LONG_AGO
    closed_at: datetime | None = None
    merged_at: datetime | None = None
    reviews: list[Review] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    number: int = 0
    association: str = "NONE"
    updated_at: datetime = NOT_SAID
    is_draft: bool = False
    mergeable: Literal["MERGEABLE", "CONFLICTING", "UNKNOWN"] = "MERGEABLE"
    labels: tuple[str, ...] = ()
    closings: list[datetime] = field(default_factory=list)
    reopened_at: list[datetime] = field(default_factory=list)
    cross_references: list[datetime] = field(default_factory=list)
    reactions: int = 0
    id: str = _id("PR")

    def __post_init__(self) -> None:
        if self.merged_at is not None:
            self.state, self.closed_at = "MERGED", self.merged_at
        elif self.closed_at is not None:
            self.state = "CLOSED"
        if self.updated_at == NOT_SAID:
            written = [comment.created_at for comment in self.comments]
            reviewed = [review.submitted_at for review in self.reviews if review.submitted_at]
            closed = [self.closed_at] if self.closed_at else []
            self.updated_at = max(self.created_at, *written, *reviewed, *closed, *self.cross_references, NOT_SAID)

    @property
    def closed(self) -> bool:
        """Whether it is closed, merged or not."""
        return self.state != "OPEN"


@dataclass(eq=False)
class Category(Placed):
    """A category of discussions; in an answerable one a comment can be chosen as the answer."""

    name: str = "Ideas"
    slug: str = ""
    answerable: bool = False
    id: str = _id("DIC")

    def __post_init__(self) -> None:
        self.slug = self.slug or self.name.lower().replace(" ", "-")


IDEAS = Category()


@dataclass(eq=False)
class Discussion(Placed):
    """A discussion; `answer` is one of its comments."""

    category: Category = IDEAS
    author: Account | None = SOMEBODY
    created_at: datetime = LONG_AGO
    comments: list[Comment] = field(default_factory=list)
    answer: Comment | None = None
    number: int = 0
    association: str = "NONE"
    updated_at: datetime = NOT_SAID
    upvotes: int = 1
    answer_chosen_at: datetime | None = None
    closed: bool = False
    closed_at: datetime | None = None
    title: str = PLANTED
    reactions: int = 0
    id: str = _id("D")

    def __post_init__(self) -> None:
        self.closed = self.closed or self.closed_at is not None
        if self.updated_at == NOT_SAID:
            written = [post.created_at for comment in self.comments for post in (comment, *comment.replies)]
            others = [moment for moment in (self.answer_chosen_at, self.closed_at) if moment]
            self.updated_at = max(self.created_at, *written, *others, NOT_SAID)

    @property
    def state(self) -> str:
        """OPEN or CLOSED."""
        return "CLOSED" if self.closed else "OPEN"


@dataclass(eq=False)
class Star:
    """A star that somebody gave."""

    at: datetime
    account: Account = SOMEBODY
    id: str = _id("S")


@dataclass(eq=False)
class Commit(Placed):
    """A commit on the default branch; `author` is the account that has its address, if any."""

    committed_at: datetime = LONG_AGO
    author: Account | None = None
    email: str = "planted@example.org"
    name: str = "Planted Name"
    authored_at: datetime | None = None
    oid: str = field(default_factory=lambda: f"{next(_numbers):040x}")
    id: str = _id("CO")


@dataclass(eq=False)
class Label(Placed):
    """A label that a repository has; its id stays when it is renamed."""

    name: str
    id: str = _id("LA")


@dataclass(eq=False)
class Asset:
    """A file of a release; `size` in bytes."""

    name: str
    download_count: int = 0
    size: int = 0


@dataclass(eq=False)
class Release:
    """A release, by default one that was published when it was created."""

    assets: list[Asset] = field(default_factory=list)
    created_at: datetime = LONG_AGO
    published_at: datetime | None = None
    is_draft: bool = False
    is_prerelease: bool = False
    id: str = field(default_factory=lambda: new_id("RE"))


@dataclass(eq=False)
class Repository:
    """A repository, by default one that nobody has found yet.

    `name` is written owner/name. `labels` need not name those that issues carry, `categories` those that discussions are in.
    `commits` are those of the default branch, the last one its head. `mailmap` is the text of the file .mailmap.
    `stargazer_count` holds where no `stars` are given. `forks` are the moments at which those were made that GitHub lists,
    which may be fewer than `fork_count`.
    """

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
    labels: list[Label] = field(default_factory=list)
    discussions: list[Discussion] = field(default_factory=list)
    categories: list[Category] = field(default_factory=list)
    stars: list[Star] = field(default_factory=list)
    forks: list[datetime] = field(default_factory=list)
    commits: list[Commit] = field(default_factory=list)
    mailmap: str | None = None
    default_branch: str = "main"
    is_fork: bool = False
    is_private: bool = False
    is_disabled: bool = False
    last_number: int = 0
    id: str = _id("R")

    def __post_init__(self) -> None:
        things = [*self.issues, *self.pull_requests, *self.discussions]
        self.last_number = max((thing.number for thing in things), default=0)
        for thing in things:
            self.place(thing)

    @property
    def owner(self) -> str:
        """The login of its owner."""
        return self.name.partition("/")[0]

    def next_number(self) -> int:
        """The number of the next issue, pull request or discussion; the number of one that is gone is never given again."""
        self.last_number += 1
        return self.last_number

    def place(self, thing: Any) -> Any:
        """Gives back a thing that is in this repository, which now knows that and has a number."""
        thing.place = self
        if isinstance(thing, Issue | PullRequest | Discussion):
            thing.number = thing.number or self.next_number()
            self.last_number = max(self.last_number, thing.number)
        return thing

    def label(self, name: str) -> Label | None:
        """The label of that name, without regard to case; also one that only issues and pull requests name."""
        wanted = name.casefold()
        for label in self.labels:
            if label.name.casefold() == wanted:
                return label
        carried = set(chain.from_iterable(thing.labels for thing in chain(self.issues, self.pull_requests)))
        for other in sorted(carried):
            if other.casefold() == wanted:
                self.labels.append(Label(other))
                return self.labels[-1]
        return None

    def label_of(self, name: str) -> Label:
        """The label that a thing in this repository names."""
        label = self.label(name)
        assert label is not None, "the thing that names the label is not in this repository"
        return label


def issues(number: int, *labels: str, closed: bool = False) -> list[Issue]:
    """That many issues with the same labels."""
    return [Issue(labels, closed) for _ in range(number)]


def pull_requests(*, opened: int = 0, closed: int = 0, merged: int = 0) -> list[PullRequest]:
    """Pull requests in each state; those closed were not merged."""
    states = [*["OPEN"] * opened, *["CLOSED"] * closed, *["MERGED"] * merged]
    return [PullRequest(state) for state in states]  # type: ignore[arg-type]
