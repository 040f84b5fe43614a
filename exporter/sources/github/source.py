"""The source as the rest of the project sees it."""

import json
import weakref
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from exporter.facts import Part
from exporter.sources.base import Finding, Source, Tools
from exporter.sources.github.access import credentials_of
from exporter.sources.github.api.credentials import Credentials
from exporter.sources.github.api.graph import Graph
from exporter.sources.github.api.planner import Planner
from exporter.sources.github.api.rest import Rest
from exporter.sources.github.config import GitHubConfig
from exporter.sources.github.doctor import Access, examine
from exporter.sources.github.metrics import METRICS
from exporter.sources.github.organization import Organization
from exporter.sources.github.past import FILE, parts_then
from exporter.sources.github.refresh import Refresh, Sizing
from exporter.sources.github.store import Store
from exporter.sources.github.topics import READERS

__all__ = ["GitHub"]


class GitHub(Source[GitHubConfig]):
    """Reads repositories over GitHub's APIs; a part for each repository and topic, and one for each topic over all of them."""

    name = "github"
    summary = "Repositories, issues, pull requests, discussions, contributors, releases, traffic and alerts, from GitHub."
    config_type = GitHubConfig
    metrics = METRICS

    def __init__(self, config: GitHubConfig) -> None:
        super().__init__(config)
        self._sizing = Sizing(discussions="discussions" in config.read)
        self._planner = Planner(config.reserve)
        self._credentials = credentials_of(config, self._planner)
        self._memory: _Memory | None = None

    def collect(self, tools: Tools, now: datetime) -> Iterable[Part]:
        self._planner.begin()
        memory = self._memory = self._memory or _Memory(self.config, tools)
        access = self._access(tools, self.name, self._credentials)
        try:
            repositories = memory.repositories(access.graph, now)
            refresh = Refresh(self.config, memory.store, memory.readers, access.graph, access.rest, self._sizing)
            yield from refresh.parts(repositories, now)
            memory.learn(refresh.not_found)
        finally:
            later = self._planner.next_refresh(self.config.interval, tools.clock())
            if later is not None:
                tools.put_off(later)

    def past(self, tools: Tools, moments: Sequence[datetime]) -> Iterator[tuple[datetime, Sequence[Part]]]:
        if not moments:
            return
        self._planner.begin()
        store = Store(tools.folder / FILE if tools.keeps else None, _fingerprint(self.config, tools.bots))
        try:
            access = self._access(tools, self.name, self._credentials)
            yield from parts_then(self.config, store, access, self._planner, tools, moments)
        finally:
            store.close()

    def examine(self, tools: Tools, now: datetime) -> Iterable[Finding]:
        return examine(self.config, [self._access(tools, name, each) for name, each in self._credentials.apart()])

    def _access(self, tools: Tools, name: str, credentials: Credentials) -> Access:
        graph = Graph(tools.client, self.config.graphql_url, credentials, self._planner, tools.clock)
        return Access(name, graph, Rest(tools.client, self.config.base_url, credentials, tools.clock))


class _Memory:
    """What is known from one refresh to the next: the facts in the store, and which repositories an organisation has."""

    def __init__(self, config: GitHubConfig, tools: Tools) -> None:
        self._repositories = config.repositories
        self.store = Store(tools.folder / "facts.sqlite" if tools.keeps else None, _fingerprint(config, tools.bots))
        # A source has no end of its own: the file is closed when nobody holds this any more.
        weakref.finalize(self, self.store.close)
        self.readers = tuple(READERS[name](self.store, config, tools.bots) for name in config.read)
        self._organization = None if config.organization is None else Organization(config, self.store)

    def repositories(self, graph: Graph, now: datetime) -> tuple[str, ...]:
        """The repositories to read; raises UpstreamError where they have to be listed and cannot be."""
        return self._repositories if self._organization is None else self._organization.repositories(graph, now)

    def learn(self, not_found: Iterable[str]) -> None:
        """Told which repositories GitHub did not find."""
        if self._organization is not None:
            self._organization.not_found(tuple(not_found))


def _fingerprint(config: GitHubConfig, bots: Iterable[str]) -> str:
    """What the facts in the store depend on: which server they are from, and who counts as a person."""
    return json.dumps([config.graphql_url, sorted(bots)])
