"""One refresh of everything that is read of the repositories: their facts first, then topic by topic what has changed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from exporter.errors import RateLimited, Reason, UpstreamError
from exporter.facts import Labels, Part, Sample
from exporter.sources.github.api.batches import BatchSize
from exporter.sources.github.api.graph import Graph
from exporter.sources.github.api.rest import Rest
from exporter.sources.github.api.steps import QUERIES_A_REFRESH, UNITS_A_QUERY, Step, run
from exporter.sources.github.config import GitHubConfig
from exporter.sources.github.metrics.discussions import TOPIC as DISCUSSIONS
from exporter.sources.github.repositories.reader import Reader, Sizes
from exporter.sources.github.store import Store
from exporter.sources.github.topic import Seen, TopicReader

__all__ = ["HISTORY", "Known", "Limits", "Refresh", "Sizing"]

HISTORY = timedelta(days=90)
"""How far back issues and pull requests are kept: the longest window of a figure."""

REQUESTS_A_REFRESH = 100
"""Requests to the REST API after which no other repository is begun: an organisation is read bit by bit."""


class Sizing:
    """What refreshes have taught about the size of queries; kept from one refresh to the next."""

    def __init__(self, *, discussions: bool = False) -> None:
        self.facts = Sizes(discussions=discussions)
        self.steps = BatchSize(UNITS_A_QUERY)


class Limits(NamedTuple):
    """The most that is asked at one go: queries of steps, and requests to REST after which no other repository is begun."""

    queries: int = QUERIES_A_REFRESH
    requests: int = REQUESTS_A_REFRESH


_OF_A_REFRESH = Limits()


@dataclass(frozen=True, slots=True)
class Known:
    """What a reading brought: the facts of repositories, which of them topics can tell of, and why others were not read."""

    facts: Reader
    seen: Mapping[str, Seen]
    unread: Mapping[str, Reason]
    failed: Mapping[tuple[str, str], Reason]
    """Why a topic could not be read of a repository, by the names of both."""

    def failure(self, repository: str, topic: str) -> Reason | None:
        """Why a topic cannot be told of a repository; None where it can."""
        if repository in self.seen:
            return self.unread.get(repository) or self.failed.get((repository, topic))
        return self.unread.get(repository) or self.failed.get((repository, topic)) or Reason.INTERNAL


class Refresh:
    """Reads repositories once.

    Topics are read one beside the other, so that a repository in which little happened costs one query more, and fail one by
    one. After it, `not_found` tells which repositories GitHub does not know, and `limited_until` when a limit of the REST API
    ends that was met.
    """

    def __init__(
        self,
        config: GitHubConfig,
        store: Store,
        readers: Sequence[TopicReader],
        graph: Graph,
        rest: Rest,
        sizing: Sizing,
        limits: Limits = _OF_A_REFRESH,
    ) -> None:
        self._config = config
        self._store = store
        self._readers = readers
        self._graph = graph
        self._rest = rest
        self._sizing = sizing
        self._limits = limits
        self._failed: dict[tuple[str, str], Reason] = {}
        self.not_found: tuple[str, ...] = ()
        self.limited_until: datetime | None = None

    def parts(self, repositories: Sequence[str], now: datetime) -> Iterator[Part]:
        """A part for each repository and topic, and one for each topic over all repositories.

        Raises UpstreamError when nothing was answered at all.
        """
        known = self.read(repositories, now)
        yield from known.facts.parts(now)
        yield from self._told(repositories, known, now)

    def read(self, repositories: Sequence[str], now: datetime, first: datetime | None = None) -> Known:
        """Reads what has changed; raises as `parts` does.

        With `first`, everything is read that tells of the past from that moment on.
        """
        since = ((first or now) - HISTORY).replace(microsecond=0)
        facts = Reader(self._config, repositories, self._graph, self._sizing.facts, since if self._readers else None)
        facts.begin()
        self.not_found = tuple(name for name, reason in facts.failed.items() if reason is Reason.NOT_FOUND)
        self._failed = {(name, DISCUSSIONS.name): reason for name, reason in facts.hidden.items()}
        unread = dict(facts.failed)
        try:
            seen = self._known(facts, since, first)
        except UpstreamError as error:
            seen, unread = {}, dict.fromkeys(repositories, error.reason) | unread
        self._read(list(seen.values()), now)
        facts.finish(self._open_bugs(seen.values()))
        return Known(facts, seen, unread, self._failed)

    def _known(self, facts: Reader, since: datetime, first: datetime | None) -> dict[str, Seen]:
        """What topics need to know of the repositories that were answered for; nothing where no topic is read."""
        if not self._readers:
            return {}
        keys = {name: self._store.key(changes.id) for name, changes in facts.changes.items()}
        if not facts.failed:
            self._store.keep_only(keys.values())
        return {name: facts.changes[name].seen(name, key, since, first) for name, key in keys.items()}

    def _open_bugs(self, repositories: Iterable[Seen]) -> dict[str, Mapping[str, int]]:
        """The open bugs of repositories by priority, where a topic has read them to the end."""
        known: dict[str, Mapping[str, int]] = {}
        for seen in repositories:
            for reader in self._readers:
                if (seen.name, reader.topic.name) not in self._failed:
                    with suppress(UpstreamError):
                        known[seen.name] = reader.open_bugs(seen) or known.get(seen.name, {})
        return {name: bugs for name, bugs in known.items() if bugs}

    def _read(self, repositories: Sequence[Seen], now: datetime) -> None:
        """Brings the store up to date, as far as one refresh goes."""
        steps: list[Step] = []
        for seen in repositories:
            for reader in self._readers:
                if (seen.name, reader.topic.name) in self._failed:
                    continue
                try:
                    if self._rest.asked < self._limits.requests:
                        reader.read(seen, self._rest, now)
                    steps.extend(reader.steps(seen, now))
                except UpstreamError as error:
                    self._failed[seen.name, reader.topic.name] = error.reason
                    if isinstance(error, RateLimited):
                        self.limited_until = error.until
        self._failed |= run(self._graph, self._sizing.steps, steps, self._limits.queries)

    def _told(self, repositories: Sequence[str], known: Known, now: datetime) -> Iterator[Part]:
        """What the store says."""
        for reader in self._readers:
            told_apart = {"repository" in metric.labels for metric in reader.topic.metrics}
            parts = [_part_of(reader, name, known, now) for name in repositories]
            yield from (part for part in parts if True in told_apart or part.failure)
            if False in told_apart:
                failure = next((part.failure for part in parts if part.failure), None)
                yield _part((), reader, failure, reader.pooled(list(known.seen.values()), now), now)


def _part_of(reader: TopicReader, name: str, known: Known, now: datetime) -> Part:
    labels, failure = (("repository", name),), known.failure(name, reader.topic.name)
    samples = _samples(reader, known.seen[name], now) if name in known.seen else ()
    return _part(labels, reader, failure, samples, now)


def _samples(reader: TopicReader, seen: Seen, now: datetime) -> Iterator[Sample]:
    if not reader.complete(seen):
        raise UpstreamError(Reason.TOO_LARGE, "more than one refresh reads; the next goes on")
    yield from reader.samples(seen, now)


def _part(labels: Labels, reader: TopicReader, failure: Reason | None, samples: Iterable[Sample], now: datetime) -> Part:
    """A part with these samples, unless there is a failure or they cannot be made."""
    if failure is None:
        try:
            return Part(labels, now, tuple(samples), topic=reader.topic)
        except UpstreamError as error:
            failure = error.reason
    return Part(labels, now, failure=failure, topic=reader.topic)
