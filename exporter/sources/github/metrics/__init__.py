"""The metrics of this source, one table a topic."""

from exporter.sources.github.metrics import contributors, discussions, issues, pull_requests, repositories, rest, stars

__all__ = ["METRICS", "TOPICS"]

TOPICS = (
    repositories.TOPIC,
    issues.TOPIC,
    pull_requests.TOPIC,
    pull_requests.CONFLICTS,
    discussions.TOPIC,
    stars.TOPIC,
    contributors.TOPIC,
    rest.TRAFFIC,
    rest.SECURITY,
    rest.COMMENTS,
)
"""What this source reads, each topic on its own; the first is always read."""

METRICS = tuple(metric for topic in TOPICS for metric in topic.metrics)
"""Every metric that this source gives."""
