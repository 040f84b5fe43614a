"""Tries out what credentials may read: each topic in each repository, as cheaply as GitHub allows.

100 things are tried in a query of 3 points at most. REST has no such queries, so there only the first repositories are tried: one
request for each of them and topic.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from exporter.errors import Reason, UpstreamError
from exporter.facts import Topic
from exporter.sources.github import metrics
from exporter.sources.github.api.answer import Answer, read
from exporter.sources.github.api.batches import BatchSize, ask_all
from exporter.sources.github.api.graph import Graph
from exporter.sources.github.api.query import Query, Variables, of_repository, query_of
from exporter.sources.github.api.rest import Rest
from exporter.sources.github.config import GitHubConfig
from exporter.sources.github.grants import GRANTS, Grant
from exporter.sources.github.security.alerts import TOOLS

__all__ = ["Probe", "Tried", "probes_of", "topics", "try_out"]

PROBES_A_QUERY = 100
REST_REPOSITORIES = 25
"""Repositories that are tried over REST."""

_ONE = {"per_page": "1"}
_PULLS = "pullRequests { totalCount }"
_FIELDS = {
    "repositories": f"issues {{ totalCount }} {_PULLS} releases {{ totalCount }}",
    "issues": "issues { totalCount }",
    "pull_requests": _PULLS,
    "conflicts": _PULLS,
    "discussions": "discussions { totalCount }",
    "stars": "stargazers(first: 1) { edges { starredAt } }",
    "contributors": "defaultBranchRef { target { ... on Commit { history(first: 1) { nodes { oid } } } } }",
}
_PATHS = {
    "contributors": "contributors",
    "traffic": "traffic/views",
    "comments": "issues/comments",
}
"""What is asked of a repository over GraphQL, and below its address over REST, by topic."""


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """Something that may be readable or not, by itself: a topic, or a tool of the topic `security`.

    `selection` is what to ask of a repository over GraphQL, `path` what over REST; "" where there is nothing to ask.
    """

    name: str
    topic: Topic
    grant: Grant
    selection: str = ""
    path: str = ""
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a probe: how many repositories were tried, and why some of them could not be read."""

    repositories: int
    failed: Mapping[str, Reason]


class _Something(Answer):
    """A repository of which anything came."""


def topics() -> Mapping[str, Topic]:
    """All topics by name; the first is read always, the others where the configuration lists them."""
    return {topic.name: topic for topic in metrics.TOPICS}


def probes_of(config: GitHubConfig) -> list[Probe]:
    """What to try for a configuration, the facts of repositories first."""
    known = topics()
    first = next(iter(known))
    probes = [Probe(first, known[first], GRANTS[first], _FIELDS[first])]
    for name in config.read:
        if name == "security":
            probes += [_of_tool(tool, known[name]) for tool in config.security_tools]
        else:
            probes.append(Probe(name, known[name], GRANTS[name], _FIELDS.get(name, ""), _PATHS.get(name, "")))
    return probes


def try_out(probes: Sequence[Probe], repositories: Sequence[str], graph: Graph, rest: Rest) -> dict[Probe, Tried]:
    """Tries everything in all repositories; raises nothing."""
    failed: dict[Probe, dict[str, Reason]] = {probe: {} for probe in probes}
    asked = [(name, probe) for name in repositories for probe in probes if probe.selection]
    outcome = ask_all(graph, BatchSize(PROBES_A_QUERY), asked, _query, lambda _, data: _take(data))
    for (name, probe), reason in outcome.failed.items():
        failed[probe][name] = reason
    # A repository that does not exist for GraphQL does not for REST either.
    hidden = {name: reason for (name, _), reason in outcome.failed.items() if reason is Reason.NOT_FOUND}
    for probe in probes:
        for name in repositories[:REST_REPOSITORIES] if probe.path else ():
            refusal = failed[probe].get(name) or hidden.get(name) or _refusal(rest, probe, name)
            if refusal is not None:
                failed[probe][name] = refusal
    reach = {probe: repositories if probe.selection else repositories[:REST_REPOSITORIES] for probe in probes}
    return {probe: Tried(len(reach[probe]), failed[probe]) for probe in probes}


def _of_tool(name: str, topic: Topic) -> Probe:
    tool = TOOLS[name]
    return Probe(f"{topic.name} ({name})", topic, GRANTS[name], path=tool.path, params=tool.params)


def _query(asked: Sequence[tuple[str, Probe]]) -> Query:
    variables = Variables()
    entries = []
    for name, probe in asked:
        fragment = f"Try_{probe.name}"
        spread = variables.use(fragment, f"fragment {fragment} on Repository {{ {probe.selection} }}")
        entries.append(of_repository(name, variables, spread))
    return query_of(entries, variables)


def _take(data: Any) -> None:
    read(_Something, data)


def _refusal(rest: Rest, probe: Probe, name: str) -> Reason | None:
    """Why a repository cannot be read over REST; None where it can."""
    path = f"/repos/{name}/{probe.path}"
    try:
        if probe.path == _PATHS["traffic"]:
            rest.get(path)
        else:
            # Lists hold people, or what alerts are about: nothing of them is kept.
            next(rest.pages(path, {**_ONE, **probe.params}, personal=True), None)
    except UpstreamError as error:
        return error.reason
    return None
