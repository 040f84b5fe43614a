"""Metrics of the topic `stars`."""

from exporter.facts import Metric, Topic

__all__ = ["TOPIC"]

NEW = Metric(
    "github_stars_new",
    "Stars given in the window (24h, 7d, 30d) and not taken back since.",
    "count",
    ("repository", "window"),
)
TOPIC = Topic("stars", (NEW,))
