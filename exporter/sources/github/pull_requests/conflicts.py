"""Counts the open pull requests that cannot be merged.

GitHub works out whether a pull request can be merged when somebody asks, and says UNKNOWN until it has. So all open ones are
asked about once in every `slow_interval`, and again in the next refreshes, up to RETRIES times, while some are unknown. The
counts are those of the last reading.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from exporter.errors import Reason, UpstreamError
from exporter.facts import Sample
from exporter.sources.github.api.answer import read
from exporter.sources.github.api.descent import FULL_PAGE, smaller_page
from exporter.sources.github.api.query import Variables
from exporter.sources.github.api.steps import Step
from exporter.sources.github.config import GitHubConfig
from exporter.sources.github.metrics.pull_requests import CONFLICTS, OPEN_BY_MERGEABILITY
from exporter.sources.github.pull_requests.answers import Mergeable, MergeableOfRepository, OpenPage
from exporter.sources.github.pull_requests.queries import mergeability_entry
from exporter.sources.github.store import Store
from exporter.sources.github.store.marks import Mark
from exporter.sources.github.topic import Seen, TopicReader

__all__ = ["MOST_PAGES", "RETRIES", "ConflictsReader"]

LIST = "conflicts"
"""The name of the list in the store; the note of its mark holds the counts."""
RETRIES = 3
"""How often in a row it is asked again because some are unknown."""
MOST_PAGES = 200
"""Pages of open pull requests of one repository that are read: 20,000 of them."""


@dataclass(frozen=True, slots=True)
class _Count:
    """The open pull requests by mergeability, and how often in a row they have been asked about."""

    by_state: Mapping[str, int]
    tries: int = 1

    @property
    def asks_again(self) -> bool:
        return bool(self.by_state.get(Mergeable.UNKNOWN)) and self.tries <= RETRIES


class ConflictsReader(TopicReader):
    """The topic `conflicts`. A repository without open pull requests needs no request."""

    topic = CONFLICTS

    def __init__(self, store: Store, config: GitHubConfig, bots: frozenset[str], *, page: int = FULL_PAGE) -> None:
        self._store = store
        self._page = page
        self._interval = config.slow_interval.total_seconds()

    def steps(self, seen: Seen, now: datetime) -> Iterable[Step]:
        if not seen.open_pulls:
            return
        moment, tries = int(now.timestamp()), 1
        mark, count = self._kept(seen)
        if mark is not None and mark.recent(moment, self._interval):
            if not count.asks_again:
                return
            tries += count.tries
        yield _PageStep(_Reading(self._store, seen, moment, tries), None, self._page)

    def complete(self, seen: Seen) -> bool:
        return not seen.open_pulls or self._kept(seen)[0] is not None

    def samples(self, seen: Seen, now: datetime) -> Iterator[Sample]:
        by_state = self._kept(seen)[1].by_state if seen.open_pulls else {}
        for state in Mergeable:
            yield OPEN_BY_MERGEABILITY.sample(by_state.get(state, 0), repository=seen.name, state=state.lower())

    def _kept(self, seen: Seen) -> tuple[Mark | None, _Count]:
        mark = self._store.mark(seen.key, LIST)
        return mark, _Count({}) if mark is None or mark.note is None else _Count(**json.loads(mark.note))


@dataclass(slots=True)
class _Reading:
    """What has been counted while the pages come in; it is kept as a whole, so an interrupted reading is begun again."""

    store: Store
    seen: Seen
    now: int
    tries: int
    counted: Counter[str] = field(default_factory=Counter)
    visited: set[str] = field(default_factory=set)

    def add(self, page: OpenPage) -> bool:
        """Counts a page, and keeps the counts after the last one; tells whether a further one follows."""
        cursor = page.page_info.next_cursor
        if cursor is not None and (not page.nodes or cursor in self.visited):
            raise UpstreamError(Reason.MALFORMED, "GitHub led to no further page of a list")
        if cursor is not None and len(self.visited) == MOST_PAGES:
            raise UpstreamError(Reason.TOO_LARGE, "GitHub gave more pages than are read")
        self.counted.update(pull.mergeable.value for pull in page.nodes)
        if cursor is not None:
            self.visited.add(cursor)
            return True
        note = json.dumps({"by_state": self.counted, "tries": self.tries})
        with self.store.transaction() as database:
            self.store.set_mark(database, self.seen.key, LIST, Mark(self.now, complete=True, note=note))
        return False


class _PageStep(Step):
    """A page of the open pull requests of a repository."""

    topic = CONFLICTS.name

    def __init__(self, reading: _Reading, cursor: str | None, size: int) -> None:
        self.repository = reading.seen.name
        self._reading = reading
        self._cursor = cursor
        self._size = size

    def write(self, variables: Variables) -> str:
        return mergeability_entry(variables, self.repository, self._size, self._cursor)

    def take(self, data: Any) -> Iterable[Step]:
        page = read(MergeableOfRepository, data).pull_requests
        return [_PageStep(self._reading, page.page_info.next_cursor, self._size)] if self._reading.add(page) else []

    def lighter(self) -> Step | None:
        size = smaller_page(self._size)
        return _PageStep(self._reading, self._cursor, size) if size is not None else None
