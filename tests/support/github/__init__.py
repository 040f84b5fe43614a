"""A GitHub for tests: a small world of repositories, and a server that answers queries by GitHub's own schema and rules."""

from support.github.direct import direct_tools
from support.github.rules import demand
from support.github.schema import schema
from support.github.server import TOKEN, FakeGitHub
from support.github.world import PLANTED, Asset, Issue, PullRequest, Release, Repository, issues, pull_requests

__all__ = [
    "PLANTED",
    "TOKEN",
    "Asset",
    "FakeGitHub",
    "Issue",
    "PullRequest",
    "Release",
    "Repository",
    "demand",
    "direct_tools",
    "issues",
    "pull_requests",
    "schema",
]
