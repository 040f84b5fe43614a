"""The figures about issues: counts of each repository, and times and shares over the issues of all repositories together."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from exporter.facts import Metric, Sample
from exporter.sources.github.config import GitHubConfig
from exporter.sources.github.figures import WINDOWS, seconds_between, share, statistics
from exporter.sources.github.issues.table import Issue
from exporter.sources.github.metrics import issues as metrics
from exporter.sources.github.repositories.tallies import Priorities
from exporter.sources.github.topic import Seen

__all__ = ["Figures"]

_COUNTED = ("24h", "7d", "30d", "90d")
_LABELLED = ("7d", "30d")
_BUGS = ("24h", "7d", "30d")
_TIMED = ("30d", "90d")


class Figures:
    """Adds up issues, of one repository or of many, as they are at `now`.

    A window reaches from just after its start to now. Issues of bots count among those opened and closed; nobody owes them an
    answer. An issue that was reopened and is open counts as neither closed nor resolved.
    """

    def __init__(self, config: GitHubConfig, now: datetime) -> None:
        self._config = config
        self._now = now.timestamp()
        self._since = {window: self._now - length for window, length in WINDOWS.items()}
        self._priorities = Priorities(config.priorities)
        self._counts: Counter[tuple[Metric, str, str]] = Counter()
        """How often something holds, by metric and up to two labels."""
        self._parts: Counter[tuple[Metric, str]] = Counter()
        self._wholes: Counter[tuple[Metric, str]] = Counter()
        """Of how many something holds, and how many it could hold of, by metric and window."""
        self._times: defaultdict[tuple[Metric, str, str], array[float]] = defaultdict(lambda: array("d"))
        """Times in seconds, by metric and up to two labels."""
        self._oldest: int | None = None

    def add(self, seen: Seen, issues: Iterable[Issue]) -> None:
        """Counts the issues of a repository."""
        names = {id_: name for name, id_ in seen.label_ids.items()}
        for issue in issues:
            labels = frozenset(names[id_].casefold() for id_ in issue.labels if id_ in names)
            self._opened_and_closed(issue, labels)
            self._resolved(issue)
            if not issue.by_bot:
                self._answered(issue, labels)
            if self._config.bug_label.casefold() in labels:
                self._bug(issue, self._priorities.of(labels))

    def of_repository(self, name: str) -> Iterator[Sample]:
        """The samples that are told of each repository."""
        for window in _COUNTED:
            for metric in (metrics.NEWLY_OPENED, metrics.NEWLY_CLOSED):
                yield metric.sample(self._counts[metric, window, ""], repository=name, window=window)
        for label in self._config.labels:
            for window in _LABELLED:
                count = self._counts[metrics.NEWLY_OPENED_LABELLED, window, label.casefold()]
                yield metrics.NEWLY_OPENED_LABELLED.sample(count, repository=name, label=label, window=window)
        for state in ("open", "closed"):
            yield metrics.UNANSWERED.sample(self._counts[metrics.UNANSWERED, state, ""], repository=name, state=state)
        yield metrics.CROSS_REFERENCES.sample(self._counts[metrics.CROSS_REFERENCES, "", ""], repository=name)

    def of_all(self) -> Iterator[Sample]:
        """The samples over all repositories."""
        for metric in (metrics.BUGS_OPENED, metrics.BUGS_CLOSED):
            for priority in self._priorities.names:
                for window in _BUGS:
                    yield metric.sample(self._counts[metric, window, priority], priority=priority, window=window)
        if self._oldest is not None:
            yield metrics.OLDEST_UNANSWERED.sample(self._oldest)
        for (metric, window, priority), times in sorted(self._times.items(), key=lambda item: (item[0][0].name, *item[0][1:])):
            labels = {"window": window, "priority": priority}
            told = {label: value for label, value in labels.items() if label in metric.labels}
            for statistic, seconds in statistics(times):
                yield metric.sample(seconds, statistic=statistic, **told)
        for metric, window in sorted(self._wholes, key=lambda key: (key[0].name, key[1])):
            part = share(self._parts[metric, window], self._wholes[metric, window])
            if part is not None:
                yield metric.sample(part, **({"window": window} if metric.labels else {}))

    def _opened_and_closed(self, issue: Issue, labels: Iterable[str]) -> None:
        for window in _COUNTED:
            self._counts[metrics.NEWLY_OPENED, window, ""] += issue.created > self._since[window]
            self._counts[metrics.NEWLY_CLOSED, window, ""] += self._closed_in(issue, window)
        for window in _LABELLED:
            if issue.created > self._since[window]:
                for label in labels:
                    self._counts[metrics.NEWLY_OPENED_LABELLED, window, label] += 1
        if issue.created > self._since["90d"]:
            self._counts[metrics.CROSS_REFERENCES, "", ""] += issue.cross_references

    def _resolved(self, issue: Issue) -> None:
        for window in _TIMED:
            if issue.closed is not None and self._closed_in(issue, window):
                self._times[metrics.RESOLUTION, window, ""].append(issue.closed - issue.created)
            if issue.created > self._since[window]:
                self._share(metrics.RESOLVED, window, issue.closed is not None)
        due = self._config.resolution_sla.total_seconds()
        if issue.created > self._since["90d"] and issue.created + due <= self._now:
            self._share(metrics.RESOLVED_IN_TIME, "", issue.closed is not None and issue.closed - issue.created <= due)
        closed, reopened = self._closed_in(issue, "30d"), issue.reopened is not None and issue.reopened > self._since["30d"]
        if closed or reopened:
            self._share(metrics.FOLLOW_UP, "", not reopened)
        thread = issue.thread
        if thread.answered is not None and closed:
            self._share(metrics.COMMUNITY_RESOLVED, "", not thread.maintained)
        if thread.answered is not None and self._closed_in(issue, "90d"):
            self._share(metrics.FIRST_CONTACT, "", thread.answers == 1)
            if not thread.by_maintainer:
                self._share(metrics.ESCALATED, "", thread.maintained)

    def _answered(self, issue: Issue, labels: Iterable[str]) -> None:
        thread = issue.thread
        if (
            self._config.security_label.casefold() in labels
            and thread.maintainer is not None
            and issue.created > self._since["90d"]
        ):
            self._times[metrics.SECURITY_RESPONSE, "", ""].append(self._between(issue.created, thread.maintainer))
        if thread.answered is None and issue.closed is None and (self._oldest is None or issue.created < self._oldest):
            self._oldest = issue.created
        if issue.created <= self._since["30d"]:
            return
        sla = self._config.response_sla.total_seconds()
        if thread.answered is not None:
            waited = self._between(issue.created, thread.answered)
            self._times[metrics.FIRST_RESPONSE, "", ""].append(waited)
            self._share(metrics.ANSWERED_IN_TIME, "", waited <= sla)
            return
        self._counts[metrics.UNANSWERED, "open" if issue.closed is None else "closed", ""] += 1
        if self._between(issue.created, self._now) > sla:
            self._share(metrics.ANSWERED_IN_TIME, "", False)

    def _bug(self, issue: Issue, priority: str) -> None:
        for window in _BUGS:
            self._counts[metrics.BUGS_OPENED, window, priority] += issue.created > self._since[window]
            self._counts[metrics.BUGS_CLOSED, window, priority] += self._closed_in(issue, window)
        for window in _TIMED:
            if issue.closed is not None and self._closed_in(issue, window):
                self._times[metrics.BUG_FIX, window, ""].append(issue.closed - issue.created)
                self._times[metrics.BUG_FIX_BY_PRIORITY, window, priority].append(issue.closed - issue.created)

    def _share(self, metric: Metric, window: str, holds: bool) -> None:
        self._wholes[metric, window] += 1
        self._parts[metric, window] += holds

    def _closed_in(self, issue: Issue, window: str) -> bool:
        return issue.closed is not None and issue.closed > self._since[window]

    def _between(self, start: float, end: float) -> float:
        return seconds_between(start, end, business_days=self._config.business_days)
