"""The samples of the topic, made of what is kept. A window begins just after its start and ends now."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime

from exporter.facts import Metric, Sample
from exporter.sources.github.figures import DAY, WINDOWS, statistics
from exporter.sources.github.metrics import pull_requests as metrics
from exporter.sources.github.store import Store

__all__ = ["of_all", "of_repository"]

_OPENED = ("24h", "7d", "30d")
_AUTHORS = {"human": 0, "bot": 1}
_MONTH = 30 * DAY
_QUARTER = 90 * DAY
_COUNTS = (
    "SELECT by_bot, sum(created > ?), sum(created > ?), sum(created > ?), sum(closed > ? AND merged IS NOT NULL),"
    " sum(closed > ? AND merged IS NULL), sum(closed IS NULL AND reviewed IS NULL), sum((created > ?) * cross_references)"
    " FROM pull_request WHERE repository = ? AND updated >= ? GROUP BY by_bot"
)
_TIMES = (
    "SELECT {ends} - created FROM pull_request"
    " WHERE repository IN (SELECT value FROM json_each(?)) AND {starts} > ? AND {ends} IS NOT NULL AND NOT by_bot"
)


def of_repository(store: Store, name: str, key: int, since: datetime, now: datetime) -> Iterator[Sample]:
    """The samples of one repository, which the store knows by `key`, of the pull requests changed since that moment."""
    moment = now.timestamp()
    opened = [moment - WINDOWS[window] for window in _OPENED]
    starts = (*opened, moment - _MONTH, moment - _MONTH, moment - _QUARTER)
    rows = {row[0]: [count or 0 for count in row[1:]] for row in store.rows(_COUNTS, (*starts, key, since.timestamp()))}
    by_author = {author: rows.get(by_bot, [0] * 7) for author, by_bot in _AUTHORS.items()}
    for author, (*newly_opened, merged, unmerged, _, _) in by_author.items():
        for window, count in zip(_OPENED, newly_opened, strict=True):
            yield metrics.NEWLY_OPENED.sample(count, repository=name, author=author, window=window)
        yield metrics.NEWLY_CLOSED.sample(merged, repository=name, author=author, outcome="merged")
        yield metrics.NEWLY_CLOSED.sample(unmerged, repository=name, author=author, outcome="unmerged")
    yield metrics.AWAITING_REVIEW.sample(by_author["human"][-2], repository=name)
    yield metrics.CROSS_REFERENCES.sample(sum(counts[-1] for counts in by_author.values()), repository=name)


def of_all(store: Store, keys: Sequence[int], now: datetime) -> Iterator[Sample]:
    """The samples over the pull requests of all repositories with these keys together."""
    start = now.timestamp() - _MONTH
    yield from _spread(metrics.FIRST_REVIEW, store, keys, _TIMES.format(starts="created", ends="reviewed"), start)
    yield from _spread(metrics.MERGE, store, keys, _TIMES.format(starts="merged", ends="merged"), start)


def _spread(metric: Metric, store: Store, keys: Sequence[int], query: str, start: float) -> Iterator[Sample]:
    times = [seconds for (seconds,) in store.rows(query, (json.dumps(keys), start))]
    for name, value in statistics(times):
        yield metric.sample(value, statistic=name)
