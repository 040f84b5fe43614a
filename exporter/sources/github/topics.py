"""The topics that can be read beside the facts of repositories, and who reads each."""

from collections.abc import Mapping

from exporter.sources.github.comments import CommentsReader
from exporter.sources.github.contributors import ContributorsReader
from exporter.sources.github.discussions import DiscussionsReader
from exporter.sources.github.issues import IssuesReader
from exporter.sources.github.pull_requests import ConflictsReader, PullRequestsReader
from exporter.sources.github.security import SecurityReader
from exporter.sources.github.stars import StarsReader
from exporter.sources.github.topic import TopicReader
from exporter.sources.github.traffic import TrafficReader

__all__ = ["READERS"]

_ALL: tuple[type[TopicReader], ...] = (
    IssuesReader,
    PullRequestsReader,
    ConflictsReader,
    DiscussionsReader,
    StarsReader,
    ContributorsReader,
    TrafficReader,
    SecurityReader,
    CommentsReader,
)

READERS: Mapping[str, type[TopicReader]] = {reader.topic.name: reader for reader in _ALL}
"""The readers by the name of their topic, which is what `read` in the configuration lists."""
