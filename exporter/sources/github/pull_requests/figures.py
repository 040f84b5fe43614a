"""The samples of the topic, made of what is kept. A window begins just after its start and ends now."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime

from exporter.facts import Sample
from exporter.sources.github.figures import DAY, WINDOWS, statistics
from exporter.sources.github.metrics import pull_requests as metrics
from exporter.sources.github.store import Store

__all__ = ["of_all", "of_repository", "states"]

_OPENED = ("24h", "7d", "30d")
_AUTHORS = {"human": 0, "bot": 1}
_MONTH = 30 * DAY
_QUARTER = 90 * DAY
_NOW = "pull_request"
_THEN = """(
    SELECT repository, by_bot, created, updated, cross_references, CASE WHEN merged <= :now THEN merged END AS merged,
        CASE WHEN merged <= :now THEN merged ELSE (
            SELECT CASE WHEN value > 0 THEN value END FROM json_each(turns) WHERE abs(value) <= :now ORDER BY key DESC LIMIT 1
        ) END AS closed,
        CASE WHEN reviewed <= :now THEN reviewed END AS reviewed
    FROM pull_request WHERE created <= :now
)"""
"""The pull requests as they were at a moment."""
_COUNTS = (
    "SELECT by_bot, sum(created > :day), sum(created > :week), sum(created > :month),"
    " sum(closed > :month AND merged IS NOT NULL), sum(closed > :month AND merged IS NULL),"
    " sum(closed IS NULL AND reviewed IS NULL), sum((created > :quarter) * cross_references)"
    " FROM {pulls} WHERE repository = :key AND updated >= :since GROUP BY by_bot"
)
_STATES = (
    "SELECT CASE WHEN merged IS NOT NULL THEN 'merged' WHEN closed IS NOT NULL THEN 'closed' ELSE 'open' END, count(*)"
    " FROM {pulls} WHERE repository = :key GROUP BY 1"
)
_TIMES = (
    "SELECT {ends} - created FROM {pulls}"
    " WHERE repository IN (SELECT value FROM json_each(:keys)) AND {starts} > :start AND {ends} IS NOT NULL AND NOT by_bot"
)


def of_repository(store: Store, name: str, key: int, since: datetime, now: datetime, *, then: bool = False) -> Iterator[Sample]:
    """The samples of one repository, which the store knows by `key`, of the pull requests changed since that moment.

    With `then` as they were at `now`, a moment that is past.
    """
    moment = now.timestamp()
    values = {
        "key": key,
        "since": since.timestamp(),
        "now": int(moment),
        "day": moment - DAY,
        "week": moment - WINDOWS["7d"],
        "month": moment - _MONTH,
        "quarter": moment - _QUARTER,
    }
    rows = {row[0]: [count or 0 for count in row[1:]] for row in store.rows(_COUNTS.format(pulls=_pulls(then=then)), values)}
    by_author = {author: rows.get(by_bot, [0] * 7) for author, by_bot in _AUTHORS.items()}
    for author, (*newly_opened, merged, unmerged, _, _) in by_author.items():
        for window, count in zip(_OPENED, newly_opened, strict=True):
            yield metrics.NEWLY_OPENED.sample(count, repository=name, author=author, window=window)
        yield metrics.NEWLY_CLOSED.sample(merged, repository=name, author=author, outcome="merged")
        yield metrics.NEWLY_CLOSED.sample(unmerged, repository=name, author=author, outcome="unmerged")
    yield metrics.AWAITING_REVIEW.sample(by_author["human"][-2], repository=name)
    yield metrics.CROSS_REFERENCES.sample(sum(counts[-1] for counts in by_author.values()), repository=name)


def of_all(store: Store, keys: Sequence[int], now: datetime, *, then: bool = False) -> Iterator[Sample]:
    """The samples over the pull requests of all repositories with these keys together, with `then` as they were at `now`."""
    values = {"keys": json.dumps(keys), "now": int(now.timestamp()), "start": now.timestamp() - _MONTH}
    for metric, starts, ends in ((metrics.FIRST_REVIEW, "created", "reviewed"), (metrics.MERGE, "merged", "merged")):
        query = _TIMES.format(pulls=_pulls(then=then), starts=starts, ends=ends)
        for name, value in statistics([seconds for (seconds,) in store.rows(query, values)]):
            yield metric.sample(value, statistic=name)


def states(store: Store, key: int, moment: datetime | None = None) -> dict[str, int]:
    """How many of the pull requests that are kept of a repository are, or were at a moment, open, merged, or closed unmerged."""
    query = _STATES.format(pulls=_pulls(then=moment is not None))
    return dict(store.rows(query, {"key": key, "now": None if moment is None else int(moment.timestamp())}))


def _pulls(*, then: bool) -> str:
    return _THEN if then else _NOW
