"""The source `git`: who works on a project, read from the history of its repositories."""

from exporter.sources.git.config import GitConfig
from exporter.sources.git.source import Git

__all__ = ["SOURCE", "Git", "GitConfig"]

SOURCE = Git
