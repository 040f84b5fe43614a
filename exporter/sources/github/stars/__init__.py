"""New stars of a repository and, where the past is asked about, its forks."""

from exporter.sources.github.stars.reader import ForksReader, StarsReader

__all__ = ["ForksReader", "StarsReader"]
