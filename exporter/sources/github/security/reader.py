"""Reads the alerts of the configured tools, keeps what is needed of them, and counts."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import ClassVar

from exporter.facts import Sample, Topic
from exporter.sources.github.api.rest import Rest
from exporter.sources.github.config import GitHubConfig
from exporter.sources.github.figures import WINDOWS, statistics
from exporter.sources.github.metrics import rest as metrics
from exporter.sources.github.security.alerts import SEVERITIES, TOOLS
from exporter.sources.github.store import Store
from exporter.sources.github.store.marks import Mark
from exporter.sources.github.topic import Seen, TopicReader

__all__ = ["SecurityReader"]

_COUNTS = "SELECT tool, severity, sum(open), sum(created > ?) FROM alert WHERE repository = ? GROUP BY tool, severity"
_FIXES = "SELECT tool, severity, fixed - created FROM alert WHERE repository = ? AND fixed > ?"
_KEEP = "INSERT INTO alert (repository, tool, number, severity, created, open, fixed) VALUES (?, ?, ?, ?, ?, ?, ?)"


class SecurityReader(TopicReader):
    """Lists all alerts of a repository every `slow_interval`, tool by tool, and counts those that are kept in each refresh.

    Repositories are asked one by one, also those of an organization: its own lists leave out a repository in which a tool is
    switched off, which then would look like one without alerts.
    """

    topic: ClassVar[Topic] = metrics.SECURITY

    def __init__(self, store: Store, config: GitHubConfig, bots: frozenset[str]) -> None:
        self._store = store
        self._tools = config.security_tools
        self._interval = config.slow_interval.total_seconds()

    def read(self, seen: Seen, rest: Rest, now: datetime) -> None:
        moment, since = int(now.timestamp()), seen.since.timestamp()
        for tool in self._tools:
            mark = self._store.mark(seen.key, _list_of(tool))
            if mark is not None and mark.recent(moment, self._interval):
                continue
            # Pages may move while they are read, and then bring an alert twice.
            alerts = {alert.number: alert for alert in TOOLS[tool].alerts(rest, seen.name)}
            kept = [
                (seen.key, tool, alert.number, alert.severity, alert.created, alert.open, alert.fixed)
                for alert in alerts.values()
                if alert.open or (alert.fixed or alert.created) >= since
            ]
            with self._store.transaction() as database:
                database.execute("DELETE FROM alert WHERE repository = ? AND tool = ?", (seen.key, tool))
                database.executemany(_KEEP, kept)
                self._store.set_mark(database, seen.key, _list_of(tool), Mark(moment, complete=True))

    def complete(self, seen: Seen) -> bool:
        return all(self._store.mark(seen.key, _list_of(tool)) is not None for tool in self._tools)

    def samples(self, seen: Seen, now: datetime) -> Iterator[Sample]:
        rows = self._store.rows(_COUNTS, (now.timestamp() - WINDOWS["30d"], seen.key))
        counts = {(tool, severity): (still_open, raised) for tool, severity, still_open, raised in rows}
        for tool in self._tools:
            for severity in TOOLS[tool].severities:
                still_open, raised = counts.get((tool, severity), (0, 0))
                yield metrics.ALERTS_OPEN.sample(still_open, repository=seen.name, tool=tool, severity=severity)
                yield metrics.ALERTS_OPENED.sample(raised, repository=seen.name, tool=tool, severity=severity)

    def pooled(self, repositories: Sequence[Seen], now: datetime) -> Iterator[Sample]:
        times: dict[str, list[float]] = defaultdict(list)
        for seen in repositories:
            for tool, severity, seconds in self._store.rows(_FIXES, (seen.key, now.timestamp() - WINDOWS["90d"])):
                if tool in self._tools:
                    times[severity].append(seconds)
        for severity in SEVERITIES:
            for statistic, seconds in statistics(times[severity]):
                yield metrics.FIX.sample(seconds, severity=severity, statistic=statistic)


def _list_of(tool: str) -> str:
    """The name of the mark of a tool's alerts."""
    return f"security/{tool}"
