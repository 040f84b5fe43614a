"""GitHub's two APIs, for one repository and one token."""

from exporter.demo.upstreams.github.server import github

__all__ = ["github"]
