"""Reads the facts of all repositories in as few queries as GitHub allows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from exporter.errors import Reason, UpstreamError
from exporter.facts import Part
from exporter.sources.github.api.answer import read
from exporter.sources.github.api.batches import BatchSize, Outcome, ask_all
from exporter.sources.github.api.graph import Graph
from exporter.sources.github.config import GitHubConfig
from exporter.sources.github.metrics.repositories import TOPIC
from exporter.sources.github.repositories.answers import RepositoryDiscussions
from exporter.sources.github.repositories.changes import Changes, changes_of, known_labels
from exporter.sources.github.repositories.queries import About, Entry, Page, pages_query, repositories_query
from exporter.sources.github.repositories.reading import Reading
from exporter.sources.github.repositories.tallies import Priorities

__all__ = ["Reader", "Sizes"]

REPOSITORIES_A_QUERY = 25
ENTRIES_OF_EACH = 2
"""Where topics are read, a repository is asked for its facts and, apart from them, for its discussions."""
PAGES_A_QUERY = 40
"""Further pages of a query: 40 times 10,100 nodes stay below the limit of 500,000."""


class Sizes:
    """What refreshes have taught about the size of queries; kept from one refresh to the next."""

    def __init__(self, *, discussions: bool = False) -> None:
        self.repositories = BatchSize(REPOSITORIES_A_QUERY * (ENTRIES_OF_EACH if discussions else 1))
        self.pages = BatchSize(PAGES_A_QUERY)


class Reader:
    """One refresh of the facts of repositories.

    With `since`, it also tells what has changed in them since that moment. After `begin`: `failed` says why repositories could
    not be read, `changes` what has changed in the others, and `hidden` why their discussions could not be looked at.
    """

    def __init__(
        self, config: GitHubConfig, repositories: Sequence[str], graph: Graph, sizes: Sizes, since: datetime | None = None
    ) -> None:
        self._config = config
        self._repositories = repositories
        self._graph = graph
        self._sizes = sizes
        self._since = since
        self._known_labels = known_labels(config)
        self._priorities = Priorities(config.priorities)
        self._readings: dict[str, Reading] = {}
        self._error: UpstreamError | None = None
        self._discussions: dict[str, RepositoryDiscussions] = {}
        self.failed: dict[str, Reason] = {}
        self.hidden: dict[str, Reason] = {}
        self.changes: dict[str, Changes] = {}

    def begin(self) -> None:
        """Asks for everything but further pages; raises UpstreamError when nothing was answered."""
        config = self._config
        abouts = [About.FACTS]
        if self._since is not None and "discussions" in config.read:
            abouts.append(About.DISCUSSIONS)
        outcome = ask_all(
            self._graph,
            self._sizes.repositories,
            [Entry(repository, about) for repository in self._repositories for about in abouts],
            lambda entries: repositories_query(entries, config.bug_label, config.labels, self._since, self._known_labels),
            self._take,
        )
        self._note(outcome, ((entry.repository, why) for entry, why in outcome.failed.items() if entry.about is About.FACTS))
        self.hidden = {entry.repository: why for entry, why in outcome.failed.items() if entry.about is About.DISCUSSIONS}
        self.changes = {name: changes.beside(self._discussions.get(name)) for name, changes in self.changes.items()}
        self._raise_if_all_failed()

    def finish(self, open_bugs: Mapping[str, Mapping[str, int]]) -> None:
        """Asks for further pages, but not for bugs that are known by repository and priority; raises as `begin` does."""
        for repository, by_priority in open_bugs.items():
            if repository in self._readings:
                self._readings[repository].know_bugs(by_priority)
        while pages := [page for reading in self._readings.values() for page in reading.further_pages()]:
            self._read_pages(pages)
        self._raise_if_all_failed()

    def reading(self, repository: str) -> Reading | None:
        """What was read of a repository; None where that failed."""
        return self._readings.get(repository)

    def parts(self, now: datetime) -> Iterator[Part]:
        """One part for each repository, in the order in which they were given."""
        for repository in self._repositories:
            labels = (("repository", repository),)
            if repository in self._readings:
                yield Part(labels, now, tuple(self._readings[repository].samples()), topic=TOPIC)
            else:
                yield Part(labels, now, failure=self.failed[repository], topic=TOPIC)

    def _take(self, entry: Entry, data: Any) -> None:
        if entry.about is About.DISCUSSIONS:
            self._discussions[entry.repository] = read(RepositoryDiscussions, data)
            return
        repository = entry.repository
        reading = Reading(repository, data, self._priorities, self._config.labels)
        if self._since is not None:
            self.changes[repository] = changes_of(data, self._known_labels)
        self._readings[repository] = reading

    def _read_pages(self, pages: list[Page]) -> None:
        outcome = ask_all(
            self._graph,
            self._sizes.pages,
            pages,
            lambda batch: pages_query(batch, self._config.bug_label),
            lambda page, data: self._readings[page.repository].add(page, data),
        )
        self._note(outcome, ((page.repository, reason) for page, reason in outcome.failed.items()))

    def _raise_if_all_failed(self) -> None:
        if self._error is not None and not self._readings:
            raise self._error

    def _note(self, outcome: Outcome[Any], failed: Iterable[tuple[str, Reason]]) -> None:
        """A repository of which anything could not be read gives nothing: half of its figures would be wrong ones."""
        self._error = outcome.error or self._error
        for repository, reason in failed:
            self.failed.setdefault(repository, reason)
            self._readings.pop(repository, None)
            self.changes.pop(repository, None)
