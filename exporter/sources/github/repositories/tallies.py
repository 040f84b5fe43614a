"""What is counted over the pages of a list: bugs by priority, and releases with their assets."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from exporter.errors import Reason, UpstreamError
from exporter.sources.github.repositories.answers import Asset, BugPage, ReleaseNode
from exporter.sources.github.repositories.platforms import Platform, platform_of

__all__ = ["NO_PRIORITY", "BugTally", "Priorities", "ReleaseTally"]

NO_PRIORITY = "none"


class Priorities:
    """Tells the priority of a bug by its labels; `labels` names those of each priority, the highest first."""

    def __init__(self, labels: Mapping[str, Iterable[str]]) -> None:
        self.names = (*labels, NO_PRIORITY)
        self._rank = {label.casefold(): rank for rank, names in enumerate(labels.values()) for label in names}

    def of(self, labels: Iterable[str]) -> str:
        """The highest priority that one of the labels stands for; case does not matter."""
        ranks = (self._rank.get(label.casefold()) for label in labels)
        return self.names[min((rank for rank in ranks if rank is not None), default=-1)]


class BugTally:
    """The open bugs of a repository by priority."""

    def __init__(self, priorities: Priorities) -> None:
        self._priorities = priorities
        self.by_priority = dict.fromkeys(priorities.names, 0)

    def add(self, page: BugPage) -> None:
        """Counts a page.

        Raises UpstreamError when it is the last one and fewer bugs came than it announces: one of the highest priority may be
        among those that are missing.
        """
        came = sum(self.by_priority.values()) + len(page.nodes)
        if page.page_info.next_cursor is None and came < page.total_count:
            raise UpstreamError(Reason.MALFORMED, "GitHub listed fewer bugs than it counts")
        for bug in page.nodes:
            self.by_priority[self._priorities.of(label.name for label in bug.labels.nodes)] += 1


class ReleaseTally:
    """The published releases of a repository: when each was published, the downloads of their assets, and the newest one."""

    def __init__(self) -> None:
        self.times: list[datetime] = []
        self.downloads = dict.fromkeys(Platform, 0)
        self.newest: datetime | None = None
        self._newest_id = ""
        self._sizes: dict[Platform, int] = {}

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.times)

    @property
    def sizes(self) -> Mapping[Platform, int]:
        """The size in bytes of the largest asset of the newest release for each platform that it has one for."""
        return {platform: size for platform, size in self._sizes.items() if platform is not Platform.OTHER}

    def add(self, releases: Iterable[ReleaseNode]) -> None:
        """Counts releases, each with the first page of its assets."""
        for release in releases:
            self.times.append(release.time)
            # The list is in the order of creation; a release prepared early may be the last one published.
            if self.newest is None or release.time > self.newest:
                self.newest, self._newest_id, self._sizes = release.time, release.id, {}
            self.add_assets(release.id, release.release_assets.nodes)

    def add_assets(self, release: str, assets: Iterable[Asset]) -> None:
        """Counts assets of a release that has been counted; `release` is its node id."""
        for asset in assets:
            platform = platform_of(asset.name)
            if platform is None:
                continue
            self.downloads[platform] += asset.download_count
            if release == self._newest_id:
                self._sizes[platform] = max(self._sizes.get(platform, 0), asset.size)
