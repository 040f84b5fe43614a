"""Contributors: who commits, who is new, and who stays, over all repositories together."""

from exporter.sources.github.contributors.reader import ContributorsReader

__all__ = ["ContributorsReader"]
