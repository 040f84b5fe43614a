"""What was found out about a project before anything is written. Immutable; nobody's name is in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

__all__ = ["REGISTRIES", "Known", "Package", "Repository", "Server", "Suggestion"]

REGISTRIES: Mapping[str, str] = {"npm": "npm", "pypi": "PyPI", "crates": "crates.io"}
"""What people call the registries, by the sources that read them."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A package that a repository seems to publish, and the manifest that says so."""

    registry: str
    name: str
    manifest: str


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository as GitHub describes it; None stands for a count that could not be had.

    `name` is owner/name as GitHub writes it today. `open_issues` leaves pull requests out. `labels` are the names of its labels,
    None where they could not be had. `public` says whether everybody may see it. `notes` say, a sentence each, what could not be
    looked up and why.
    """

    name: str
    url: str
    stars: int
    forks: int
    open_issues: int | None
    open_pull_requests: int | None
    contributors: int | None
    has_issues: bool
    archived: bool
    public: bool
    license: str | None = None
    homepage: str | None = None
    default_branch: str | None = None
    topics: Sequence[str] = ()
    labels: Sequence[str] | None = None
    module: str | None = None
    suggestions: Sequence[Suggestion] = ()
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Package:
    """A package of a registry; `downloads` are those of the last 30 days, None where they are not known.

    `failure` says why the registry could not confirm it; such a package is not read until somebody has looked into it.
    """

    registry: str
    name: str
    downloads: int | None = None
    manifest: str | None = None
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Server:
    """A Discord server, by its id or by an invite; which of the two is `key`, a key of the configuration.

    Without a bot an id tells only who is online. `failure` says why nothing was told.
    """

    key: str
    value: str
    members: int | None = None
    online: int | None = None
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known of a project; `base_urls` says, by source, where a service is that is not at its usual address."""

    project: str
    repositories: Sequence[Repository] = ()
    packages: Sequence[Package] = ()
    server: Server | None = None
    base_urls: Mapping[str, str] = field(default_factory=dict)

    @property
    def confirmed(self) -> Sequence[Package]:
        """The packages that their registries know."""
        return [package for package in self.packages if package.failure is None]

    @property
    def anything(self) -> bool:
        """Whether any service confirmed anything."""
        return bool(self.repositories or self.confirmed or (self.server and self.server.failure is None))

    def downloads(self, registry: str) -> int | None:
        """Downloads of the last 30 days of all its packages in a registry, None where one of them is not known."""
        return _sum([package.downloads for package in self.confirmed if package.registry == registry])

    @property
    def all_downloads(self) -> int | None:
        """Downloads of the last 30 days of all its packages, None where one of them is not known."""
        return _sum([package.downloads for package in self.confirmed])

    @property
    def registries(self) -> Sequence[str]:
        """The registries that know a package of it."""
        return [name for name in REGISTRIES if any(package.registry == name for package in self.confirmed)]

    @property
    def stars(self) -> int:
        """Stars of all its repositories."""
        return sum(repository.stars for repository in self.repositories)

    @property
    def forks(self) -> int:
        """Forks of all its repositories."""
        return sum(repository.forks for repository in self.repositories)

    @property
    def open_issues(self) -> int | None:
        """Open issues of all its repositories."""
        return _sum([repository.open_issues for repository in self.repositories if repository.has_issues])

    @property
    def contributors(self) -> int | None:
        """People who wrote commits; None for several repositories, as nobody can tell from outside who wrote in more than one."""
        return self.repositories[0].contributors if len(self.repositories) == 1 else None

    @property
    def has_issues(self) -> bool:
        """Whether a repository takes issues."""
        return any(repository.has_issues for repository in self.repositories)


def _sum(numbers: Sequence[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if numbers and len(known) == len(numbers) else None
