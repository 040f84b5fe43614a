"""GitHub's published schema, and how the fields that tests need are answered from the world."""

import base64
import gzip
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from graphql import GraphQLSchema, build_schema

from support.github.rules import RefusalError
from support.github.world import Issue, PullRequest, Release, Repository

__all__ = ["resolve", "schema"]

FILE = Path(__file__).parents[2] / "fixtures" / "github" / "schema.graphql.gz"

Arguments = dict[str, Any]
Resolver = Callable[[Any, Arguments], Any]
_resolvers: dict[tuple[str, str], Resolver] = {}


@cache
def schema() -> GraphQLSchema:
    """The schema, built once. The published file breaks rules of its own language, so it is taken as it is."""
    text = gzip.decompress(FILE.read_bytes()).decode()
    return build_schema(text, assume_valid=True, assume_valid_sdl=True)


def resolve(source: Any, info: Any, **arguments: Any) -> Any:
    """The value of a field: by its resolver, else the attribute of that name."""
    name = info.field_name
    resolver = _resolvers.get((info.parent_type.name, name))
    if resolver is None:
        return source[name] if isinstance(source, dict) else _plain(getattr(source, _snake(name)))
    if isinstance(source, Repository):
        info.context.check(source, name)
    return resolver(source if source is not None else info.context, arguments)


def connection(items: Sequence[Any], arguments: Arguments) -> dict[str, Any]:
    """The page of a list that the arguments ask for, counted from its beginning."""
    start = _offset(arguments["after"]) if arguments.get("after") else 0
    end = min(start + arguments.get("first", 0), len(items))
    return {
        "totalCount": len(items),
        "nodes": items[start:end],
        "pageInfo": {
            "hasNextPage": end < len(items),
            "hasPreviousPage": start > 0,
            "startCursor": _cursor(start) if end > start else None,
            "endCursor": _cursor(end) if end > start else None,
        },
    }


def answers(kind: str, name: str) -> Callable[[Resolver], Resolver]:
    """Makes a function the resolver of a field of a type."""

    def register(resolver: Resolver) -> Resolver:
        _resolvers[kind, name] = resolver
        return resolver

    return register


@answers("Query", "repository")
def _repository(context: Any, arguments: Arguments) -> Repository:
    found = context.find(f"{arguments['owner']}/{arguments['name']}")
    if found is None:
        raise RefusalError(
            "NOT_FOUND", f"Could not resolve to a Repository with the name '{arguments['owner']}/{arguments['name']}'."
        )
    assert isinstance(found, Repository)
    return found


@answers("Query", "node")
def _node(context: Any, arguments: Arguments) -> Release:
    for repository in context.repositories:
        for release in repository.releases:
            if release.id == arguments["id"]:
                assert isinstance(release, Release)
                return release
    raise RefusalError("NOT_FOUND", f"Could not resolve to a node with the global id of '{arguments['id']}'.")


@answers("Query", "rateLimit")
def _rate_limit(context: Any, arguments: Arguments) -> Any:
    return context.quota()


@answers("Repository", "watchers")
def _watchers(repository: Repository, arguments: Arguments) -> dict[str, Any]:
    return connection(range(repository.watchers), arguments)


@answers("Repository", "issues")
def _issues(repository: Repository, arguments: Arguments) -> dict[str, Any]:
    states = arguments.get("states") or ["OPEN", "CLOSED"]
    wanted = {label.casefold() for label in arguments.get("labels") or ()}
    return connection([issue for issue in repository.issues if _state(issue) in states and _has(issue, wanted)], arguments)


@answers("Issue", "labels")
def _labels(issue: Issue, arguments: Arguments) -> dict[str, Any]:
    return connection([{"name": name} for name in issue.labels], arguments)


@answers("Repository", "pullRequests")
def _pull_requests(repository: Repository, arguments: Arguments) -> dict[str, Any]:
    states = arguments.get("states") or ["OPEN", "CLOSED", "MERGED"]
    listed: list[PullRequest] = [pull for pull in repository.pull_requests if pull.state in states]
    return connection(listed, arguments)


@answers("Repository", "releases")
def _releases(repository: Repository, arguments: Arguments) -> dict[str, Any]:
    newest_first = (arguments.get("orderBy") or {}).get("direction") == "DESC"
    return connection(sorted(repository.releases, key=lambda release: release.created_at, reverse=newest_first), arguments)


@answers("Release", "publishedAt")
def _published_at(release: Release, arguments: Arguments) -> Any:
    return None if release.is_draft else _plain(release.published_at or release.created_at)


@answers("Release", "releaseAssets")
def _assets(release: Release, arguments: Arguments) -> dict[str, Any]:
    return connection(release.assets, arguments)


def _state(issue: Issue) -> str:
    return "CLOSED" if issue.closed else "OPEN"


def _has(issue: Issue, wanted: set[str]) -> bool:
    return not wanted or any(label.casefold() in wanted for label in issue.labels)


def _plain(value: Any) -> Any:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else value


def _snake(name: str) -> str:
    return re.sub("[A-Z]", lambda capital: f"_{capital[0].lower()}", name)


def _cursor(offset: int) -> str:
    return base64.b64encode(f"cursor:{offset}".encode()).decode()


def _offset(cursor: str) -> int:
    return int(base64.b64decode(cursor).decode().removeprefix("cursor:"))
