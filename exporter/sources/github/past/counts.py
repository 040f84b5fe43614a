"""How many issues and pull requests there were in each state, from how many there are and what has become of them since. Pure.

A thread that was not updated since a moment is now what it was then. So of all that GitHub counts today only those need to be
looked at that were updated since: they are taken away as they are, and added as they were.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from exporter.facts import Labels, Metric, Sample
from exporter.sources.github.config import GitHubConfig
from exporter.sources.github.issues.table import Issue
from exporter.sources.github.metrics import repositories as metrics
from exporter.sources.github.repositories.tallies import NO_PRIORITY, Priorities
from exporter.sources.github.topic import Seen

__all__ = ["Counts", "IssueStates", "Key", "Threads", "counts_then", "pull_counts"]

Key = tuple[str, Labels]
"""The name and the labels of a sample."""
Counts = Mapping[Key, int]
Threads = Mapping[Key, float]
"""What GitHub counts of the issues and pull requests of a repository, bugs of all priorities together."""


class IssueStates:
    """Counts the issues of a repository by what they are, as the facts of a repository are counted."""

    def __init__(self, config: GitHubConfig, seen: Seen) -> None:
        self._name = seen.name
        self._labels = config.labels
        self._bug = config.bug_label.casefold()
        self._priorities = Priorities(config.priorities)
        self._names = {id_: name.casefold() for name, id_ in seen.label_ids.items()}

    def now(self, issues: Iterable[Issue]) -> Counts:
        """How many of the issues count in each figure."""
        return self._counts(Counter((issue.closed is None, issue.labels) for issue in issues))

    def then(self, issues: Iterable[Issue], moment: int) -> Counts:
        """How many of the issues counted at a moment."""
        return self._counts(Counter((issue.was_open(moment), issue.labels) for issue in issues if issue.created <= moment))

    def _counts(self, states: Mapping[tuple[bool, tuple[str, ...]], int]) -> Counts:
        counts: Counter[Key] = Counter()
        for (is_open, labels), number in states.items():
            for key in self._keys(is_open, [self._names[id_] for id_ in labels if id_ in self._names]):
                counts[key] += number
        return counts

    def _keys(self, is_open: bool, labels: list[str]) -> Iterator[Key]:
        if not is_open:
            yield _key(metrics.ISSUES_CLOSED, repository=self._name)
            return
        bug = self._bug in labels
        kind, priority = ("bug", self._priorities.of(labels)) if bug else ("other", NO_PRIORITY)
        yield _key(metrics.ISSUES_OPEN, repository=self._name, kind=kind, priority=priority)
        for label in self._labels:
            if label.casefold() in labels:
                yield _key(metrics.ISSUES_OPEN_LABELLED, repository=self._name, label=label)


def pull_counts(repository: str, states: Mapping[str, int]) -> Counts:
    """How many pull requests count in each figure, given by their state."""
    return {_key(metrics.PULL_REQUESTS, repository=repository, state=state): number for state, number in states.items()}


def counts_then(now: Iterable[Sample], are: Counts, were: Counts) -> list[Sample] | None:
    """The samples as they were, of those of today: `are` and `were` count what was updated since, as it is and as it was.

    None where that is less than nothing, because what GitHub lists is not what it counts.
    """
    told = []
    for sample in now:
        key = sample.name, sample.labels
        value = sample.value - are.get(key, 0) + were.get(key, 0)
        if value < 0:
            return None
        told.append(Sample(*key, value))
    return told


def _key(metric: Metric, **labels: str) -> Key:
    return metric.name, tuple((name, labels[name]) for name in metric.labels)
