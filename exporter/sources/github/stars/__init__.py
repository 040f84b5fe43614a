"""New stars of a repository."""

from exporter.sources.github.stars.reader import StarsReader

__all__ = ["StarsReader"]
