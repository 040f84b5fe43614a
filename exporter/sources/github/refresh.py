"""One refresh of everything that is read of the repositories: their facts first, then topic by topic what has changed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from exporter.errors import Reason, UpstreamError
from exporter.facts import Labels, Part, Sample
from exporter.sources.github.api.batches import BatchSize
from exporter.sources.github.api.graph import Graph
from exporter.sources.github.api.rest import Rest
from exporter.sources.github.api.steps import UNITS_A_QUERY, Step, run
from exporter.sources.github.config import GitHubConfig
from exporter.sources.github.metrics.discussions import TOPIC as DISCUSSIONS
from exporter.sources.github.repositories.reader import Reader, Sizes
from exporter.sources.github.store import Store
from exporter.sources.github.topic import Seen, TopicReader

__all__ = ["HISTORY", "Refresh", "Sizing"]

HISTORY = timedelta(days=90)
"""How far back issues and pull requests are kept: the longest window of a figure."""

REQUESTS_A_REFRESH = 100
"""Requests to the REST API after which no other repository is begun: an organisation is read bit by bit."""


class Sizing:
    """What refreshes have taught about the size of queries; kept from one refresh to the next."""

    def __init__(self, *, discussions: bool = False) -> None:
        self.facts = Sizes(discussions=discussions)
        self.steps = BatchSize(UNITS_A_QUERY)


class Refresh:
    """Reads repositories once.

    Topics are read one beside the other, so that a repository in which little happened costs one query more, and fail one by
    one. After it, `not_found` tells which repositories GitHub does not know.
    """

    def __init__(
        self, config: GitHubConfig, store: Store, readers: Sequence[TopicReader], graph: Graph, rest: Rest, sizing: Sizing
    ) -> None:
        self._config = config
        self._store = store
        self._readers = readers
        self._graph = graph
        self._rest = rest
        self._sizing = sizing
        self._failed: dict[tuple[str, str], Reason] = {}
        self.not_found: tuple[str, ...] = ()

    def parts(self, repositories: Sequence[str], now: datetime) -> Iterator[Part]:
        """A part for each repository and topic, and one for each topic over all repositories.

        Raises UpstreamError when nothing was answered at all.
        """
        since = (now - HISTORY).replace(microsecond=0)
        facts = Reader(self._config, repositories, self._graph, self._sizing.facts, since if self._readers else None)
        facts.begin()
        self.not_found = tuple(name for name, reason in facts.failed.items() if reason is Reason.NOT_FOUND)
        self._failed = {(name, DISCUSSIONS.name): reason for name, reason in facts.hidden.items()}
        unread = dict(facts.failed)
        try:
            seen = self._known(facts, since)
        except UpstreamError as error:
            seen, unread = {}, dict.fromkeys(repositories, error.reason) | unread
        self._read(list(seen.values()), now)
        facts.finish(self._open_bugs(seen.values()))
        yield from facts.parts(now)
        yield from self._told(repositories, seen, unread, now)

    def _known(self, facts: Reader, since: datetime) -> dict[str, Seen]:
        """What topics need to know of the repositories that were answered for; nothing where no topic is read."""
        if not self._readers:
            return {}
        keys = {name: self._store.key(changes.id) for name, changes in facts.changes.items()}
        if not facts.failed:
            self._store.keep_only(keys.values())
        return {name: facts.changes[name].seen(name, key, since) for name, key in keys.items()}

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
                    if self._rest.asked < REQUESTS_A_REFRESH:
                        reader.read(seen, self._rest, now)
                    steps.extend(reader.steps(seen, now))
                except UpstreamError as error:
                    self._failed[seen.name, reader.topic.name] = error.reason
        self._failed |= run(self._graph, self._sizing.steps, steps)

    def _told(
        self, repositories: Sequence[str], known: Mapping[str, Seen], unread: Mapping[str, Reason], now: datetime
    ) -> Iterator[Part]:
        """What the store says, but for `unread` repositories."""
        for reader in self._readers:
            told_apart = {"repository" in metric.labels for metric in reader.topic.metrics}
            parts = [self._part(reader, name, known.get(name), unread.get(name), now) for name in repositories]
            yield from (part for part in parts if True in told_apart or part.failure)
            if False in told_apart:
                failure = next((part.failure for part in parts if part.failure), None)
                yield _part((), reader, failure, reader.pooled(list(known.values()), now), now)

    def _part(self, reader: TopicReader, name: str, seen: Seen | None, unread: Reason | None, now: datetime) -> Part:
        failure = unread or self._failed.get((name, reader.topic.name))
        if seen is None:
            return Part((("repository", name),), now, failure=failure or Reason.INTERNAL, topic=reader.topic)
        return _part((("repository", name),), reader, failure, _samples(reader, seen, now), now)


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
