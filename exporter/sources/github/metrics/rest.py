"""Metrics of the topics that only the REST API gives: `traffic`, `security` and `comments`."""

from exporter.facts import Metric, Topic

__all__ = ["COMMENTS", "SECURITY", "TRAFFIC"]

_TRAFFIC = ("repository", "window")
VIEWS = Metric(
    "github_traffic_views", "Views of pages of the repository in the window (1d: last whole day, 14d).", "count", _TRAFFIC
)
VISITORS = Metric("github_traffic_visitors", "Different visitors of the repository in the window (1d, 14d).", "count", _TRAFFIC)
CLONES = Metric("github_traffic_clones", "Clones of the repository in the window (1d, 14d).", "count", _TRAFFIC)
CLONERS = Metric("github_traffic_cloners", "Different cloners of the repository in the window (1d, 14d).", "count", _TRAFFIC)
TRAFFIC = Topic("traffic", (VIEWS, VISITORS, CLONES, CLONERS))

ALERTS_OPEN = Metric(
    "github_security_alerts_open",
    "Open security alerts by tool (dependabot, code_scanning, secret_scanning) and severity, unrated where GitHub gives none.",
    "count",
    ("repository", "tool", "severity"),
)
ALERTS_OPENED = Metric(
    "github_security_alerts_newly_opened",
    "Security alerts raised in the last 30 days, by tool and severity.",
    "count",
    ("repository", "tool", "severity"),
)
FIX = Metric(
    "github_security_alert_fix_seconds",
    "Time from a security alert to its fix, by severity; alerts fixed in the last 90 days, of all repositories.",
    "seconds",
    ("severity", "statistic"),
)
SECURITY = Topic("security", (ALERTS_OPEN, ALERTS_OPENED, FIX))

WRITTEN = Metric(
    "github_comments",
    "Comments written by people on issues and pull requests in the last 24 hours, reviews aside.",
    "count",
    ("repository",),
)
REACTIONS = Metric("github_comment_reactions", "Reactions to the comments of the last 24 hours.", "count", ("repository",))
COMMENTS = Topic("comments", (WRITTEN, REACTIONS))
