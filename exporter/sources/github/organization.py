"""The repositories of an organisation: listed now and then, and remembered in between.

A page lists 100 repositories, costs 1 point and holds 100 nodes. `repositoryOwner` is an organisation or the account of a
person; the latter would also list repositories of others that it works on, were it not for `ownerAffiliations`.
"""

import json
import logging
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from typing import Annotated

from pydantic import Field, ValidationError

from exporter.config.github import RepositoryName
from exporter.errors import Reason, UpstreamError
from exporter.sources.github.api.answer import Answer, PageInfo, read
from exporter.sources.github.api.graph import Graph
from exporter.sources.github.api.query import Query, Variables, query_of
from exporter.sources.github.config import GitHubConfig
from exporter.sources.github.store import Store

__all__ = ["Organization", "list_repositories", "nothing_selected"]

log = logging.getLogger(__name__)

PAGE = 100
"""Repositories of a page: the most that GitHub gives."""
MOST_PAGES = 100
"""Pages that are read: 10,000 repositories."""

_SETTING = "organization"
"""The name under which the store keeps the list."""


class _Repository(Answer):
    """A repository; one that GitHub has disabled can be read by nobody."""

    name_with_owner: RepositoryName
    is_disabled: bool


class _Page(Answer):
    """A page of repositories; GitHub puts null for one that it does not show."""

    page_info: PageInfo
    nodes: Annotated[list[_Repository | None], Field(max_length=PAGE)]


class _Owner(Answer):
    """An organisation, or the account of a person."""

    repositories: _Page


class _List(Answer):
    """The names of repositories, the second (since 1970) at which they were listed, and what was asked for."""

    asked: str
    at: int
    names: Annotated[tuple[RepositoryName, ...], Field(min_length=1)]


class Organization:
    """The repositories of the organisation that the configuration names.

    The list is kept in the store, so that a restart lists nothing anew. It may be older than GitHub's: a repository that was
    renamed is read all the same, one that was deleted fails until the next listing, one that was archived stays until then.
    """

    def __init__(self, config: GitHubConfig, store: Store) -> None:
        self._config = config
        self._store = store
        self._list = self._kept()
        self._gone: frozenset[str] = frozenset()
        self._doubted = False
        self._failure: Reason | None = None

    def repositories(self, graph: Graph, now: datetime) -> tuple[str, ...]:
        """The names, each as owner/name, in the order of the names; listed again every `slow_interval`.

        While GitHub does not list them, those of the last list are given. Raises UpstreamError where there is none: NOT_FOUND
        where the organisation is not known, and where no repository of it is selected.
        """
        if self._list is not None and not self._due(self._list, now):
            return self._list.names
        try:
            names = list_repositories(self._config, graph)
        except UpstreamError as error:
            self._tell(error)
            if self._list is None:
                raise
            return self._list.names
        if not names:
            raise UpstreamError(Reason.NOT_FOUND, nothing_selected(self._config))
        self._list = _List(asked=_asked(self._config), at=int(now.timestamp()), names=names)
        self._doubted, self._failure = False, None
        with suppress(UpstreamError):
            # Without the store a restart lists again, which is no reason to go without figures now.
            self._store.set_setting(_SETTING, self._list.model_dump_json().encode())
        return names

    def not_found(self, names: Collection[str]) -> None:
        """Tells which repositories of the list GitHub did not find: the next refresh lists again.

        It does so once: where the new list holds them too, they are hidden from the token rather than gone.
        """
        self._doubted = self._doubted or not self._gone.issuperset(names)
        self._gone = frozenset(names)

    def _due(self, known: _List, now: datetime) -> bool:
        age = now.timestamp() - known.at
        return self._doubted or not 0 <= age < self._config.slow_interval.total_seconds()

    def _kept(self) -> _List | None:
        """The list of the store, where it answers what is asked now."""
        with suppress(UpstreamError, ValidationError):
            kept = _List.model_validate_json(self._store.setting(_SETTING) or b"")
            if kept.asked == _asked(self._config):
                return kept
        return None

    def _tell(self, error: UpstreamError) -> None:
        if self._list is not None and error.reason is not self._failure:
            fields = {"organization": self._config.organization, "reason": error.reason, "error": str(error)}
            log.warning("organisation not listed, its last list is used", extra={"fields": fields})
        self._failure = error.reason


def list_repositories(config: GitHubConfig, graph: Graph) -> tuple[str, ...]:
    """The repositories that the configuration selects, of those that the token sees; raises UpstreamError.

    Disabled repositories are left out. Empty ones are read, for they may have issues; locked ones too, for a lock passes.
    """
    names: dict[str, str] = {}
    cursors: list[str | None] = [None]
    while len(cursors) <= MOST_PAGES:
        page = _page(config, graph, cursors[-1])
        for found in filter(None, page.nodes):
            if not found.is_disabled and config.selects(found.name_with_owner.partition("/")[2]):
                # One that is renamed while pages are read may come twice.
                names.setdefault(found.name_with_owner.casefold(), found.name_with_owner)
        following = page.page_info.next_cursor
        if following is None:
            return tuple(names[name] for name in sorted(names))
        if following in cursors:
            raise UpstreamError(Reason.MALFORMED, "GitHub led back to a page that has been read")
        cursors.append(following)
    raise UpstreamError(Reason.TOO_LARGE, f"{config.organization} has more repositories than are read")


def nothing_selected(config: GitHubConfig) -> str:
    """Says that `list_repositories` has found nothing."""
    return f"the token sees no repository of {config.organization} that include, exclude, forks and archived let through"


def _page(config: GitHubConfig, graph: Graph, cursor: str | None) -> _Page:
    said = graph.ask(_query(config, cursor), 1).entries[0]
    match said:
        case Reason.NOT_FOUND:
            raise UpstreamError(said, f"no organisation or account {config.organization} is known, or it hides from the token")
        case Reason.AUTH:
            raise UpstreamError(said, f"the token may not list the repositories of {config.organization}")
        case Reason():
            raise UpstreamError(said, f"the repositories of {config.organization} could not be listed")
    return read(_Owner, said).repositories


def _query(config: GitHubConfig, cursor: str | None) -> Query:
    variables = Variables()
    owner = variables.add("String!", config.organization)
    bounds = [f"first: {PAGE}", "ownerAffiliations: [OWNER]", "orderBy: {field: NAME, direction: ASC}"]
    bounds += [] if cursor is None else [f"after: {variables.add('String!', cursor)}"]
    bounds += [] if config.forks else ["isFork: false"]
    bounds += [] if config.archived else ["isArchived: false"]
    listed = f"repositories({', '.join(bounds)}) {{ pageInfo {{ hasNextPage endCursor }} nodes {{ nameWithOwner isDisabled }} }}"
    return query_of([f"repositoryOwner(login: {owner}) {{ {listed} }}"], variables)


def _asked(config: GitHubConfig) -> str:
    """Everything that the list depends on."""
    return json.dumps(
        [config.base_url, config.organization, config.include, config.exclude, config.forks, config.archived], ensure_ascii=True
    )
