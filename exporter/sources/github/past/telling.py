"""Makes the parts of a moment that is over out of what has been read."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from exporter.errors import Reason
from exporter.facts import Labels, Part, Sample
from exporter.sources.github.config import GitHubConfig
from exporter.sources.github.metrics import repositories as metrics
from exporter.sources.github.past.counts import Counts, IssueStates, counts_then, pull_counts
from exporter.sources.github.past.reading import Past
from exporter.sources.github.pull_requests.figures import states
from exporter.sources.github.repositories.reading import Reading
from exporter.sources.github.store import Store
from exporter.sources.github.topic import Seen, TopicReader

__all__ = ["Telling"]

_ISSUES = frozenset({metrics.ISSUES_OPEN.name, metrics.ISSUES_CLOSED.name, metrics.ISSUES_OPEN_LABELLED.name})
_PULLS = frozenset({metrics.PULL_REQUESTS.name})


class Telling:
    """Tells of moments, each as a refresh would have told of it, as far as it is known.

    Nothing is told of a repository before it was created.
    """

    def __init__(self, config: GitHubConfig, store: Store, past: Past) -> None:
        self._config = config
        self._store = store
        self._past = past
        self._known = past.known
        self._counted: dict[str, tuple[IssueStates, Counts]] = {}
        self._told = [reader for reader in past.lists.all if reader.topic.name in config.read]

    def parts(self, moment: datetime) -> Iterator[Part]:
        """A part for each repository and topic of which something is known, and one for each topic over all repositories.

        What could not be read is a part with the reason.
        """
        there: list[Seen] = []
        for name in self._past.repositories:
            labels, seen, facts = (("repository", name),), self._known.seen.get(name), self._known.facts.reading(name)
            if seen is None or facts is None:
                reason = self._known.facts.failed.get(name) or self._known.unread.get(name) or Reason.INTERNAL
                yield Part(labels, moment, failure=reason, topic=metrics.TOPIC)
            elif facts.created_at <= moment:
                there.append(seen)
                yield Part(labels, moment, tuple(self._repository(seen, facts, moment)), topic=metrics.TOPIC)
        for reader in self._told:
            for seen in there:
                labels, failure = (("repository", seen.name),), self._failure(reader, seen.name)
                yield from _part(labels, reader, failure, () if failure else reader.samples_then(seen, moment), moment)
            failure = next(filter(None, (self._failure(reader, name) for name in self._past.repositories)), None)
            if there:
                yield from _part((), reader, failure, () if failure else reader.pooled_then(there, moment), moment)

    def _failure(self, reader: TopicReader, name: str) -> Reason | None:
        # Without its facts nobody knows since when a repository has been there: nor whether figures over all may leave it out.
        failure = self._known.facts.failed.get(name) or self._known.failure(name, reader.topic.name)
        if failure is None and not reader.complete(self._known.seen[name]):
            return Reason.TOO_LARGE
        return failure

    def _repository(self, seen: Seen, facts: Reading, moment: datetime) -> Iterator[Sample]:
        lists, name = self._past.lists, seen.name
        yield metrics.CREATED.sample(facts.created_at.timestamp(), repository=name)
        for metric, reader in ((metrics.STARS, lists.stars), (metrics.FORKS, lists.forks)):
            number = None if self._failure(reader, name) else reader.number_then(seen, moment)
            if number is not None:
                yield metric.sample(number, repository=name)
        released = [released_at for released_at in facts.released if released_at <= moment]
        yield metrics.RELEASES.sample(len(released), repository=name)
        if released:
            yield metrics.LATEST_RELEASE.sample(max(released).timestamp(), repository=name)
        if name not in self._past.unsettled:
            now = list(facts.samples())
            yield from self._issues(seen, [sample for sample in now if sample.name in _ISSUES], moment)
            yield from self._pulls(seen, [sample for sample in now if sample.name in _PULLS], moment)

    def _issues(self, seen: Seen, now: Sequence[Sample], moment: datetime) -> Iterable[Sample]:
        if self._failure(self._past.lists.issues, seen.name):
            return ()
        history, at = self._past.lists.issues.history(seen), int(moment.timestamp())
        if seen.name not in self._counted:
            states_of = IssueStates(self._config, seen)
            self._counted[seen.name] = states_of, states_of.now(history)
        states_of, are = self._counted[seen.name]
        return counts_then(now, are, states_of.then(history, at)) or ()

    def _pulls(self, seen: Seen, now: Sequence[Sample], moment: datetime) -> Iterable[Sample]:
        if self._failure(self._past.lists.pulls, seen.name):
            return ()
        are = pull_counts(seen.name, states(self._store, seen.key))
        were = pull_counts(seen.name, states(self._store, seen.key, moment))
        return counts_then(now, are, were) or ()


def _part(
    labels: Labels, reader: TopicReader, failure: Reason | None, samples: Iterable[Sample], moment: datetime
) -> Iterator[Part]:
    told = tuple(samples)
    if told or (failure is not None and (labels or _pools(reader))):
        yield Part(labels, moment, told, failure, topic=reader.topic)


def _pools(reader: TopicReader) -> bool:
    return any("repository" not in metric.labels for metric in reader.topic.metrics)
