"""Asks GitHub whether tracking issues can be opened as configured."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from exporter.config.github_issues import GitHubIssues
from exporter.errors import Reason, UpstreamError
from exporter.http import Client, MemoryCache, user_agent
from exporter.sources.base import Finding
from exporter.tracking.issues import Issues, Repository

__all__ = ["examine"]

_TIMEOUT = timedelta(seconds=30)

_REFUSED: Mapping[Reason, str] = {
    Reason.AUTH: "refused: the token is wrong, has expired, or an organisation has not authorised it",
    Reason.NOT_FOUND: "not found: check the spelling, and that the token sees the repository",
}


def examine(config: GitHubIssues, contact: str | None) -> Iterator[Finding]:
    """What works and what is lacking: the repository, its issues, labels, and the permission to write. Raises nothing.

    `contact` is whom GitHub can ask, as in the configuration.
    """
    issues = Issues(Client(timeout=_TIMEOUT, cache=MemoryCache(), user_agent=user_agent(contact)), config)
    try:
        repository = issues.repository()
    except UpstreamError as error:
        yield Finding("repository", False, _REFUSED.get(error.reason, f"could not be asked: {error}"))
        return
    yield _openable(repository)
    if not repository.has_issues or repository.archived:
        return
    yield _writing(issues)
    yield _labels(repository, config.labels[0])


def _openable(repository: Repository) -> Finding:
    if repository.archived:
        return Finding("repository", False, "archived, so nothing can be written there")
    if not repository.has_issues:
        return Finding("repository", False, "its issues are turned off: turn them on in its settings, under Features")
    return Finding("repository", True, "readable, its issues are on")


def _writing(issues: Issues) -> Finding:
    try:
        allowed = issues.may_write()
    except UpstreamError as error:
        return Finding("issues", False, f"could not be tried: {error}")
    if allowed:
        return Finding("issues", True, "the token may write them")
    needed = "a fine-grained one needs the permission Issues, read and write, a classic one the scope repo"
    return Finding("issues", False, f"the token may not write them: {needed}")


def _labels(repository: Repository, label: str) -> Finding:
    """GitHub drops labels without a word where the account may not set them."""
    allowed = repository.permissions
    if allowed is None:
        return Finding("labels", None, "whether the token may set labels is not told by GitHub")
    if any(allowed.get(role) for role in ("triage", "push", "maintain", "admin")):
        return Finding("labels", True, f"the account of the token may set {label}")
    return Finding("labels", False, "the account of the token may not set labels: it needs the role Triage at least")
