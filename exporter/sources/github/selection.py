"""Which repositories are read: those of a list, or those of an organisation that patterns select."""

import re
from fnmatch import fnmatchcase
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from exporter.config.github import RepositoryName, each_once
from exporter.config.types import Section

__all__ = ["Selection"]

_OWNER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_WITH_ORGANIZATION = ("include", "exclude", "forks", "archived")


def _owner(name: str) -> str:
    if not _OWNER.fullmatch(name):
        raise ValueError("must be the name of an organisation or of an account, such as caro-cli")
    return name


def _pattern(pattern: str) -> str:
    if not pattern.strip() or "/" in pattern:
        raise ValueError("must be a pattern for the name of a repository without its owner, such as caro-*")
    return pattern


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
