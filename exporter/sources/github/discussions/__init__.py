"""The topic `discussions`: all discussions of all time, read once in full, then only what has changed."""

from exporter.sources.github.discussions.reader import DiscussionsReader

__all__ = ["DiscussionsReader"]
