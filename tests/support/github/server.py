"""The server of the fake GitHub: a handler for `support.upstream`."""

import json
from collections.abc import Iterable
from datetime import UTC, timedelta
from functools import lru_cache
from typing import Any

from graphql import DocumentNode, FieldNode, GraphQLError, OperationDefinitionNode, execute_sync, parse, validate

from support.github.rules import Demand, RefusalError, demand
from support.github.schema import resolve, schema
from support.github.world import PLANTED, Repository
from support.tools import NOW
from support.upstream import Answer, Request

__all__ = ["TOKEN", "FakeGitHub"]

TOKEN = "ghp_plantedTokenPlantedTokenPlanted0001"


class FakeGitHub:
    """Answers POST to `path` by the schema and the rules of GitHub, for the repositories it has.

    What a test may set at any moment:
    `remaining` points of `limit` until `reset`; `quota_known` is False on servers without rate limits;
    `scopes` of a classic token, None for a fine-grained one;
    `renamed` maps old names to new ones;
    `errors` maps (repository, field) to the `type` of the error that the field gives;
    `too_much` is the most entries that a query may have before it is answered with 502;
    `broken_off` is the most entries that are answered before GitHub breaks off with RESOURCE_LIMITS_EXCEEDED.
    """

    def __init__(self, *repositories: Repository, path: str = "/graphql") -> None:
        self.repositories = list(repositories)
        self.path = path
        self.limit = 5000
        self.remaining = 5000
        self.reset = NOW + timedelta(minutes=40)
        self.quota_known = True
        self.scopes: str | None = None
        self.renamed: dict[str, str] = {}
        self.errors: dict[tuple[str, str], str] = {}
        self.too_much: int | None = None
        self.broken_off: int | None = None
        self.demands: list[Demand] = []
        self.sizes: list[int] = []
        """Entries of each query that arrived."""
        self.refused: list[str] = []
        """Why queries were refused that GitHub would not understand; a good client leaves this empty."""
        self._answered = 0

    def __call__(self, request: Request) -> Answer:
        if (request.method, request.path) != ("POST", self.path):
            return Answer.json({"message": "Not Found"}, 404)
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return Answer.json({"message": "Bad credentials"}, 401)
        query = json.loads(request.body)
        document, mistakes = _checked(query["query"])
        self.sizes.append(sum(name != "rateLimit" for name in _names(document)))
        if self.too_much is not None and self.sizes[-1] > self.too_much:
            return Answer.json({"message": "We couldn't respond to your request in time."}, 502)
        if self.remaining <= 0:
            return self._errors([{"type": "RATE_LIMIT", "code": "graphql_rate_limit", "message": f"Rate limit of {PLANTED}."}])
        if mistakes:
            self.refused.extend(mistakes)
            return self._errors([{"message": message} for message in mistakes])
        return self._execute(document, query.get("variables") or {})

    def _execute(self, document: DocumentNode, variables: dict[str, Any]) -> Answer:
        try:
            wanted = demand(document, variables, schema())
        except RefusalError as refusal:
            self.refused.append(refusal.kind)
            return self._errors([{"type": refusal.kind, "message": str(refusal)}])
        self.demands.append(wanted)
        self.remaining = max(0, self.remaining - wanted.points)
        self._answered = 0
        result = execute_sync(
            schema(),
            document,
            context_value=self,
            variable_values=variables,
            field_resolver=resolve,
            type_resolver=lambda value, info, kind: type(value).__name__,
        )
        body: dict[str, Any] = {"data": result.data}
        if result.errors:
            body["errors"] = [_told(error) for error in result.errors]
        return Answer.json(body, headers=self._headers())

    def find(self, name: str) -> Repository | None:
        """The repository of that name, the older names of renamed ones among them."""
        if self.broken_off is not None and self._answered >= self.broken_off:
            raise RefusalError("RESOURCE_LIMITS_EXCEEDED", "Resource limits for this query exceeded.")
        self._answered += 1
        name = self.renamed.get(name, name)
        return next((found for found in self.repositories if found.name.casefold() == name.casefold()), None)

    def check(self, repository: Repository, name: str) -> None:
        """Raises RefusalError where a field of a repository is set to fail."""
        kind = self.errors.get((repository.name, name))
        if kind is not None:
            raise RefusalError(kind, f"{PLANTED} is not allowed to see this.")

    def quota(self) -> dict[str, Any] | None:
        """What `rateLimit` says."""
        if not self.quota_known:
            return None
        last = self.demands[-1]
        return {
            "cost": last.points,
            "limit": self.limit,
            "remaining": self.remaining,
            "resetAt": self.reset.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "nodeCount": last.nodes,
            "used": self.limit - self.remaining,
        }

    def _errors(self, errors: list[dict[str, Any]]) -> Answer:
        return Answer.json({"errors": errors}, headers=self._headers())

    def _headers(self) -> dict[str, str]:
        headers = {}
        if self.quota_known:
            headers = {
                "X-RateLimit-Limit": str(self.limit),
                "X-RateLimit-Remaining": str(self.remaining),
                "X-RateLimit-Reset": str(int(self.reset.astimezone(UTC).timestamp())),
                "X-RateLimit-Resource": "graphql",
            }
        return headers if self.scopes is None else {**headers, "X-OAuth-Scopes": self.scopes}


@lru_cache(maxsize=256)
def _checked(text: str) -> tuple[DocumentNode, tuple[str, ...]]:
    """A document and what is wrong with it by the schema."""
    document = parse(text)
    return document, tuple(error.message for error in validate(schema(), document))


def _names(document: DocumentNode) -> Iterable[str]:
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            yield from (field.name.value for field in node.selection_set.selections if isinstance(field, FieldNode))


def _told(error: GraphQLError) -> dict[str, Any]:
    told: dict[str, Any] = {"message": error.message, "path": list(error.path or ()), "locations": [{"line": 1, "column": 1}]}
    if isinstance(error.original_error, RefusalError):
        told["type"] = error.original_error.kind
    elif error.original_error is not None:
        raise error.original_error
    return told
