"""Which repositories are read: those of a list, or those of an organisation that patterns select."""

import re
from collections import Counter
from fnmatch import fnmatchcase
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from exporter.config.types import Section
from exporter.document import found

__all__ = ["RepositoryName", "Selection", "each_once"]

_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}/(?!\.\.?$)[A-Za-z0-9._-]{1,100}")
_OWNER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_WITH_ORGANIZATION = ("include", "exclude", "forks", "archived")


def each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    """GitHub knows repositories and labels without regard to case; raises ValueError where a name stands twice."""
    twice = [name for name, times in Counter(name.casefold() for name in names).items() if times > 1]
    if twice:
        raise ValueError(f"must name {found(twice[0])} only once")
    return names


def _repository(name: str) -> str:
    if not _REPOSITORY.fullmatch(name):
        raise ValueError("must be a repository written as owner/name, such as caro-cli/caro")
    return name


def _owner(name: str) -> str:
    if not _OWNER.fullmatch(name):
        raise ValueError("must be the name of an organisation or of an account, such as caro-cli")
    return name


def _pattern(pattern: str) -> str:
    if not pattern.strip() or "/" in pattern:
        raise ValueError("must be a pattern for the name of a repository without its owner, such as caro-*")
    return pattern


RepositoryName = Annotated[str, AfterValidator(_repository)]
OwnerName = Annotated[str, AfterValidator(_owner)]
Pattern = Annotated[str, AfterValidator(_pattern)]


class Selection(Section):
    """The keys that say which repositories are read."""

    repositories: Annotated[tuple[RepositoryName, ...], Field(min_length=1), AfterValidator(each_once)] = Field(
        (), description="Repositories to read, each written as owner/name; this or `organization` is needed."
    )
    organization: OwnerName | None = Field(
        None, description="Organisation, or account, whose repositories are read, as far as the token sees them."
    )
    include: tuple[Pattern, ...] = Field(
        (), description="Patterns (`*`, `?`, `[…]`) for the names of its repositories without the owner; by default all are read."
    )
    exclude: tuple[Pattern, ...] = Field((), description="Patterns for those of its repositories that are left out all the same.")
    forks: bool = Field(False, description="Read the forks among its repositories too.")
    archived: bool = Field(False, description="Read the archived ones among its repositories too.")

    @model_validator(mode="after")
    def _one_way_to_say_it(self) -> Self:
        if bool(self.repositories) == (self.organization is not None):
            raise ValueError("must have either repositories or organization")
        beside = [key for key in _WITH_ORGANIZATION if key in self.model_fields_set]
        if self.organization is None and beside:
            raise ValueError(f"{beside[0]} goes with organization")
        return self

    def selects(self, name: str) -> bool:
        """Whether the patterns select a repository of that name, written without its owner; case does not matter."""
        return (not self.include or _matches(name, self.include)) and not _matches(name, self.exclude)


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name.casefold(), pattern.casefold()) for pattern in patterns)
