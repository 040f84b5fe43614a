"""The metrics of the source `git`: their table, and the samples made of histories."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from exporter.facts import Metric, Sample
from exporter.sources.git.contributors import activity, commits_since, pooled
from exporter.sources.git.history import History

__all__ = ["METRICS", "pooled_samples", "repository_samples"]

_WINDOWS = {"30d": timedelta(days=30), "90d": timedelta(days=90), "365d": timedelta(days=365)}

_CONTRIBUTORS = Metric(
    "git_contributors",
    "People who ever authored a commit on the default branch of one of the repositories; bots left out.",
    "count",
)
_ACTIVE = Metric(
    "git_contributors_active",
    "People who authored a commit that landed on a default branch in the window; bots left out.",
    "count",
    ("window",),
)
_FIRST_TIME = Metric(
    "git_contributors_first_time",
    "People whose first commit ever on a default branch landed in the window; bots left out.",
    "count",
    ("window",),
)
_PREVIOUS = Metric(
    "git_contributors_previous",
    "People with a commit on a default branch in the window of the same length before this one; bots left out.",
    "count",
    ("window",),
)
_RETAINED = Metric(
    "git_contributors_retained",
    "Of the people with a commit in the window before, those who have one in this window as well; bots left out.",
    "count",
    ("window",),
)
_ABSENCE_FACTOR = Metric(
    "git_contributor_absence_factor",
    "Fewest people who authored half of the commits of the window, after CHAOSS; bots left out.",
    "count",
    ("window",),
)
_COMMITS = Metric("git_commits", "Commits on the default branch, merges and those of bots included.", "count", ("repository",))
_RECENT = Metric(
    "git_commits_recent",
    "Commits that landed on the default branch in the window, merges and those of bots included.",
    "count",
    ("repository", "window"),
)
_PEOPLE = Metric(
    "git_repository_contributors",
    "People who ever authored a commit on the default branch of the repository; bots left out.",
    "count",
    ("repository",),
)
_LAST_COMMIT = Metric(
    "git_last_commit_timestamp_seconds",
    "When the newest commit of the default branch was made, by its committer date.",
    "timestamp",
    ("repository",),
)

METRICS = (
    _CONTRIBUTORS,
    _ACTIVE,
    _FIRST_TIME,
    _PREVIOUS,
    _RETAINED,
    _ABSENCE_FACTOR,
    _COMMITS,
    _RECENT,
    _PEOPLE,
    _LAST_COMMIT,
)


def repository_samples(name: str, history: History, now: datetime) -> Iterator[Sample]:
    """What is said of one repository."""
    yield _COMMITS.sample(len(history.times), repository=name)
    yield _PEOPLE.sample(len(history.people), repository=name)
    for window, length in _WINDOWS.items():
        yield _RECENT.sample(commits_since(history.times, (now - length).timestamp()), repository=name, window=window)
    if history.times:
        yield _LAST_COMMIT.sample(min(history.times[-1], now.timestamp()), repository=name)


def pooled_samples(histories: Sequence[History], now: datetime) -> Iterator[Sample]:
    """What is said of all repositories of a source together."""
    people = pooled(history.people for history in histories)
    yield _CONTRIBUTORS.sample(len(people))
    for window, length in _WINDOWS.items():
        counted = activity(people, (now - length).timestamp(), (now - 2 * length).timestamp())
        yield _ACTIVE.sample(counted.active, window=window)
        yield _FIRST_TIME.sample(counted.first_time, window=window)
        yield _PREVIOUS.sample(counted.previous, window=window)
        yield _RETAINED.sample(counted.retained, window=window)
        if counted.absence_factor is not None:
            yield _ABSENCE_FACTOR.sample(counted.absence_factor, window=window)
