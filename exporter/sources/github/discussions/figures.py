"""The samples of the topic, made of what is kept.

A window begins just after its start and ends now; what GitHub dates after that, because its clock is ahead, counts as of now.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from exporter.facts import Metric, Sample
from exporter.sources.github.figures import DAY, WINDOWS
from exporter.sources.github.metrics import discussions as metrics
from exporter.sources.github.store import Store

__all__ = ["of_all", "of_repository"]

_OPENED_OR_WRITTEN = ("24h", "7d", "30d")
_MONTH = 30 * DAY
_AMONG = "repository IN (SELECT value FROM json_each(?))"


def of_repository(store: Store, name: str, key: int, now: datetime) -> Iterator[Sample]:
    """The samples of one repository, which the store knows by `key`."""
    totals = "SELECT count(*), total(answerable), total(answered), total(upvotes) FROM discussion WHERE repository = ?"
    ((discussions, answerable, answered, upvotes),) = store.rows(totals, (key,))
    yield metrics.DISCUSSIONS.sample(discussions, repository=name)
    yield metrics.ANSWERABLE.sample(answerable, repository=name)
    yield metrics.ANSWERED.sample(answered, repository=name)
    yield metrics.UPVOTES.sample(upvotes, repository=name)
    by_category = "SELECT category, count(*) FROM discussion WHERE repository = ? GROUP BY category ORDER BY category"
    for category, discussions in store.rows(by_category, (key,)):
        yield metrics.BY_CATEGORY.sample(discussions, repository=name, category=category)
    for window in _OPENED_OR_WRITTEN:
        since = now.timestamp() - WINDOWS[window]
        opened = _number(store, "SELECT count(*) FROM discussion WHERE repository = ? AND created > ?", (key, since))
        yield metrics.NEWLY_OPENED.sample(opened, repository=name, window=window)
        posts = _number(store, "SELECT count(*) FROM post WHERE repository = ? AND at > ?", (key, since))
        yield metrics.POSTS.sample(posts, repository=name, window=window)


def of_all(store: Store, keys: Sequence[int], now: datetime) -> Iterator[Sample]:
    """The samples over the repositories with these keys together: a person who writes in several of them is one."""
    among, since = json.dumps(keys), now.timestamp() - _MONTH
    wrote = f"SELECT count(DISTINCT person) FROM post WHERE {_AMONG} AND at > ?"  # noqa: S608 - a constant
    yield metrics.PARTICIPANTS.sample(_number(store, wrote, (among, since)), window="30d")
    first = f"SELECT min(at) AS at FROM post WHERE {_AMONG} AND person IS NOT NULL GROUP BY person"  # noqa: S608
    newcomers = f"SELECT count(*) FROM ({first}) WHERE at > ?"  # noqa: S608
    yield metrics.NEW_PARTICIPANTS.sample(_number(store, newcomers, (among, since)), window="30d")
    answered = f"SELECT avg(answered) FROM discussion WHERE {_AMONG} AND answerable AND created > ?"  # noqa: S608
    yield from _known(metrics.ANSWERED_RATIO, _number(store, answered, (among, since)))
    votes = f"SELECT avg(answer_votes) FROM discussion WHERE {_AMONG}"  # noqa: S608
    yield from _known(metrics.ANSWER_VOTES, _number(store, votes, (among,)))


def _known(metric: Metric, value: float | None) -> Iterator[Sample]:
    """A mean, where there is anything to have a mean of."""
    if value is not None:
        yield metric.sample(value)


def _number(store: Store, query: str, parameters: Sequence[Any]) -> Any:
    ((number,),) = store.rows(query, parameters)
    return number
