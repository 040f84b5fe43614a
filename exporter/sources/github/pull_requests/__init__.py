"""Pull requests: how many are opened, merged and turned down, how long they wait for a review, and which have conflicts."""

from exporter.sources.github.pull_requests.conflicts import ConflictsReader
from exporter.sources.github.pull_requests.reader import PullRequestsReader

__all__ = ["ConflictsReader", "PullRequestsReader"]
