"""One repository while it is read: what came so far, which pages are still to come, and in the end its samples."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from exporter.errors import Reason, UpstreamError
from exporter.facts import Labels, Metric, Sample
from exporter.sources.github.api.answer import PageInfo, Total, read
from exporter.sources.github.metrics import repositories as metrics
from exporter.sources.github.repositories.answers import (
    AssetsOfRelease,
    BugPage,
    BugsOfRepository,
    ReleasePage,
    ReleasesOfRepository,
    RepositoryFacts,
)
from exporter.sources.github.repositories.queries import Connection, Page, labelled
from exporter.sources.github.repositories.tallies import NO_PRIORITY, BugTally, Priorities, ReleaseTally

__all__ = ["Reading"]

_OF_THREADS = frozenset(
    metric.name for metric in (metrics.ISSUES_OPEN, metrics.ISSUES_CLOSED, metrics.ISSUES_OPEN_LABELLED, metrics.PULL_REQUESTS)
)
MOST_PAGES = 200
"""Further pages of one list that are read: 20,000 entries."""


class Reading:
    """The facts of one repository, begun with the answer to `repositories_query`.

    Whatever reads an answer here raises UpstreamError where the answer is malformed or contradicts itself, and then has counted
    nothing of it.
    """

    def __init__(self, repository: str, data: Any, priorities: Priorities, labels: Sequence[str]) -> None:
        facts = read(RepositoryFacts, data)
        counts = {label: read(Total, data.get(labelled(i))).total_count for i, label in enumerate(labels)}
        if facts.bugs.total_count > facts.open_issues.total_count:
            raise UpstreamError(Reason.MALFORMED, "GitHub counted more open bugs than open issues")
        self.repository = repository
        self._counted = tuple(self._samples_of(facts, counts))
        self._bugs = BugTally(priorities)
        self._open_bugs = facts.bugs.total_count
        self._releases = ReleaseTally()
        self._expected: set[Page] = set()
        self._lengths: Counter[tuple[Connection, str]] = Counter()
        self._waiting: list[Page] = []
        self.created_at = facts.created_at
        self._add_bugs(facts.bugs)
        self._add_releases(facts.releases)

    @property
    def released(self) -> Sequence[datetime]:
        """When each release was published, once all pages are in."""
        return self._releases.times

    @property
    def threads(self) -> Mapping[tuple[str, Labels], float]:
        """What GitHub counts of issues and pull requests, bugs of all priorities together."""
        counts = {(sample.name, sample.labels): sample.value for sample in self._counted if sample.name in _OF_THREADS}
        return {**counts, ("bugs", ()): self._open_bugs}

    def further_pages(self) -> list[Page]:
        """The pages to ask for next; each is told once."""
        waiting, self._waiting = self._waiting, []
        return waiting

    def know_bugs(self, by_priority: Mapping[str, int]) -> None:
        """Told how many open bugs there are of each priority: no further page of them is needed.

        Where these are not as many as GitHub counts, something has changed meanwhile, and the pages tell better.
        """
        if sum(by_priority.values()) == self._open_bugs:
            self._bugs.by_priority |= by_priority
            self._waiting = [page for page in self._waiting if page.connection is not Connection.BUGS]

    def add(self, page: Page, data: Any) -> None:
        """Counts what came for a further page."""
        match page.connection:
            case Connection.BUGS:
                self._add_bugs(read(BugsOfRepository, data).bugs)
            case Connection.RELEASES:
                self._add_releases(read(ReleasesOfRepository, data).releases)
            case Connection.ASSETS:
                assets = read(AssetsOfRelease, data).release_assets
                self._expect(Connection.ASSETS, assets.page_info, page.release)
                self._releases.add_assets(page.release, assets.nodes)

    def samples(self) -> Iterator[Sample]:
        """The samples of the repository, once all pages are in."""
        yield from self._counted
        for priority, bugs in self._bugs.by_priority.items():
            yield self._sample(metrics.ISSUES_OPEN, bugs, kind="bug", priority=priority)
        yield self._sample(metrics.RELEASES, self._releases.count)
        if self._releases.newest is not None:
            yield self._sample(metrics.LATEST_RELEASE, self._releases.newest.timestamp())
        for platform, downloads in self._releases.downloads.items():
            yield self._sample(metrics.DOWNLOADS, downloads, platform=platform.value)
        for platform, size in self._releases.sizes.items():
            yield self._sample(metrics.ASSET_SIZE, size, platform=platform.value)

    def _samples_of(self, facts: RepositoryFacts, labelled_issues: Mapping[str, int]) -> Iterator[Sample]:
        """The samples that need no further page."""
        yield self._sample(metrics.STARS, facts.stargazer_count)
        yield self._sample(metrics.FORKS, facts.fork_count)
        yield self._sample(metrics.WATCHERS, facts.watchers.total_count)
        yield self._sample(metrics.ARCHIVED, facts.is_archived)
        yield self._sample(metrics.CREATED, facts.created_at.timestamp())
        if facts.pushed_at is not None:
            yield self._sample(metrics.PUSHED, facts.pushed_at.timestamp())
        others = facts.open_issues.total_count - facts.bugs.total_count
        yield self._sample(metrics.ISSUES_OPEN, others, kind="other", priority=NO_PRIORITY)
        yield self._sample(metrics.ISSUES_CLOSED, facts.closed_issues.total_count)
        for label, issues in labelled_issues.items():
            yield self._sample(metrics.ISSUES_OPEN_LABELLED, issues, label=label)
        yield self._sample(metrics.PULL_REQUESTS, facts.open_pulls.total_count, state="open")
        yield self._sample(metrics.PULL_REQUESTS, facts.closed_pulls.total_count, state="closed")
        yield self._sample(metrics.PULL_REQUESTS, facts.merged_pulls.total_count, state="merged")

    def _sample(self, metric: Metric, value: float, **labels: str) -> Sample:
        return metric.sample(value, repository=self.repository, **labels)

    def _add_bugs(self, page: BugPage) -> None:
        self._expect(Connection.BUGS, page.page_info)
        self._bugs.add(page)

    def _add_releases(self, page: ReleasePage) -> None:
        for release in page.published:
            self._expect(Connection.ASSETS, release.release_assets.page_info, release.id)
        self._expect(Connection.RELEASES, page.page_info)
        self._releases.add(page.published)

    def _expect(self, connection: Connection, info: PageInfo, release: str = "") -> None:
        """Notes the page that follows, if there is one."""
        if info.next_cursor is None:
            return
        page = Page(self.repository, connection, info.next_cursor, release)
        if page in self._expected:
            raise UpstreamError(Reason.MALFORMED, "GitHub led back to a page that has been read")
        if self._lengths[connection, release] == MOST_PAGES:
            raise UpstreamError(Reason.TOO_LARGE, "GitHub gave more pages than are read")
        self._lengths[connection, release] += 1
        self._expected.add(page)
        self._waiting.append(page)
