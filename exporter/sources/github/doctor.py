"""Asks GitHub whether the token works and sees the repositories."""

from collections.abc import Iterator, Mapping
from typing import Any

from exporter.errors import RateLimited, Reason, UpstreamError
from exporter.sources.base import Finding
from exporter.sources.github.api.answer import read
from exporter.sources.github.api.batches import BatchSize, ask_all
from exporter.sources.github.api.graph import Graph, Reply
from exporter.sources.github.config import GitHubConfig
from exporter.sources.github.repositories.answers import SeenRepository
from exporter.sources.github.repositories.queries import quota_query, visibility_query

__all__ = ["examine"]

REPOSITORIES_A_QUERY = 40

_GRANT = (
    "a fine-grained token needs read access to metadata, issues, pull requests and contents of it,"
    " a classic one the scope repo where it is private"
)
_ADVICE: Mapping[Reason, str] = {
    Reason.NOT_FOUND: f"not found, or hidden from the token: check the spelling; {_GRANT}",
    Reason.AUTH: f"the token may not read all of it: {_GRANT}",
}


def examine(config: GitHubConfig, graph: Graph) -> Iterator[Finding]:
    """The token first, then each repository; nothing more is asked when the token does not work."""
    try:
        reply = graph.ask(quota_query(), 0)
    except UpstreamError as error:
        yield Finding("token", False, _refused(error))
        return
    yield Finding("token", True, _accepted(reply))
    outcome = ask_all(graph, BatchSize(REPOSITORIES_A_QUERY), config.repositories, visibility_query, _seen)
    for repository in config.repositories:
        reason = outcome.failed.get(repository)
        advice = "readable" if reason is None else _ADVICE.get(reason, f"GitHub gave no usable answer about it: {reason}")
        yield Finding(f"repository {repository}", reason is None, advice)


def _seen(_: str, data: Any) -> None:
    read(SeenRepository, data)


def _accepted(reply: Reply) -> str:
    quota, scopes = reply.quota, reply.headers.get("x-oauth-scopes")
    left = f"{quota.remaining} of {quota.limit} points an hour are left" if quota else "the server sets no limit"
    if scopes is not None and "repo" not in scopes.replace(" ", "").split(","):
        return f"accepted, {left}; as a classic token without the scope repo it sees public repositories only"
    return f"accepted, {left}"


def _refused(error: UpstreamError) -> str:
    if isinstance(error, RateLimited):
        until = f" until {error.until:%H:%M} UTC" if error.until else ""
        return f"its quota is spent{until}; other programs may use the same token"
    if error.reason is Reason.AUTH:
        return "refused: it is wrong, has expired, or an organisation has not authorised it"
    return f"could not be tried: {error}"
