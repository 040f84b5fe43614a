"""The topic `issues`: what was opened, answered, closed and reopened in the last 90 days."""

from exporter.sources.github.issues.reader import IssuesReader

__all__ = ["IssuesReader"]
