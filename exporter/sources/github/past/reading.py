"""Reads what tells of the past: as a refresh does, into a store whose lists reach back to the first moment asked about."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from exporter.errors import RateLimited, Reason
from exporter.sources.base import Tools
from exporter.sources.github.api.planner import Planner
from exporter.sources.github.config import GitHubConfig
from exporter.sources.github.contributors import ContributorsReader
from exporter.sources.github.discussions import DiscussionsReader
from exporter.sources.github.doctor import Access
from exporter.sources.github.issues import IssuesReader
from exporter.sources.github.past.counts import Threads
from exporter.sources.github.pull_requests import PullRequestsReader
from exporter.sources.github.refresh import Known, Limits, Refresh, Sizing
from exporter.sources.github.repositories.reader import Reader
from exporter.sources.github.stars import ForksReader, StarsReader
from exporter.sources.github.store import Store
from exporter.sources.github.topic import TopicReader

__all__ = ["Lists", "Past", "read_past"]

ROUNDS = 3
"""Times that the lists are read because something came between them and the counts."""
_LIMITS = Limits(queries=1_000_000, requests=1_000_000)
"""Nobody waits for the figures of a refresh here: only the quota ends a reading."""
_FIRST = "past.first"
"""The name of the setting that tells from when on the lists have been read, in seconds since 1970."""
_OF_ALL_TIME = ("discussions", "discussions.month", "discussions.all", "discussions.numbers", "contributors.list")
"""The marks of the lists that are read whole, whatever is asked about."""


@dataclass(frozen=True, slots=True)
class Lists:
    """The readers of the lists with dates. The first four also tell how many there were of what GitHub only counts."""

    issues: IssuesReader
    pulls: PullRequestsReader
    stars: StarsReader
    forks: ForksReader
    others: tuple[TopicReader, ...]

    @property
    def all(self) -> tuple[TopicReader, ...]:
        """All of them."""
        return (self.issues, self.pulls, self.stars, self.forks, *self.others)


@dataclass(frozen=True, slots=True)
class Past:
    """What was read: the lists, the facts of today, and the repositories (`unsettled`) in which the two are not of one moment."""

    repositories: tuple[str, ...]
    lists: Lists
    known: Known
    unsettled: frozenset[str]


def read_past(
    config: GitHubConfig,
    store: Store,
    access: Access,
    planner: Planner,
    tools: Tools,
    repositories: Sequence[str],
    first: datetime,
) -> Past:
    """Reads all that tells of the repositories from a moment on; what the store has is not read again.

    Raises RateLimited where the quota does not last, and UpstreamError where nothing was answered.
    """
    others = (
        kind(store, config, tools.bots) for kind in (DiscussionsReader, ContributorsReader) if kind.topic.name in config.read
    )
    lists = Lists(
        IssuesReader(store, config, tools.bots),
        PullRequestsReader(store, config, tools.bots),
        StarsReader(store, config, tools.bots),
        ForksReader(store, config, tools.bots),
        tuple(others),
    )
    sizing = Sizing(discussions="discussions" in config.read)
    refresh = Refresh(config, store, lists.all, access.graph, access.rest, sizing, _LIMITS)
    begin = _reaching_back(store, first)
    for _ in range(ROUNDS):
        known = refresh.read(repositories, tools.clock(), begin)
        again = Reader(config, repositories, access.graph, sizing.facts)
        limited = _limited(known, known.facts)
        if not limited:
            again.begin()
        if limited or _limited(known, again):
            waits = [until for until in (planner.waiting, refresh.limited_until) if until is not None]
            raise RateLimited("the quota of GitHub ended; what has been read so far is kept", max(waits, default=None))
        unsettled = frozenset(name for name in known.seen if _threads(again, name) != _threads(known.facts, name))
        unfinished = Reason.TOO_LARGE in known.failed.values()
        if not unsettled and not unfinished:
            break
    return Past(tuple(repositories), lists, known, unsettled)


def _threads(facts: Reader, repository: str) -> Threads | None:
    """What GitHub counts of the issues and pull requests of a repository."""
    reading = facts.reading(repository)
    return None if reading is None else reading.threads


def _reaching_back(store: Store, first: datetime) -> datetime:
    """From when on to read: from there, or from where an earlier reading began.

    Where that one did not reach as far back, the lists are read anew.
    """
    kept, wanted = store.setting(_FIRST), int(first.timestamp())
    if kept is not None and int(kept) <= wanted:
        return datetime.fromtimestamp(int(kept), UTC)
    with store.transaction() as database:
        database.execute("DELETE FROM mark WHERE list NOT IN (SELECT value FROM json_each(?))", (json.dumps(_OF_ALL_TIME),))
    store.set_setting(_FIRST, str(wanted).encode())
    return datetime.fromtimestamp(wanted, UTC)


def _limited(known: Known, facts: Reader) -> bool:
    """Whether something could not be read because of the quota."""
    return Reason.RATE_LIMITED in (*known.failed.values(), *known.unread.values(), *facts.failed.values())
