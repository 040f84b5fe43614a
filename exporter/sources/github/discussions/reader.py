"""Reads the discussions of repositories and tells of them.

All discussions of all time are kept, because only then is it known who wrote for the first time. What a discussion that has
changed says replaces what was kept of it. Some things change without being told by the time of a last update:

* Votes: discussions that changed in the last 30 days are read anew once a day, all others once a week. What else may have
  changed in silence comes right with them: names of categories, hidden or deleted comments, accounts that are gone.
* Deletions and transfers: GitHub's count of discussions is compared with the number of those kept (see `numbers`). Where one
  goes and another, with old times, comes between two refreshes, the count tells nothing until the weekly reading.
* Discussions that are turned off for a repository: GitHub then counts none, and none are kept.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import ClassVar

from exporter.facts import Sample, Topic
from exporter.sources.github.api.descent import Descent
from exporter.sources.github.api.steps import Step
from exporter.sources.github.config import GitHubConfig
from exporter.sources.github.discussions import figures
from exporter.sources.github.discussions.further import Desk
from exporter.sources.github.discussions.ledger import ALL, CHANGES, MONTH, Ledger
from exporter.sources.github.discussions.numbers import compare
from exporter.sources.github.discussions.threads import Census, seconds
from exporter.sources.github.discussions.way import Page, Purpose
from exporter.sources.github.figures import DAY
from exporter.sources.github.metrics.discussions import TOPIC
from exporter.sources.github.store import Store
from exporter.sources.github.topic import Seen, TopicReader

__all__ = ["DiscussionsReader"]

WHOLE_PAGE = 50
"""Discussions of a page where all are read: 5,550 nodes."""
SHORT_PAGE = 20
"""Discussions of a page where few have changed."""
_WEEK, _MONTH = 7 * DAY, 30 * DAY
_STAGGER = 600
"""Seconds by which repositories differ in how often their votes are read, so that those first read together do not stay so."""


class DiscussionsReader(TopicReader):
    """Who discusses what, and whether questions are answered. Reads over GraphQL only."""

    topic: ClassVar[Topic] = TOPIC

    def __init__(
        self,
        store: Store,
        config: GitHubConfig,
        bots: frozenset[str],
        *,
        whole_page: int = WHOLE_PAGE,
        short_page: int = SHORT_PAGE,
    ) -> None:
        self._store = store
        self._whole_page = whole_page
        self._short_page = short_page
        self._slow_interval = config.slow_interval.total_seconds()
        self._census = Census(store.person, bots)

    def steps(self, seen: Seen, now: datetime) -> Iterable[Step]:
        ledger = Ledger(self._store, seen.key, seconds(now))
        if not seen.discussions or seen.last_discussion is None:
            ledger.forget_all()
            return
        desk = Desk(seen.name, ledger, self._census)
        last = seconds(seen.last_discussion)
        mark = ledger.mark(CHANGES)
        if mark is not None and mark.settled(last):
            yield from compare(desk, seen.discussions, self._slow_interval)
        else:
            yield self._way(desk, seen, CHANGES, whole=mark is None or not mark.complete)
        if mark is None or not mark.complete:
            return
        if self._due(ledger, ALL, _WEEK):
            yield self._way(desk, seen, ALL, whole=True)
        elif last > ledger.now - _MONTH and self._due(ledger, MONTH, DAY):
            yield self._way(desk, seen, MONTH, since=ledger.now - _MONTH)

    def complete(self, seen: Seen) -> bool:
        mark = self._store.mark(seen.key, CHANGES)
        return not seen.discussions or (mark is not None and mark.complete)

    def samples(self, seen: Seen, now: datetime) -> Iterator[Sample]:
        return figures.of_repository(self._store, seen.name, seen.key, now)

    def pooled(self, repositories: Sequence[Seen], now: datetime) -> Iterator[Sample]:
        return figures.of_all(self._store, [seen.key for seen in repositories], now)

    def samples_then(self, seen: Seen, moment: datetime) -> Iterator[Sample]:
        return figures.of_repository_then(self._store, seen.name, seen.key, moment)

    def pooled_then(self, repositories: Sequence[Seen], moment: datetime) -> Iterator[Sample]:
        return figures.of_all_then(self._store, [seen.key for seen in repositories], moment)

    def _way(self, desk: Desk, seen: Seen, name: str, *, since: int = 0, whole: bool = False) -> Step:
        ledger = desk.ledger
        descent = Descent.begin(ledger.mark(name), since, ledger.now, whole=name != CHANGES)
        size = min(self._whole_page if whole else self._short_page, seen.discussions)
        return Page(desk, Purpose(name, self._slow_interval), descent, size)

    def _due(self, ledger: Ledger, name: str, period: int) -> bool:
        """Whether it is time to read votes, or such a reading was interrupted."""
        mark = ledger.mark(name)
        if mark is None or mark.cursor is not None:
            return True
        return not mark.recent(ledger.now, period - ledger.key % 24 * _STAGGER)
