"""Reads the pull requests of the last 90 days, and again only those that have changed."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from exporter.facts import Sample
from exporter.sources.github.api.descent import FULL_PAGE, Descent
from exporter.sources.github.api.steps import Step
from exporter.sources.github.config import GitHubConfig
from exporter.sources.github.figures import DAY
from exporter.sources.github.metrics.pull_requests import NO_PAST, TOPIC
from exporter.sources.github.pull_requests.figures import of_all, of_repository
from exporter.sources.github.pull_requests.steps import LIST, PageStep, Place
from exporter.sources.github.store import Store
from exporter.sources.github.store.marks import Mark
from exporter.sources.github.topic import Seen, TopicReader

__all__ = ["RESYNC", "PullRequestsReader"]

RESYNC = 7 * DAY
"""Seconds after which everything is read once more at the latest: an account that is deleted, a comment that is hidden and a
mention elsewhere do not count as updates of a pull request.
"""
_APART = 2 * DAY
_STRIDE = 7919


class PullRequestsReader(TopicReader):
    """The topic `pull_requests`: what has changed since the last reading, from the last update back.

    Nothing is asked where the last update is one that has been read. Those that were not updated for 90 days are forgotten.
    """

    topic = TOPIC

    def __init__(self, store: Store, config: GitHubConfig, bots: frozenset[str], *, page: int = FULL_PAGE) -> None:
        self._store = store
        self._page = page
        self._bots = bots

    def steps(self, seen: Seen, now: datetime) -> Iterable[Step]:
        mark, moment = self._store.mark(seen.key, LIST), int(now.timestamp())
        if mark is None and _nothing_recent(seen):
            return
        whole = mark is not None and self._is_due(mark, seen.key, moment)
        last = None if seen.last_pull is None else int(seen.last_pull.timestamp())
        if mark is not None and mark.settled(last) and not whole:
            return
        descent = Descent.begin(mark, int(seen.since.timestamp()), moment, whole=whole)
        place = Place(seen.name, seen.key, self._store, self._bots, past=seen.first is not None)
        yield PageStep(place, descent, self._page)

    def complete(self, seen: Seen) -> bool:
        mark = self._store.mark(seen.key, LIST)
        return _nothing_recent(seen) if mark is None else mark.complete

    def samples(self, seen: Seen, now: datetime) -> Iterator[Sample]:
        return of_repository(self._store, seen.name, seen.key, seen.since, now)

    def pooled(self, repositories: Sequence[Seen], now: datetime) -> Iterator[Sample]:
        return of_all(self._store, [seen.key for seen in repositories], now)

    def samples_then(self, seen: Seen, moment: datetime) -> Iterator[Sample]:
        samples = of_repository(self._store, seen.name, seen.key, seen.since, moment, then=True)
        return (sample for sample in samples if sample.name not in NO_PAST)

    def pooled_then(self, repositories: Sequence[Seen], moment: datetime) -> Iterator[Sample]:
        return of_all(self._store, [seen.key for seen in repositories], moment, then=True)

    def _is_due(self, mark: Mark, key: int, now: int) -> bool:
        """Whether everything is to be read once more. Repositories take their turns over two days rather than all at once."""
        if mark.note is None or Mark(int(mark.note)).recent(now, RESYNC - key * _STRIDE % _APART):
            return False
        return any(self._store.rows("SELECT 1 FROM pull_request WHERE repository = ? LIMIT 1", (key,)))


def _nothing_recent(seen: Seen) -> bool:
    return seen.last_pull is None or seen.last_pull < seen.since
