"""Metrics of the topic `issues`. Pull requests are no issues here.

Windows are rolling and end now. `statistic` is mean, median or p90, each over the pooled issues of all repositories. Bots answer
nothing, and what is said of answers and deadlines leaves the issues out that bots opened. Comments that were hidden do not count.
"""

from exporter.facts import Metric, Topic

__all__ = ["NO_PAST", "STATISTICS", "TOPIC"]

STATISTICS = ("mean", "median", "p90")

NEWLY_OPENED = Metric(
    "github_issues_newly_opened", "Issues opened in the window (24h, 7d, 30d, 90d).", "count", ("repository", "window")
)
NEWLY_CLOSED = Metric(
    "github_issues_newly_closed",
    "Issues closed in the window (24h, 7d, 30d, 90d) and still closed.",
    "count",
    ("repository", "window"),
)
NEWLY_OPENED_LABELLED = Metric(
    "github_issues_newly_opened_labelled",
    "Issues opened in the window (7d, 30d) that carry one of the configured further labels now.",
    "count",
    ("repository", "label", "window"),
)
BUGS_OPENED = Metric(
    "github_bugs_newly_opened",
    "Bugs opened in the window (24h, 7d, 30d), by the highest priority among their labels, else none.",
    "count",
    ("priority", "window"),
)
BUGS_CLOSED = Metric(
    "github_bugs_newly_closed",
    "Bugs closed in the window (24h, 7d, 30d) and still closed, by the highest priority among their labels, else none.",
    "count",
    ("priority", "window"),
)
UNANSWERED = Metric(
    "github_issues_unanswered",
    "Issues opened by people in the last 30 days on which nobody but the author and bots has commented, by state (open, closed).",
    "count",
    ("repository", "state"),
)
OLDEST_UNANSWERED = Metric(
    "github_issue_oldest_unanswered_timestamp_seconds",
    "When the oldest open issue of a person was opened that nobody has answered, of those changed in the last 90 days.",
    "timestamp",
)
FIRST_RESPONSE = Metric(
    "github_issue_first_response_seconds",
    "Time from the opening of an issue to the first comment by a person who is not its author; opened in the last 30 days.",
    "seconds",
    ("statistic",),
)
ANSWERED_IN_TIME = Metric(
    "github_issue_answered_in_time_ratio",
    "Of the issues opened in the last 30 days that were answered or are overdue, the share answered within response_sla.",
    "ratio",
)
RESOLUTION = Metric(
    "github_issue_resolution_seconds",
    "Time from the opening of an issue to its closing; issues closed in the window (30d, 90d).",
    "seconds",
    ("window", "statistic"),
)
RESOLVED_IN_TIME = Metric(
    "github_issue_resolved_in_time_ratio",
    "Of the issues opened in the last 90 days and due under resolution_sla, the share closed in time.",
    "ratio",
)
RESOLVED = Metric(
    "github_issue_resolved_ratio",
    "Of the issues opened in the window (30d, 90d), the share that is closed.",
    "ratio",
    ("window",),
)
BUG_FIX = Metric(
    "github_bug_fix_seconds",
    "Time from the opening of a bug to its closing; bugs closed in the window (30d, 90d).",
    "seconds",
    ("window", "statistic"),
)
BUG_FIX_BY_PRIORITY = Metric(
    "github_bug_fix_by_priority_seconds",
    "Time from the opening of a bug to its closing, by priority; bugs closed in the window (30d, 90d).",
    "seconds",
    ("priority", "window", "statistic"),
)
COMMUNITY_RESOLVED = Metric(
    "github_issue_community_resolved_ratio",
    "Of the issues closed in the last 30 days that got an answer, the share in which no owner, member or collaborator commented.",
    "ratio",
)
ESCALATED = Metric(
    "github_issue_escalated_ratio",
    "Of the issues closed in the last 90 days that the community answered first, the share in which a maintainer stepped in.",
    "ratio",
)
FIRST_CONTACT = Metric(
    "github_issue_first_contact_resolved_ratio",
    "Of the issues closed in the last 90 days that got an answer, the share that needed one answer only.",
    "ratio",
)
FOLLOW_UP = Metric(
    "github_issue_follow_up_success_ratio",
    "Of the issues closed or reopened in the last 30 days, the share that was not reopened.",
    "ratio",
)
SECURITY_RESPONSE = Metric(
    "github_security_issue_response_seconds",
    "Time from the opening of an issue with the security label to the first comment by a maintainer; opened in the last 90 days.",
    "seconds",
    ("statistic",),
)
CROSS_REFERENCES = Metric(
    "github_issue_cross_references",
    "Mentions, in other issues and in pull requests, of the issues opened in the last 90 days.",
    "count",
    ("repository",),
)

NO_PAST = frozenset({OLDEST_UNANSWERED.name, CROSS_REFERENCES.name})
"""What cannot be told of a moment that is past: GitHub keeps the last update of an issue only, and counts mentions."""

TOPIC = Topic(
    "issues",
    (
        NEWLY_OPENED,
        NEWLY_CLOSED,
        NEWLY_OPENED_LABELLED,
        BUGS_OPENED,
        BUGS_CLOSED,
        UNANSWERED,
        OLDEST_UNANSWERED,
        FIRST_RESPONSE,
        ANSWERED_IN_TIME,
        RESOLUTION,
        RESOLVED_IN_TIME,
        RESOLVED,
        BUG_FIX,
        BUG_FIX_BY_PRIORITY,
        COMMUNITY_RESOLVED,
        ESCALATED,
        FIRST_CONTACT,
        FOLLOW_UP,
        SECURITY_RESPONSE,
        CROSS_REFERENCES,
    ),
)
