"""What a refresh of the source `github` takes: requests, points of the quota and seconds, for 1, 100 and 1,000 repositories.

Run it with `PYTHONPATH=tests python tests/benchmarks/github_facts.py`. Every request waits 100 ms before it is answered. One in
ten repositories has a second page of bugs and of releases. The fake GitHub answers one repository of each kind by its schema, and
that is put together for any number of them: executing thousands of queries would measure the fake, not the source.
"""

import json
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from graphql import parse

from exporter.sources.github import GitHub, GitHubConfig
from exporter.sources.github.repositories.queries import Connection, Entry, Page, Query, pages_query, repositories_query
from support.github import TOKEN, Asset, FakeGitHub, Release, Repository, demand, issues, pull_requests, schema
from support.tools import NOW, make_tools
from support.upstream import Answer, Request, Upstream

LATENCY = 0.1
ASSETS = ("linux-amd64", "linux-arm64", "darwin-amd64", "darwin-arm64", "windows-amd64.exe", "checksums.txt")
_ENTRY = re.compile(r"(r\d+): repository\(owner: \$v\d+, name: \$(v\d+)\) \{ (?:\.\.\.(Facts)|(bugs|releases))")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one refresh took."""

    repositories: int
    requests: int
    points: int
    samples: int
    seconds: float


def repository(number: int) -> Repository:
    """An ordinary repository with 20 bugs and 20 releases; every tenth has 60 and 30."""
    bugs, releases = (60, 30) if number % 10 == 0 else (20, 20)
    return Repository(
        f"acme/r{number}",
        stargazer_count=1234,
        fork_count=56,
        pushed_at=NOW,
        issues=[*issues(bugs // 2, "bug", "P1", "ui"), *issues(bugs // 2, "bug", "P2"), *issues(40)],
        pull_requests=pull_requests(opened=5, closed=6, merged=70),
        releases=[
            Release([Asset(f"caro-{name}", 1000, 5_000_000) for name in ASSETS], created_at=NOW - timedelta(days=age))
            for age in range(releases)
        ],
    )


class Prebuilt:
    """Answers for any number of such repositories with what the fake GitHub said of two of them."""

    def __init__(self) -> None:
        github = FakeGitHub(repository(0), repository(1))
        large, ordinary = (self._ask(github, repositories_query([Entry(name)], "bug", ())) for name in ("acme/r0", "acme/r1"))
        self._facts = {True: large, False: ordinary}
        self._pages = {
            connection: self._ask(github, pages_query([Page("acme/r0", Connection(connection), cursor)], "bug"))
            for connection in ("bugs", "releases")
            for cursor in [json.loads(large)[connection]["pageInfo"]["endCursor"]]
        }

    def __call__(self, request: Request) -> Answer:
        query = json.loads(request.body)
        body = ",".join(f'"{alias}":{said}' for alias, said in self._entries(query))
        return Answer(200, f'{{"data":{{"rateLimit":null,{body}}}}}'.encode())

    def _entries(self, query: Any) -> Iterator[tuple[str, str]]:
        for alias, name, facts, connection in _ENTRY.findall(query["query"]):
            yield alias, self._facts[query["variables"][name].endswith("0")] if facts else self._pages[connection]

    @staticmethod
    def _ask(github: FakeGitHub, query: Query) -> str:
        return json.dumps(_ask(github, query)["r0"])


def _ask(handler: Any, query: Query) -> Any:
    body = json.dumps({"query": query.document, "variables": dict(query.variables)}).encode()
    return json.loads(handler(Request("POST", "/graphql", {}, {"authorization": f"Bearer {TOKEN}"}, body)).body)["data"]


def check(prebuilt: Prebuilt) -> None:
    """Raises AssertionError unless the prebuilt answers are those of the fake GitHub, ids, and cursors made of ids, aside."""
    query = repositories_query([Entry(f"acme/r{n}") for n in range(25)], "bug", ())
    executed = _ask(FakeGitHub(*map(repository, range(25))), query)
    for said in (executed, quick := _ask(prebuilt, query)):
        said.pop("rateLimit")
        for entry in said.values():
            for release in entry["releases"]["nodes"]:
                release.pop("id")
            for connection in ("bugs", "releases"):
                entry[connection]["pageInfo"].pop("endCursor")
    assert executed == quick


def measure(repositories: int, prebuilt: Prebuilt) -> Cost:
    """What a refresh of that many repositories takes."""
    with tempfile.TemporaryDirectory() as folder, Upstream(prebuilt, delay=LATENCY) as upstream:
        names = tuple(f"acme/r{n}" for n in range(repositories))
        source = GitHub(GitHubConfig(base_url=upstream.url, token=TOKEN, repositories=names, read=(), labels=()))
        tools = make_tools(Path(folder), timeout=timedelta(seconds=30))
        started = time.perf_counter()
        parts = list(source.collect(tools, NOW))
        seconds = time.perf_counter() - started
        assert not any(part.failure for part in parts)
        queries = [json.loads(request.body) for request in upstream.requests]
    points = sum(demand(parse(query["query"]), query["variables"], schema()).points for query in queries)
    return Cost(repositories, len(queries), points, sum(len(part.samples) for part in parts), seconds)


def main() -> None:
    """Prints a line for each number of repositories."""
    prebuilt = Prebuilt()
    check(prebuilt)
    sys.stdout.write("repositories  requests  points  samples  seconds\n")
    for repositories in (1, 100, 1000):
        cost = measure(repositories, prebuilt)
        sys.stdout.write(f"{cost.repositories:12}  {cost.requests:8}  {cost.points:6}  {cost.samples:7}  {cost.seconds:7.2f}\n")


if __name__ == "__main__":
    main()
