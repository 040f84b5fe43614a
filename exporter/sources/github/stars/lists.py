"""The two lists that are read for their moments alone: the stars of a repository and, where the past is asked about, its forks.

An entry asks for a page of 100 of them and the length of the list, and for nobody who gave or made them. By GitHub's formula it
costs 0.01 points and 100 nodes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from exporter.sources.github.api.answer import Answer, Count, Moment, PageInfo, read
from exporter.sources.github.api.descent import FULL_PAGE
from exporter.sources.github.api.query import Variables

__all__ = ["FORKS", "STARS", "MomentList", "MomentPage"]


class _Page(Answer):
    """A page of a list, the last entry first; `total_count` counts those of all pages."""

    total_count: Count
    page_info: PageInfo


class _Star(Answer):
    """A star of which only the moment was asked for."""

    starred_at: Moment


class _StarPage(_Page):
    edges: Annotated[list[_Star], Field(max_length=FULL_PAGE)]

    @model_validator(mode="after")
    def _no_more_than_there_are(self) -> Self:
        if len(self.edges) > self.total_count:
            raise ValueError("more stars than are counted")
        return self


class _StarsOfRepository(Answer):
    stargazers: _StarPage


class _Fork(Answer):
    """A fork of which only the moment was asked for."""

    created_at: Moment


class _ForkPage(_Page):
    nodes: Annotated[list[_Fork], Field(max_length=FULL_PAGE)]

    @model_validator(mode="after")
    def _no_more_than_there_are(self) -> Self:
        if len(self.nodes) > self.total_count:
            raise ValueError("more forks than are counted")
        return self


class _ForksOfRepository(Answer):
    forks: _ForkPage


@dataclass(frozen=True, slots=True)
class MomentPage:
    """A page of a list: the moments of its entries in seconds since 1970, the last one first, and the length of the list."""

    moments: Sequence[int]
    total: int
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class MomentList:
    """A list of a repository: the name of its mark, the table that keeps it, and what is asked for."""

    name: str
    table: str
    _connection: str
    _order: str
    _entries: str

    def entry(self, variables: Variables, size: int, cursor: str | None) -> str:
        """A page of that many entries, the last one first."""
        after = "" if cursor is None else f", after: {variables.add('String!', cursor)}"
        bounds = f"first: {size}{after}, orderBy: {{field: {self._order}, direction: DESC}}"
        return f"{self._connection}({bounds}) {{ totalCount pageInfo {{ hasNextPage endCursor }} {self._entries} }}"

    def page(self, data: Any) -> MomentPage:
        """What was answered; raises UpstreamError(MALFORMED) where it does not fit the schema."""
        page: _StarPage | _ForkPage
        if self.table == "star":
            page = read(_StarsOfRepository, data).stargazers
            moments = [star.starred_at for star in page.edges]
        else:
            page = read(_ForksOfRepository, data).forks
            moments = [fork.created_at for fork in page.nodes]
        return MomentPage([int(moment.timestamp()) for moment in moments], page.total_count, page.page_info.next_cursor)


STARS = MomentList("stars", "star", "stargazers", "STARRED_AT", "edges { starredAt }")
FORKS = MomentList("forks", "fork", "forks", "CREATED_AT", "nodes { createdAt }")
