"""The samples of the topic, made of what is kept.

A window begins just after its start and ends now; what GitHub dates after that, because its clock is ahead, counts as of now.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exporter.facts import Metric, Sample
from exporter.sources.github.figures import DAY, WINDOWS
from exporter.sources.github.metrics import discussions as metrics
from exporter.sources.github.store import Store

__all__ = ["of_all", "of_repository"]

_OPENED_OR_WRITTEN = ("24h", "7d", "30d")
_MONTH = 30 * DAY
_AMONG = {"among": "repository IN (SELECT value FROM json_each(:keys))"}
_NOW = {**_AMONG, "discussion": "discussion", "post": "post"}
_THEN = {
    **_AMONG,
    "discussion": """(
        SELECT repository, created, category, answerable, answered AND chosen <= :then AS answered
        FROM discussion WHERE created <= :then
    )""",
    "post": "(SELECT repository, at, person FROM post WHERE at <= :then)",
}


@dataclass(frozen=True, slots=True)
class _Kept:
    """The tables that figures are made of: as they are, or as they were at a moment (in seconds since 1970)."""

    store: Store
    then: int | None = None

    def number(self, query: str, **values: Any) -> Any:
        """The one number that a query selects. {discussion} and {post} in it are the tables, {among} limits them to `keys`."""
        ((number,),) = self.rows(query, **values)
        return number

    def rows(self, query: str, **values: Any) -> Iterator[tuple[Any, ...]]:
        """What a query selects."""
        tables = _NOW if self.then is None else _THEN
        return self.store.rows(query.format_map(tables), {"then": self.then, **values})


def of_repository(store: Store, name: str, key: int, now: datetime) -> Iterator[Sample]:
    """The samples of one repository, which the store knows by `key`."""
    yield from _counts(_Kept(store), name, key, now)
    totals = "SELECT total(answered), total(upvotes) FROM discussion WHERE repository = ?"
    ((answered, upvotes),) = store.rows(totals, (key,))
    yield metrics.ANSWERED.sample(answered, repository=name)
    yield metrics.UPVOTES.sample(upvotes, repository=name)


def of_repository_then(store: Store, name: str, key: int, moment: datetime) -> Iterator[Sample]:
    """The same at a moment that is past, of the discussions and posts that still stand. Votes have no moments."""
    kept = _Kept(store, int(moment.timestamp()))
    yield from _counts(kept, name, key, moment)
    if not _answers_without_moment(store, [key]):
        answered = kept.number("SELECT total(answered) FROM {discussion} WHERE repository = :key", key=key)
        yield metrics.ANSWERED.sample(answered, repository=name)


def of_all(store: Store, keys: Sequence[int], now: datetime) -> Iterator[Sample]:
    """The samples over the repositories with these keys together: a person who writes in several of them is one."""
    kept, among = _Kept(store), json.dumps(keys)
    yield from _people(kept, among, now)
    yield from _answered_share(kept, among, now)
    yield from _known(metrics.ANSWER_VOTES, kept.number("SELECT avg(answer_votes) FROM discussion WHERE {among}", keys=among))


def of_all_then(store: Store, keys: Sequence[int], moment: datetime) -> Iterator[Sample]:
    """The same at a moment that is past."""
    kept, among = _Kept(store, int(moment.timestamp())), json.dumps(keys)
    yield from _people(kept, among, moment)
    if not _answers_without_moment(store, keys):
        yield from _answered_share(kept, among, moment)


def _counts(kept: _Kept, name: str, key: int, end: datetime) -> Iterator[Sample]:
    totals = "SELECT count(*), total(answerable) FROM {discussion} WHERE repository = :key"
    ((discussions, answerable),) = kept.rows(totals, key=key)
    yield metrics.DISCUSSIONS.sample(discussions, repository=name)
    yield metrics.ANSWERABLE.sample(answerable, repository=name)
    by_category = "SELECT category, count(*) FROM {discussion} WHERE repository = :key GROUP BY category ORDER BY category"
    for category, discussions in kept.rows(by_category, key=key):
        yield metrics.BY_CATEGORY.sample(discussions, repository=name, category=category)
    for window in _OPENED_OR_WRITTEN:
        bounds = {"key": key, "since": end.timestamp() - WINDOWS[window]}
        opened = kept.number("SELECT count(*) FROM {discussion} WHERE repository = :key AND created > :since", **bounds)
        yield metrics.NEWLY_OPENED.sample(opened, repository=name, window=window)
        posts = kept.number("SELECT count(*) FROM {post} WHERE repository = :key AND at > :since", **bounds)
        yield metrics.POSTS.sample(posts, repository=name, window=window)


def _people(kept: _Kept, among: str, end: datetime) -> Iterator[Sample]:
    bounds = {"keys": among, "since": end.timestamp() - _MONTH}
    wrote = "SELECT count(DISTINCT person) FROM {post} WHERE {among} AND at > :since"
    yield metrics.PARTICIPANTS.sample(kept.number(wrote, **bounds), window="30d")
    first = "SELECT min(at) AS at FROM {post} WHERE {among} AND person IS NOT NULL GROUP BY person"
    newcomers = f"SELECT count(*) FROM ({first}) WHERE at > :since"  # noqa: S608 - a constant
    yield metrics.NEW_PARTICIPANTS.sample(kept.number(newcomers, **bounds), window="30d")


def _answered_share(kept: _Kept, among: str, end: datetime) -> Iterator[Sample]:
    answered = "SELECT avg(answered) FROM {discussion} WHERE {among} AND answerable AND created > :since"
    yield from _known(metrics.ANSWERED_RATIO, kept.number(answered, keys=among, since=end.timestamp() - _MONTH))


def _answers_without_moment(store: Store, keys: Sequence[int]) -> bool:
    """Whether of some answer it is not known when it was accepted."""
    unknown = "SELECT count(*) FROM discussion WHERE {among} AND answered AND chosen IS NULL"
    return bool(_Kept(store).number(unknown, keys=json.dumps(keys)))


def _known(metric: Metric, value: float | None) -> Iterator[Sample]:
    """A mean, where there is anything to have a mean of."""
    if value is not None:
        yield metric.sample(value)
