"""What `doctor` tells of GitHub: for each of the credentials whether it works, and for each topic whether it may be read."""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from exporter.errors import RateLimited, Reason, UpstreamError
from exporter.facts import Topic
from exporter.sources.base import Finding
from exporter.sources.github.api.graph import Graph, Reply
from exporter.sources.github.api.rest import Rest
from exporter.sources.github.config import GitHubConfig
from exporter.sources.github.grants import GRANTS, Grant
from exporter.sources.github.organization import list_repositories, nothing_selected
from exporter.sources.github.probes import Probe, Tried, probes_of, topics, try_out
from exporter.sources.github.repositories.queries import quota_query

__all__ = ["Access", "examine"]

_NAMES = 3
"""Repositories that are told by name where several cannot be read."""
_FORBIDDEN = frozenset({Reason.AUTH, Reason.NOT_FOUND})
"""GitHub says that something does not exist where it may not be seen."""
_MORE_ADVICE = {
    "security": "check that the tool is enabled there",
    "stars": "github.com shows the list to those alone who administer the repository or collaborate on it",
}
"""What else may be lacking, by topic."""
_EVERY_SCOPE = "repo"
"""The scope of classic tokens that includes those for public repositories and for alerts."""


@dataclass(frozen=True, slots=True)
class Access:
    """GitHub as one of the credentials sees it; `name` says which, such as `token 2`."""

    name: str
    graph: Graph
    rest: Rest


def examine(config: GitHubConfig, accesses: Sequence[Access]) -> Iterator[Finding]:
    """The credentials first, then what each that works may read, then the topics that are not read. Raises nothing."""
    probes = probes_of(config)
    scopes: dict[str, frozenset[str] | None] = {}
    for access in accesses:
        try:
            reply = access.graph.ask(quota_query(), 0)
        except UpstreamError as error:
            yield Finding(access.name, False, _refused(error), _metrics(probe.topic for probe in probes))
        else:
            scopes[access.name] = _scopes(reply)
            yield Finding(access.name, True, _accepted(reply))
    working = [access for access in accesses if access.name in scopes]
    if not working:
        return
    repositories = config.repositories
    if config.organization is not None:
        repositories = yield from _listed(config, working)
    for access in working if repositories else ():
        for probe, tried in try_out(probes, repositories, access.graph, access.rest).items():
            subject = probe.name if len(accesses) == 1 else f"{access.name}: {probe.name}"
            detail = _told(tried, probe, scopes[access.name], len(repositories))
            yield Finding(subject, not tried.failed, detail, _metrics([probe.topic]))
    yield from _not_read(config)


def _listed(config: GitHubConfig, accesses: Iterable[Access]) -> Generator[Finding, None, tuple[str, ...]]:
    """The repositories that any of the credentials sees in the organisation; each is told how many it sees."""
    names: dict[str, None] = {}
    for access in accesses:
        subject = f"{access.name}: organisation {config.organization}"
        try:
            seen = list_repositories(config, access.graph)
        except UpstreamError as error:
            yield Finding(subject, False, str(error))
            continue
        yield Finding(subject, bool(seen), _many(len(seen)) if seen else nothing_selected(config))
        names |= dict.fromkeys(seen)
    return tuple(names)


def _not_read(config: GitHubConfig) -> Iterator[Finding]:
    """The topics that the configuration leaves out."""
    _, *others = topics().items()
    for name, topic in others:
        if name not in config.read:
            needed = GRANTS[name]
            scope = f", of a classic one the scope {needed.scope}" if needed.scope else ""
            permission = f"the permission {needed.permission} of a fine-grained token or App{scope}"
            detail = f"not read; list it in `read`. It needs {permission}"
            yield Finding(name, None, detail, _metrics([topic]))


def _metrics(of: Iterable[Topic]) -> frozenset[str]:
    return frozenset(metric.name for topic in of for metric in topic.metrics)


def _scopes(reply: Reply) -> frozenset[str] | None:
    """The scopes of a classic token; None for other credentials, of which GitHub tells none."""
    said = reply.headers.get("x-oauth-scopes")
    return None if said is None else frozenset(scope.strip() for scope in said.split(","))


def _accepted(reply: Reply) -> str:
    quota, scopes = reply.quota, _scopes(reply)
    left = f"{quota.remaining} of {quota.limit} points an hour are left" if quota else "the server sets no limit"
    if scopes is not None and _EVERY_SCOPE not in scopes:
        return f"accepted, {left}; as a classic token without the scope {_EVERY_SCOPE} it sees public repositories only"
    return f"accepted, {left}"


def _refused(error: UpstreamError) -> str:
    if isinstance(error, RateLimited):
        until = f" until {error.until:%H:%M} UTC" if error.until else ""
        return f"its quota is spent{until}; other programs may use the same token"
    if error.reason is Reason.AUTH:
        return "refused: it is wrong, has expired, or an organisation has not authorised it"
    return f"could not be tried: {error}"


def _told(tried: Tried, probe: Probe, scopes: frozenset[str] | None, repositories: int) -> str:
    """How a probe went, and what is lacking where it failed."""
    among = _many(tried.repositories)
    if tried.repositories < repositories:
        among = f"the first {among} of {repositories}"
    if not tried.failed:
        return f"readable in {among}"
    return f"{_named(tried.failed)}, of {among}: {_advice(frozenset(tried.failed.values()), probe, scopes)}"


def _named(failed: Mapping[str, Reason]) -> str:
    names = [*failed][:_NAMES]
    more = f" and {len(failed) - _NAMES} more" if len(failed) > _NAMES else ""
    return f"cannot be read in {', '.join(names)}{more} ({', '.join(sorted(set(failed.values())))})"


def _advice(reasons: frozenset[Reason], probe: Probe, scopes: frozenset[str] | None) -> str:
    if not reasons & _FORBIDDEN:
        spent = reasons == {Reason.RATE_LIMITED}
        return "the quota is spent, but for its reserve" if spent else "GitHub gave no usable answer"
    advice = [_lacking(probe.grant, scopes)]
    if probe.topic.name in _MORE_ADVICE:
        advice.append(_MORE_ADVICE[probe.topic.name])
    if Reason.NOT_FOUND in reasons:
        advice.append("check the spelling")
    return "; ".join(advice)


def _lacking(grant: Grant, scopes: frozenset[str] | None) -> str:
    """What the credentials lack, as far as it can be told."""
    if scopes is None:
        return f"a fine-grained token or App needs the permission {grant.permission} for them, read-only"
    if grant.scope and not scopes & {grant.scope, _EVERY_SCOPE}:
        return f"the token lacks the scope {grant.scope}"
    if _EVERY_SCOPE not in scopes:
        return f"the token lacks the scope {_EVERY_SCOPE}, if they are private"
    return "the account of the token must be allowed to see it"


def _many(repositories: int) -> str:
    return f"{repositories} {'repository' if repositories == 1 else 'repositories'}"
