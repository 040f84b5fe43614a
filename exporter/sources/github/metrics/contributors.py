"""Metrics of the topic `contributors`: authors of commits on default branches, by login, else by mailmapped e-mail address. A
person counts once over all repositories; bots do not count. Commits count by their committer date. The source `git` has metrics
of the same names and meanings.
"""

from exporter.facts import Metric, Topic

__all__ = ["ACTIVE", "CONTRIBUTORS", "FIRST_TIME", "PREVIOUS", "RETAINED", "TOPIC"]

CONTRIBUTORS = Metric(
    "github_contributors",
    "People who ever authored a commit, from GitHub's lists (cached for a day) and recent commits; bots left out.",
    "count",
)
ACTIVE = Metric(
    "github_contributors_active", "People who authored a commit in the window (30d); bots left out.", "count", ("window",)
)
FIRST_TIME = Metric(
    "github_contributors_first_time",
    "People whose first commit ever is in the window (30d); bots left out.",
    "count",
    ("window",),
)
PREVIOUS = Metric(
    "github_contributors_previous",
    "People with a commit in the window of the same length before this one (30d); bots left out.",
    "count",
    ("window",),
)
RETAINED = Metric(
    "github_contributors_retained",
    "Of the people with a commit in the window before, those who have one in this window (30d) as well; bots left out.",
    "count",
    ("window",),
)
TOPIC = Topic("contributors", (CONTRIBUTORS, ACTIVE, FIRST_TIME, PREVIOUS, RETAINED))
