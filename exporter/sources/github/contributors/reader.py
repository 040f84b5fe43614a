"""Reads contributors, and tells how many there are."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import ClassVar

from exporter.facts import Sample, Topic
from exporter.sources.github.api.rest import Rest
from exporter.sources.github.api.steps import Step
from exporter.sources.github.config import GitHubConfig
from exporter.sources.github.contributors.counts import Counts, counted
from exporter.sources.github.contributors.identity import Identities
from exporter.sources.github.contributors.listing import read_list
from exporter.sources.github.contributors.reading import LENGTH, Reading
from exporter.sources.github.contributors.steps import first_steps
from exporter.sources.github.contributors.tables import LIST, WINDOW, Tables
from exporter.sources.github.metrics import contributors as metrics
from exporter.sources.github.store import Store
from exporter.sources.github.store.marks import Mark
from exporter.sources.github.topic import Seen, TopicReader

__all__ = ["ContributorsReader"]

_SLOWER = 4
"""Times the slow interval between two readings of a list: a day, where nothing is configured."""


class ContributorsReader(TopicReader):
    """Reads the commits of the last 60 days where the head of a repository has moved, and GitHub's lists once a day.

    All of the 60 days is read each time, because a merge brings commits with older dates than those read before. A list is read
    until a day after the last push, because GitHub gives out older ones meanwhile. People who are in the commits and not yet on
    the list count at once.
    """

    topic: ClassVar[Topic] = metrics.TOPIC

    def __init__(self, store: Store, config: GitHubConfig, bots: frozenset[str]) -> None:
        self._tables = Tables(store)
        self._identities = Identities(config.base_url, bots, store.person)
        self._bots = bots
        self._interval = _SLOWER * config.slow_interval.total_seconds()

    def read(self, seen: Seen, rest: Rest, now: datetime) -> None:
        moment = int(now.timestamp())
        if seen.head is not None and self._list_is_due(seen, moment):
            entries = read_list(rest, seen.name, self._identities, self._bots)
            self._tables.replace_list(seen.key, entries or {}, Mark(moment, complete=entries is not None))

    def steps(self, seen: Seen, now: datetime) -> Iterable[Step]:
        moment = int(now.timestamp())
        if seen.head is None:
            return ()
        if self._read_at(seen) is None:
            reading = Reading(seen.key, seen.head, moment, self._identities, self._tables, _seconds(seen.first))
            return first_steps(seen.name, reading)
        self._tables.prune(seen.key, (_seconds(seen.first) or moment) - 2 * LENGTH)
        return ()

    def complete(self, seen: Seen) -> bool:
        return seen.head is None or (self._read_at(seen) is not None and self._tables.mark(seen.key, LIST) is not None)

    def pooled(self, repositories: Sequence[Seen], now: datetime) -> Iterator[Sample]:
        moment, keys = int(now.timestamp()), _with_commits(repositories)
        counts = counted(
            self._tables.activity(keys, moment - 2 * LENGTH, moment - LENGTH),
            self._tables.every_first_commit(keys),
            self._tables.listed(keys),
            moment - LENGTH,
        )
        return self._samples(keys, counts)

    def pooled_then(self, repositories: Sequence[Seen], moment: datetime) -> Iterator[Sample]:
        end, keys = int(moment.timestamp()), _with_commits(repositories)
        counts = counted(
            self._tables.activity(keys, end - 2 * LENGTH, end - LENGTH, end),
            self._tables.every_first_commit(keys),
            self._tables.listed(keys),
            end - LENGTH,
            end,
            self._tables.authors(keys),
        )
        return self._samples(keys, counts)

    def _samples(self, keys: Sequence[int], counts: Counts) -> Iterator[Sample]:
        lists_known = all(self._has_list(key) for key in keys)
        if lists_known:
            yield metrics.CONTRIBUTORS.sample(counts.ever)
        yield metrics.ACTIVE.sample(counts.active, window="30d")
        # In the only repository, the commits themselves tell who is new.
        if lists_known or len(keys) == 1:
            yield metrics.FIRST_TIME.sample(counts.first_time, window="30d")
        yield metrics.PREVIOUS.sample(counts.previous, window="30d")
        yield metrics.RETAINED.sample(counts.retained, window="30d")

    def _read_at(self, seen: Seen) -> int | None:
        """When the commits that lead to the present head were read; None where they were not."""
        mark = self._tables.mark(seen.key, WINDOW)
        return mark.read_at if mark is not None and mark.note and mark.note.startswith(f"{seen.head} ") else None

    def _list_is_due(self, seen: Seen, moment: int) -> bool:
        mark = self._tables.mark(seen.key, LIST)
        if mark is None:
            return True
        if mark.recent(moment, self._interval):
            return False
        read_at = self._read_at(seen)
        return not mark.complete or read_at is None or mark.read_at < read_at + self._interval

    def _has_list(self, key: int) -> bool:
        mark = self._tables.mark(key, LIST)
        return mark is not None and mark.complete


def _with_commits(repositories: Iterable[Seen]) -> list[int]:
    """The keys of the repositories that are not empty."""
    return [seen.key for seen in repositories if seen.head is not None]


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())
