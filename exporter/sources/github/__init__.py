"""GitHub and GitHub Enterprise: facts on repositories, read over GraphQL, many repositories in one query."""

from exporter.sources.github.config import GitHubConfig
from exporter.sources.github.source import GitHub

__all__ = ["SOURCE", "GitHub", "GitHubConfig"]

SOURCE = GitHub
