"""The topic `traffic`: views and clones of repositories."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from pydantic import AliasChoices, Field

from exporter.facts import Sample, Topic
from exporter.sources.github.api.answer import Count, Moment, read
from exporter.sources.github.api.rest import Rest, RestAnswer
from exporter.sources.github.config import GitHubConfig
from exporter.sources.github.metrics import rest as metrics
from exporter.sources.github.store import Store
from exporter.sources.github.store.marks import Mark
from exporter.sources.github.topic import Seen, TopicReader

__all__ = ["TrafficReader"]

_METRICS = {"views": (metrics.VIEWS, metrics.VISITORS), "clones": (metrics.CLONES, metrics.CLONERS)}
_COUNTED_AFTER = timedelta(hours=1)
"""GitHub counts anew every hour, so a day is whole an hour after its end."""


class _Day(RestAnswer):
    timestamp: Moment
    count: Count
    uniques: Count


class _Traffic(RestAnswer):
    """The last 14 days together, and those among them in which there was anything to count."""

    count: Count
    uniques: Count
    days: list[_Day] = Field(validation_alias=AliasChoices(*_METRICS))


class TrafficReader(TopicReader):
    """Asks for the traffic of a repository every `slow_interval`, and tells what GitHub counted then.

    Uniques of days do not add up, so there are those windows only for which GitHub gives them: the last day (UTC) that was whole
    when it was asked, and 14 days, of which GitHub's last is the current one.
    """

    topic: ClassVar[Topic] = metrics.TRAFFIC

    def __init__(self, store: Store, config: GitHubConfig, bots: frozenset[str]) -> None:
        self._store = store
        self._interval = config.slow_interval.total_seconds()

    def read(self, seen: Seen, rest: Rest, now: datetime) -> None:
        moment, mark = int(now.timestamp()), self._store.mark(seen.key, self.topic.name)
        if mark is not None and mark.recent(moment, self._interval):
            return
        day = (now.astimezone(UTC) - _COUNTED_AFTER).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
        rows = []
        for kind in _METRICS:
            traffic = read(_Traffic, rest.get(f"/repos/{seen.name}/traffic/{kind}", {"per": "day"}))
            # A day that is left out had nothing to count.
            count, uniques = next(((found.count, found.uniques) for found in traffic.days if found.timestamp == day), (0, 0))
            rows.append((seen.key, kind, "1d", count, uniques))
            rows.append((seen.key, kind, "14d", traffic.count, traffic.uniques))
        with self._store.transaction() as database:
            database.executemany(
                "INSERT OR REPLACE INTO traffic (repository, kind, span, count, uniques) VALUES (?, ?, ?, ?, ?)", rows
            )
            self._store.set_mark(database, seen.key, self.topic.name, Mark(moment, complete=True))

    def complete(self, seen: Seen) -> bool:
        return self._store.mark(seen.key, self.topic.name) is not None

    def samples(self, seen: Seen, now: datetime) -> Iterator[Sample]:
        rows = self._store.rows("SELECT kind, span, count, uniques FROM traffic WHERE repository = ?", (seen.key,))
        for kind, span, count, uniques in rows:
            counted, different = _METRICS[kind]
            yield counted.sample(count, repository=seen.name, window=span)
            yield different.sample(uniques, repository=seen.name, window=span)
