"""Metrics of the topic `repositories`."""

from exporter.facts import Metric, Topic

__all__ = ["TOPIC"]

STARS = Metric("github_repository_stars", "Accounts that have starred the repository.", "count", ("repository",))
FORKS = Metric("github_repository_forks", "Forks of the repository.", "count", ("repository",))
WATCHERS = Metric(
    "github_repository_watchers", "Accounts that subscribe to the notifications of the repository.", "count", ("repository",)
)
ARCHIVED = Metric(
    "github_repository_archived", "1 if the repository is archived and takes no changes, else 0.", "count", ("repository",)
)
CREATED = Metric("github_repository_created_timestamp_seconds", "When the repository was created.", "timestamp", ("repository",))
PUSHED = Metric(
    "github_repository_pushed_timestamp_seconds",
    "When commits were last pushed to any branch of the repository.",
    "timestamp",
    ("repository",),
)
ISSUES_OPEN = Metric(
    "github_issues_open",
    "Open issues without pull requests, each counted once: bugs by their highest priority, the others with priority none.",
    "count",
    ("repository", "kind", "priority"),
)
ISSUES_CLOSED = Metric("github_issues_closed", "Closed issues without pull requests.", "count", ("repository",))
ISSUES_OPEN_LABELLED = Metric(
    "github_issues_open_labelled",
    "Open issues that carry a label; an issue with several labels counts under each of them.",
    "count",
    ("repository", "label"),
)
PULL_REQUESTS = Metric(
    "github_pull_requests",
    "Pull requests by state: open, merged, or closed without a merge.",
    "count",
    ("repository", "state"),
)
RELEASES = Metric("github_releases", "Published releases, pre-releases among them, drafts not.", "count", ("repository",))
LATEST_RELEASE = Metric(
    "github_latest_release_timestamp_seconds",
    "When the newest release was published, pre-releases among them.",
    "timestamp",
    ("repository",),
)
DOWNLOADS = Metric(
    "github_release_downloads",
    "Downloads so far of the assets of all published releases, by the platform in their names; falls when an asset is deleted.",
    "count",
    ("repository", "platform"),
)
ASSET_SIZE = Metric(
    "github_release_asset_size_bytes",
    "Size of the largest asset that the newest published release has for a platform.",
    "bytes",
    ("repository", "platform"),
)

TOPIC = Topic(
    "repositories",
    (
        STARS,
        FORKS,
        WATCHERS,
        ARCHIVED,
        CREATED,
        PUSHED,
        ISSUES_OPEN,
        ISSUES_CLOSED,
        ISSUES_OPEN_LABELLED,
        PULL_REQUESTS,
        RELEASES,
        LATEST_RELEASE,
        DOWNLOADS,
        ASSET_SIZE,
    ),
)
