"""Reads the facts of all repositories in as few queries as GitHub allows."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from exporter.errors import Reason, UpstreamError
from exporter.facts import Part
from exporter.sources.github.api.batches import BatchSize, Outcome, ask_all
from exporter.sources.github.api.graph import Graph
from exporter.sources.github.config import GitHubConfig
from exporter.sources.github.repositories.queries import Page, pages_query, repositories_query
from exporter.sources.github.repositories.reading import Reading
from exporter.sources.github.repositories.tallies import Priorities

__all__ = ["Reader", "Sizes"]

REPOSITORIES_A_QUERY = 25
PAGES_A_QUERY = 40
"""Further pages of a query: 40 times 10,100 nodes stay below the limit of 500,000."""


class Sizes:
    """What refreshes have taught about the size of queries; kept from one refresh to the next."""

    def __init__(self) -> None:
        self.repositories = BatchSize(REPOSITORIES_A_QUERY)
        self.pages = BatchSize(PAGES_A_QUERY)


class Reader:
    """One refresh of the facts of all repositories."""

    def __init__(self, config: GitHubConfig, graph: Graph, sizes: Sizes) -> None:
        self._config = config
        self._graph = graph
        self._sizes = sizes
        self._priorities = Priorities(config.priorities)
        self._readings: dict[str, Reading] = {}
        self._failed: dict[str, Reason] = {}
        self._error: UpstreamError | None = None

    def parts(self, now: datetime) -> Iterator[Part]:
        """One part for each repository, in the order of the configuration; raises UpstreamError when nothing was answered."""
        self._read_repositories()
        while pages := [page for reading in self._readings.values() for page in reading.further_pages()]:
            self._read_pages(pages)
        if self._error is not None and not self._readings:
            raise self._error
        for repository in self._config.repositories:
            labels = (("repository", repository),)
            if repository in self._readings:
                yield Part(labels, now, tuple(self._readings[repository].samples()))
            else:
                yield Part(labels, now, failure=self._failed[repository])

    def _read_repositories(self) -> None:
        config = self._config
        outcome = ask_all(
            self._graph,
            self._sizes.repositories,
            config.repositories,
            lambda repositories: repositories_query(repositories, config.bug_label, config.labels),
            self._begin,
        )
        self._note(outcome, outcome.failed.items())

    def _begin(self, repository: str, data: Any) -> None:
        self._readings[repository] = Reading(repository, data, self._priorities, self._config.labels)

    def _read_pages(self, pages: list[Page]) -> None:
        outcome = ask_all(
            self._graph,
            self._sizes.pages,
            pages,
            lambda batch: pages_query(batch, self._config.bug_label),
            lambda page, data: self._readings[page.repository].add(page, data),
        )
        self._note(outcome, ((page.repository, reason) for page, reason in outcome.failed.items()))

    def _note(self, outcome: Outcome[Any], failed: Iterable[tuple[str, Reason]]) -> None:
        """A repository of which anything could not be read gives nothing: half of its figures would be wrong ones."""
        self._error = outcome.error or self._error
        for repository, reason in failed:
            self._failed.setdefault(repository, reason)
            self._readings.pop(repository, None)
