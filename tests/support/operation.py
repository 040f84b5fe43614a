"""What an exporter that is two months old tells: of itself, and of users and releases of Caro, at any time."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from exporter.collect import own_metrics as own
from exporter.facts import Metric
from exporter.sources.registry import declared_metrics
from exporter.sources.telemetry.metrics import COHORT_USERS

__all__ = ["FAILING", "Fact", "operation"]

Fact = tuple[Metric, dict[str, str], float]
"""A metric, the labels of one series of it, and the value."""

DAY = timedelta(days=1)
SOURCES = {
    "git": (timedelta(hours=1), "caro"),
    "github": (timedelta(minutes=15), "aux bolt caro"),
    "discord": (timedelta(minutes=15), "aux bolt caro"),
    "npm": (timedelta(hours=6), "aux caro"),
    "pypi": (timedelta(hours=6), "aux caro"),
    "crates": (timedelta(hours=6), "caro"),
    "surveys": (timedelta(hours=6), "aux bolt"),
    "telemetry": (timedelta(minutes=5), "aux caro"),
    "manual": (timedelta(minutes=1), "aux bolt caro"),
}
"""Sources with the time between two refreshes, and the projects that have them."""
FAILING = ("bolt", "discord")
"""The source that has been down for some hours: its token was taken back."""
OUTAGE = timedelta(hours=5)
UPTIME = timedelta(days=60)
RELEASES = timedelta(days=9)
"""Between two releases of Caro, one of which is its launch."""
LATEST_RELEASE = declared_metrics()["github_latest_release_timestamp_seconds"]
LOCAL = frozenset({"git", "manual", "telemetry"})
"""Sources that send no request over HTTP."""
QUOTAS = {"github": ("graphql", 5000.0, timedelta(hours=1)), "discord": ("guilds", 50.0, timedelta(minutes=1))}
COHORT_SIZES = (34, 61, 150, 112)
"""Users of Caro by the week they began in, the earliest first; the first two weeks had invited users."""
STAYED = (1.0, 0.69, 0.52, 0.41)
"""Which share of them came back, by the week of their life."""


def operation(now: datetime, launch: datetime, time: datetime) -> Iterator[Fact]:
    """What was told at `time`, if the outage began some hours before `now`; Caro had its launch on the day `launch`."""
    yield own.BUILD_INFO, {"version": "1.0.0", "python": "3.12.4"}, 1
    started = now - UPTIME
    yield own.RELOAD_SUCCESSFUL, {}, 1
    yield own.RELOAD_TIME, {}, started.timestamp()
    for source, (interval, projects) in SOURCES.items():
        for project in projects.split():
            yield from _source(project, source, interval, now, time)
    for action, every in (("opened", 9), ("commented", 2), ("closed", 11)):
        yield own.TRACKING, {"project": "bolt", "action": action}, (time - started) // (every * DAY)
    yield from _cohorts(launch, time)
    released = launch + (time - launch) // RELEASES * RELEASES
    yield LATEST_RELEASE, {"project": "caro", "repository": "caro-cli/caro"}, released.timestamp()


def _source(project: str, source: str, interval: timedelta, now: datetime, time: datetime) -> Iterator[Fact]:
    labels = {"project": project, "source": source}
    chance = random.Random(f"{project}/{source}")
    since = now - OUTAGE
    down = (project, source) == FAILING and time >= since
    refreshes = (time - (now - UPTIME)) // interval
    last = (since if down else time) - chance.uniform(0, 0.9) * interval
    parts, asks, often = chance.randint(1, 9), chance.randint(2, 9), chance.randint(70, 300)
    yield own.UP, labels, float(not down)
    yield own.LAST_SUCCESS, labels, last.timestamp()
    yield own.INTERVAL, labels, interval.total_seconds()
    yield own.DURATION, labels, chance.uniform(0.1, 4) * random.Random(f"{source}/{refreshes}").uniform(0.8, 1.5)
    yield own.PARTS, labels, parts
    yield own.PARTS_FAILED, labels, parts if down else 0
    failed = max(0, (time - since) // interval) if (project, source) == FAILING else 0
    yield own.FAILURES, {**labels, "reason": "timeout"}, refreshes // often
    if failed:
        yield own.FAILURES, {**labels, "reason": "auth"}, failed
    if source in LOCAL:
        return
    yield own.REQUESTS, {**labels, "code": "200"}, (refreshes - failed) * asks
    yield own.REQUESTS, {**labels, "code": "timeout"}, refreshes // often
    yield own.REQUESTS, {**labels, "code": "304"}, (refreshes - failed) * 2
    if failed:
        yield own.REQUESTS, {**labels, "code": "401"}, failed
    if source in QUOTAS:
        yield from _quota(labels, QUOTAS[source], refreshes, chance.uniform(0.1, 0.6), time)


def _quota(
    labels: dict[str, str], quota: tuple[str, float, timedelta], refreshes: int, used: float, time: datetime
) -> Iterator[Fact]:
    """A quota that is used up to a share of it, and renewed."""
    resource, limit, renewal = quota
    labels = {**labels, "resource": resource}
    seconds = renewal.total_seconds()
    into = time.timestamp() % seconds
    yield own.QUOTA_LIMIT, labels, limit
    yield own.QUOTA_REMAINING, labels, float(round(limit * (1 - used * into / seconds)))
    yield own.QUOTA_RESET, labels, time.timestamp() - into + seconds
    yield own.COST, labels, refreshes * max(1.0, round(limit * used / 20))


def _cohorts(launch: datetime, time: datetime) -> Iterator[Fact]:
    first = launch - 14 * DAY
    for number, size in enumerate(COHORT_SIZES):
        begin = first + 7 * number * DAY
        for week, share in enumerate(STAYED):
            # The week that goes on is told with what has come so far.
            reached = min((time - begin) / (7 * DAY) - week, 1)
            if reached > 0:
                labels = {"project": "caro", "cohort": begin.date().isoformat(), "week": str(week)}
                yield COHORT_USERS, labels, float(round(size * share * reached))
