"""Answers what is asked over GraphQL and over REST, and counts it against a quota."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from exporter.demo.graphql.answer import MistakeError, Thing, answer, moment
from exporter.demo.graphql.document import parse
from exporter.demo.people import Person
from exporter.demo.project import REPOSITORY, Project
from exporter.demo.upstreams.github.things import node, repository
from exporter.demo.upstreams.packages import Clock
from exporter.demo.upstreams.service import Answer, Request, Service

__all__ = ["github"]

_LIMIT = 5000
"""Points and requests an hour, as GitHub gives them to a token."""
_HOUR = timedelta(hours=1)
_COST = 1
"""Points of a query: those of this one repository all cost the least there is."""


class _Quota:
    """What is left of an hour."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._hour: datetime | None = None
        self.used = 0

    def spend(self) -> None:
        hour = self._clock().astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        if hour != self._hour:
            self._hour, self.used = hour, 0
        self.used += _COST

    @property
    def reset(self) -> datetime:
        return (self._hour or self._clock()) + _HOUR

    def headers(self, resource: str) -> tuple[tuple[str, str], ...]:
        told = {
            "limit": _LIMIT,
            "remaining": max(0, _LIMIT - self.used),
            "used": self.used,
            "reset": round(self.reset.timestamp()),
            "resource": resource,
        }
        return tuple((f"X-RateLimit-{name.title()}", str(value)) for name, value in told.items())

    def thing(self) -> Thing:
        told = {"cost": _COST, "limit": _LIMIT, "remaining": max(0, _LIMIT - self.used), "used": self.used, "nodeCount": 0}
        return Thing("RateLimit", {**told, "resetAt": self.reset})


def github(project: Project, token: str, clock: Clock) -> Service:
    """Both APIs, for a token; GraphQL at /graphql."""
    quotas = {"graphql": _Quota(clock), "core": _Quota(clock)}

    def answered(request: Request) -> Answer:
        if request.token != token:
            return Answer({"message": "Bad credentials"}, HTTPStatus.UNAUTHORIZED)
        resource = "graphql" if list(request.path) == ["graphql"] else "core"
        quota = quotas[resource]
        quota.spend()
        found = _graphql(project, request, quota) if resource == "graphql" else _rest(project, request)
        return Answer(found.data, found.status, (*found.headers, *quota.headers(resource)))

    return answered


def _graphql(project: Project, request: Request, quota: _Quota) -> Answer:
    asked = json.loads(request.body)
    root = Thing(
        "Query",
        {
            "rateLimit": lambda _: quota.thing(),
            "repository": lambda arguments: _named(project, arguments),
            "node": lambda arguments: node(project, arguments["id"]),
        },
    )
    try:
        data = answer(parse(asked["query"]), asked.get("variables") or {}, root)
    except (MistakeError, ValueError) as mistake:
        return Answer({"errors": [{"message": str(mistake)}]})
    missing = [key for key, value in data.items() if value is None]
    if missing:
        said = "Could not resolve to a Repository with that name."
        return Answer({"data": data, "errors": [{"type": "NOT_FOUND", "path": [key], "message": said} for key in missing]})
    return Answer({"data": data})


def _named(project: Project, arguments: Mapping[str, Any]) -> Thing | None:
    name = f"{arguments['owner']}/{arguments['name']}"
    return repository(project) if name.casefold() == REPOSITORY else None


def _rest(project: Project, request: Request) -> Answer:
    owner, name = REPOSITORY.split("/")
    match list(request.path):
        case ["repos", asked_owner, asked_name, *below] if (asked_owner, asked_name) == (owner, name):
            pass
        case _:
            return _not_found()
    match below:
        case []:
            return Answer(_described(project))
        case ["contributors"]:
            return _page(_contributors(project), request)
    return _not_found()


def _described(project: Project) -> Mapping[str, Any]:
    """The repository itself."""
    owner, name = REPOSITORY.split("/")
    return {
        "id": 1,
        "name": name,
        "full_name": REPOSITORY,
        "private": False,
        "owner": {"login": owner, "type": "Organization"},
        "default_branch": "main",
        "stargazers_count": len(project.stars),
        "forks_count": len(project.forks),
        "open_issues_count": sum(1 for _ in project.open_issues()),
        "created_at": moment(project.created),
    }


def _contributors(project: Project) -> list[Mapping[str, Any]]:
    """Everybody with a commit, who has most of them first."""
    counts: dict[Person, int] = {}
    for commit in project.commits:
        counts[commit.by] = counts.get(commit.by, 0) + 1
    ordered = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0].login))
    return [{"login": person.login, "type": "User", "contributions": count} for person, count in ordered]


def _page(entries: Sequence[Any], request: Request) -> Answer:
    """One page of a list; none that is asked for here has more than one."""
    size, number = int(request.query.get("per_page", 30)), int(request.query.get("page", 1))
    return Answer(entries[size * (number - 1) : size * number])


def _not_found() -> Answer:
    return Answer({"message": "Not Found"}, HTTPStatus.NOT_FOUND)
