"""A GitHub for tests: a small world of repositories, and a server that answers queries by GitHub's own schema and rules."""

from support.github.direct import direct_tools
from support.github.quota import Quota
from support.github.rules import demand
from support.github.schema import schema
from support.github.server import TOKEN, FakeGitHub
from support.github.world import (
    LONG_AGO,
    PLANTED,
    Account,
    Asset,
    Category,
    Comment,
    Commit,
    Discussion,
    Issue,
    Label,
    PullRequest,
    Release,
    Repository,
    Review,
    Star,
    issues,
    pull_requests,
)

__all__ = [
    "LONG_AGO",
    "PLANTED",
    "TOKEN",
    "Account",
    "Asset",
    "Category",
    "Comment",
    "Commit",
    "Discussion",
    "FakeGitHub",
    "Issue",
    "Label",
    "PullRequest",
    "Quota",
    "Release",
    "Repository",
    "Review",
    "Star",
    "demand",
    "direct_tools",
    "issues",
    "pull_requests",
    "schema",
]
