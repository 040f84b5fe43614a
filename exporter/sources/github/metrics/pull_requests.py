"""Metrics of the topics `pull_requests` and `conflicts`. Those of bots are told apart by `author` (human, bot); reviews and
comments of bots do not count. `statistic` is mean, median or p90 over the pooled pull requests of all repositories.
"""

from exporter.facts import Metric, Topic

__all__ = ["CONFLICTS", "NO_PAST", "TOPIC"]

NEWLY_OPENED = Metric(
    "github_pull_requests_newly_opened",
    "Pull requests opened in the window (24h, 7d, 30d), by whether a person or a bot opened them.",
    "count",
    ("repository", "author", "window"),
)
NEWLY_CLOSED = Metric(
    "github_pull_requests_newly_closed",
    "Pull requests closed in the last 30 days, by outcome (merged, unmerged) and whether a person or a bot opened them.",
    "count",
    ("repository", "author", "outcome"),
)
AWAITING_REVIEW = Metric(
    "github_pull_requests_awaiting_review",
    "Open pull requests of people, changed in the last 90 days, that nobody else has reviewed or commented on.",
    "count",
    ("repository",),
)
FIRST_REVIEW = Metric(
    "github_pull_request_first_review_seconds",
    "Time from the opening of a pull request of a person to the first review or comment by another; opened in the last 30 days.",
    "seconds",
    ("statistic",),
)
MERGE = Metric(
    "github_pull_request_merge_seconds",
    "Time from the opening of a pull request of a person to its merge; merged in the last 30 days.",
    "seconds",
    ("statistic",),
)
CROSS_REFERENCES = Metric(
    "github_pull_request_cross_references",
    "Mentions, in other issues and pull requests, of the pull requests opened in the last 90 days.",
    "count",
    ("repository",),
)
TOPIC = Topic("pull_requests", (NEWLY_OPENED, NEWLY_CLOSED, AWAITING_REVIEW, FIRST_REVIEW, MERGE, CROSS_REFERENCES))
NO_PAST = frozenset({AWAITING_REVIEW.name, CROSS_REFERENCES.name})
"""What cannot be told of a moment that is past: GitHub keeps the last update of a pull request only, and counts mentions."""

OPEN_BY_MERGEABILITY = Metric(
    "github_pull_requests_by_mergeability",
    "Open pull requests by whether they can be merged: mergeable, conflicting, or unknown while GitHub works it out.",
    "count",
    ("repository", "state"),
)
CONFLICTS = Topic("conflicts", (OPEN_BY_MERGEABILITY,))
