"""The figures about issues: counts of each repository, and times and shares over the issues of all repositories together."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from exporter.facts import Sample
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


class _Share:
    """Of how many something holds, of those of which it could."""

    def __init__(self) -> None:
        self._part = 0
        self._whole = 0

    def add(self, holds: bool) -> None:
        self._part += holds
        self._whole += 1

    @property
    def value(self) -> float | None:
        return share(self._part, self._whole)


def _times() -> "array[float]":
    """Times in seconds, kept small."""
    return array("d")


class Figures:
    """Adds up issues, of one repository or of many, as they are at `now`.

    A window reaches from just after its start to now. Issues of bots count among those opened and closed; nobody owes them an
    answer, and no deadline holds for them. An issue that was reopened and is open counts as neither closed nor resolved.
    """

    def __init__(self, config: GitHubConfig, now: datetime) -> None:
        self._config = config
        self._bug_label, self._security_label = config.bug_label.casefold(), config.security_label.casefold()
        self._response_sla, self._resolution_sla = config.response_sla.total_seconds(), config.resolution_sla.total_seconds()
        self._now = now.timestamp()
        self._since = {window: self._now - length for window, length in WINDOWS.items()}
        self._priorities = Priorities(config.priorities)
        self._opened: Counter[str] = Counter()
        self._closed: Counter[str] = Counter()
        self._labelled: Counter[tuple[str, str]] = Counter()
        self._unanswered: Counter[str] = Counter()
        self._cross_references = 0
        self._bugs_opened: Counter[tuple[str, str]] = Counter()
        self._bugs_closed: Counter[tuple[str, str]] = Counter()
        self._oldest: int | None = None
        self._first_response, self._security_response = _times(), _times()
        self._resolution = {window: _times() for window in _TIMED}
        self._fix = {window: _times() for window in _TIMED}
        self._fix_by_priority = {window: defaultdict[str, "array[float]"](_times) for window in _TIMED}
        self._resolved = {window: _Share() for window in _TIMED}
        self._answered_in_time, self._resolved_in_time, self._follow_up = _Share(), _Share(), _Share()
        self._community_resolved, self._first_contact, self._escalated = _Share(), _Share(), _Share()

    def add(self, seen: Seen, issues: Iterable[Issue]) -> None:
        """Counts the issues of a repository."""
        names = {id_: name.casefold() for name, id_ in seen.label_ids.items()}
        known: dict[tuple[str, ...], list[str]] = {}
        for issue in issues:
            labels = known.get(issue.labels)
            if labels is None:
                labels = known[issue.labels] = [names[id_] for id_ in issue.labels if id_ in names]
            self._add_opening(issue, labels)
            self._add_closing(issue)
            if not issue.by_bot:
                self._add_answer(issue, labels)
                self._add_solution(issue)
            if self._bug_label in labels:
                self._add_bug(issue, self._priorities.of(labels))

    def of_repository(self, name: str) -> Iterator[Sample]:
        """The samples that are told of each repository."""
        for window in _COUNTED:
            yield metrics.NEWLY_OPENED.sample(self._opened[window], repository=name, window=window)
            yield metrics.NEWLY_CLOSED.sample(self._closed[window], repository=name, window=window)
        for label in self._config.labels:
            for window in _LABELLED:
                count = self._labelled[window, label.casefold()]
                yield metrics.NEWLY_OPENED_LABELLED.sample(count, repository=name, label=label, window=window)
        for state in ("open", "closed"):
            yield metrics.UNANSWERED.sample(self._unanswered[state], repository=name, state=state)
        yield metrics.CROSS_REFERENCES.sample(self._cross_references, repository=name)

    def of_all(self) -> Iterator[Sample]:
        """The samples over all repositories."""
        yield from self._bugs()
        yield from self._waits()
        shares = (
            (metrics.ANSWERED_IN_TIME, self._answered_in_time),
            (metrics.RESOLVED_IN_TIME, self._resolved_in_time),
            (metrics.COMMUNITY_RESOLVED, self._community_resolved),
            (metrics.ESCALATED, self._escalated),
            (metrics.FIRST_CONTACT, self._first_contact),
            (metrics.FOLLOW_UP, self._follow_up),
        )
        for metric, part in shares:
            if part.value is not None:
                yield metric.sample(part.value)
        for window, part in self._resolved.items():
            if part.value is not None:
                yield metrics.RESOLVED.sample(part.value, window=window)

    def _bugs(self) -> Iterator[Sample]:
        for priority in self._priorities.names:
            for window in _BUGS:
                yield metrics.BUGS_OPENED.sample(self._bugs_opened[window, priority], priority=priority, window=window)
                yield metrics.BUGS_CLOSED.sample(self._bugs_closed[window, priority], priority=priority, window=window)
        for window in _TIMED:
            for statistic, seconds in statistics(self._fix[window]):
                yield metrics.BUG_FIX.sample(seconds, window=window, statistic=statistic)
            for priority, times in sorted(self._fix_by_priority[window].items()):
                for statistic, seconds in statistics(times):
                    yield metrics.BUG_FIX_BY_PRIORITY.sample(seconds, priority=priority, window=window, statistic=statistic)

    def _waits(self) -> Iterator[Sample]:
        if self._oldest is not None:
            yield metrics.OLDEST_UNANSWERED.sample(self._oldest)
        for statistic, seconds in statistics(self._first_response):
            yield metrics.FIRST_RESPONSE.sample(seconds, statistic=statistic)
        for statistic, seconds in statistics(self._security_response):
            yield metrics.SECURITY_RESPONSE.sample(seconds, statistic=statistic)
        for window, times in self._resolution.items():
            for statistic, seconds in statistics(times):
                yield metrics.RESOLUTION.sample(seconds, window=window, statistic=statistic)

    def _add_opening(self, issue: Issue, labels: Iterable[str]) -> None:
        created = issue.created
        if created <= self._since["90d"]:
            return
        self._cross_references += issue.cross_references
        for window in _COUNTED:
            self._opened[window] += created > self._since[window]
        for window in _LABELLED:
            if created > self._since[window]:
                for label in labels:
                    self._labelled[window, label] += 1
        for window in _TIMED:
            if created > self._since[window]:
                self._resolved[window].add(issue.closed is not None)

    def _add_closing(self, issue: Issue) -> None:
        closed = issue.closed
        reopened = issue.reopened is not None and issue.reopened > self._since["30d"]
        if reopened or (closed is not None and closed > self._since["30d"]):
            self._follow_up.add(not reopened)
        if closed is None or closed <= self._since["90d"]:
            return
        for window in _COUNTED:
            self._closed[window] += closed > self._since[window]
        for window in _TIMED:
            if closed > self._since[window]:
                self._resolution[window].append(closed - issue.created)

    def _add_solution(self, issue: Issue) -> None:
        closed, thread = issue.closed, issue.thread
        if issue.created > self._since["90d"] and issue.created + self._resolution_sla <= self._now:
            self._resolved_in_time.add(closed is not None and closed - issue.created <= self._resolution_sla)
        if thread.answered is None or closed is None or closed <= self._since["90d"]:
            return
        if closed > self._since["30d"]:
            self._community_resolved.add(not thread.maintained)
        self._first_contact.add(thread.answers == 1)
        if not thread.by_maintainer:
            self._escalated.add(thread.maintainer is not None)

    def _add_answer(self, issue: Issue, labels: Iterable[str]) -> None:
        created, thread = issue.created, issue.thread
        if thread.maintainer is not None and self._security_label in labels and created > self._since["90d"]:
            self._security_response.append(self._between(created, thread.maintainer))
        if thread.answered is None and issue.closed is None and (self._oldest is None or created < self._oldest):
            self._oldest = created
        if created <= self._since["30d"]:
            return
        if thread.answered is not None:
            waited = self._between(created, thread.answered)
            self._first_response.append(waited)
            self._answered_in_time.add(waited <= self._response_sla)
            return
        self._unanswered["open" if issue.closed is None else "closed"] += 1
        if self._between(created, self._now) > self._response_sla:
            self._answered_in_time.add(False)

    def _add_bug(self, issue: Issue, priority: str) -> None:
        closed = issue.closed
        for window in _BUGS:
            self._bugs_opened[window, priority] += issue.created > self._since[window]
            self._bugs_closed[window, priority] += closed is not None and closed > self._since[window]
        for window in _TIMED:
            if closed is not None and closed > self._since[window]:
                self._fix[window].append(closed - issue.created)
                self._fix_by_priority[window][priority].append(closed - issue.created)

    def _between(self, start: float, end: float) -> float:
        return seconds_between(start, end, business_days=self._config.business_days)
