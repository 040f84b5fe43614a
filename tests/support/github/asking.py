"""Asks the fake GitHub: without a client, as its own tests do, or as one token sees its GraphQL API."""

import json
from datetime import datetime
from typing import Any

from pydantic import SecretStr

from exporter.http import Client
from exporter.sources.github.api.credentials import Credentials, Token
from exporter.sources.github.api.graph import Graph
from exporter.sources.github.api.planner import Planner
from support.github.server import TOKEN, FakeGitHub
from support.github.world import Repository
from support.tools import NOW
from support.upstream import Answer, Request

__all__ = ["ask", "graph_of", "numbers", "of", "post"]


def post(github: FakeGitHub, document: str, token: str = TOKEN, **variables: Any) -> Answer:
    body = json.dumps({"query": document, "variables": variables}).encode()
    return github(Request("POST", "/graphql", {}, {"authorization": f"Bearer {token}"}, body))


def ask(github: FakeGitHub, document: str, token: str = TOKEN, **variables: Any) -> Any:
    return json.loads(post(github, document, token, **variables).body)


def of(repository: Repository | FakeGitHub, selection: str, **variables: Any) -> Any:
    """What a query for a repository a/b selects, without errors."""
    github = repository if isinstance(repository, FakeGitHub) else FakeGitHub(repository)
    declared = ", ".join(f"${name}: String" for name in variables)
    head = f"query({declared})" if declared else ""
    said = ask(github, f'{head}{{repository(owner: "a", name: "b"){{{selection}}}}}', **variables)
    assert "errors" not in said, said
    return said["data"]["repository"]


def numbers(repository: Repository | FakeGitHub, listing: str) -> list[int]:
    """The numbers of what a list of a repository has."""
    (found,) = of(repository, f"{listing}{{nodes{{number}}}}").values()
    return [node["number"] for node in found["nodes"]]


def graph_of(client: Client, url: str, token: str = TOKEN, now: datetime = NOW) -> Graph:
    """Asks with one token, of whose quota nothing is kept back, by a clock that stands at `now`."""
    planner = Planner(0)
    return Graph(client, url, Credentials([Token("token", SecretStr(token))], planner), planner, lambda: now)
