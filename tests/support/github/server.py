"""The server of the fake GitHub: a handler for `support.upstream`."""

import json
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

from graphql import DocumentNode, FieldNode, GraphQLError, OperationDefinitionNode, execute_sync, parse, validate

from support.github import commits, discussions, entries, stars, threads  # noqa: F401 (they register what they answer)
from support.github.quota import Quota
from support.github.resolvers import kind_of, resolve
from support.github.rest import RestSide
from support.github.rules import Demand, RefusalError, demand
from support.github.schema import schema
from support.github.world import PLANTED, Account, Repository
from support.tools import NOW
from support.upstream import Answer, Handler, Request

__all__ = ["TOKEN", "Asking", "FakeGitHub"]

TOKEN = "ghp_plantedTokenPlantedTokenPlanted0001"
_ENTERPRISE = "/api/v3"


def _of_default_token(name: str) -> Any:
    """An attribute of the quota of TOKEN, as one of the fake GitHub."""
    return property(
        lambda github: getattr(github.tokens[TOKEN], name), lambda github, value: setattr(github.tokens[TOKEN], name, value)
    )


class FakeGitHub:
    """Answers POST to `path` by the schema and the rules of GitHub, for the repositories it has, and all else by `rest`.

    What a test may set at any moment:
    `now` is the server's clock;
    `tokens` holds the quota of each token, `remaining`, `limit`, `reset` and `scopes` are those of TOKEN; `revoked` tokens are
    refused; `quota_known` is False on servers without rate limits;
    `renamed` maps old names to new ones;
    `owners` are the owners that are no organisations, or have no repository;
    `errors` maps (repository, field) to the `type` of the error that the field gives;
    `too_much` is the most entries, `too_heavy` the most nodes that a query may have before it is answered with 502;
    `broken_off` is the most entries that are answered before GitHub breaks off with RESOURCE_LIMITS_EXCEEDED;
    `offset_cursors` makes cursors count entries, so that lists that change between two pages are read with gaps.
    """

    limit = _of_default_token("limit")
    remaining = _of_default_token("remaining")
    reset = _of_default_token("reset")
    scopes = _of_default_token("scopes")

    def __init__(self, *repositories: Repository, path: str = "/graphql", now: datetime = NOW) -> None:
        self.repositories = list(repositories)
        self.path = path
        self.now = now
        self.tokens = {TOKEN: Quota()}
        self.revoked: set[str] = set()
        self.quota_known = True
        self.renamed: dict[str, str] = {}
        self.owners: list[Account] = []
        self.viewer = Account("planted-viewer")
        self.errors: dict[tuple[str, str], str] = {}
        self.too_much: int | None = None
        self.too_heavy: int | None = None
        self.broken_off: int | None = None
        self.offset_cursors = False
        self.rest: Handler = RestSide(self, _ENTERPRISE if path.startswith("/api/") else path.removesuffix("/graphql"))
        self.demands: list[Demand] = []
        self.sizes: list[int] = []
        """Entries of each query that arrived."""
        self.refused: list[str] = []
        """Why queries were refused that GitHub would not understand; a good client leaves this empty."""
        # What takes long is made before somebody waits for an answer.
        schema()

    def __call__(self, request: Request) -> Answer:
        if (request.method, request.path) != ("POST", self.path):
            return self.rest(request)
        quota = self.quota_of(request)
        if quota is None:
            return Answer.json({"message": "Bad credentials"}, 401)
        query = json.loads(request.body)
        document, mistakes = _checked(query["query"])
        self.sizes.append(sum(name != "rateLimit" for name in _names(document)))
        if self.too_much is not None and self.sizes[-1] > self.too_much:
            return _too_slow()
        if quota.remaining <= 0:
            said = {"type": "RATE_LIMIT", "code": "graphql_rate_limit", "message": f"Rate limit of {PLANTED}."}
            return self._errors([said], quota)
        if mistakes:
            self.refused.extend(mistakes)
            return self._errors([{"message": message} for message in mistakes], quota)
        return self._execute(document, query.get("variables") or {}, quota)

    def quota_of(self, request: Request) -> Quota | None:
        """The quota of the token that a request comes with, renewed where that is due; None for a token that is not known."""
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        quota = None if token in self.revoked else self.tokens.get(token)
        if quota is None or (quota.ends is not None and quota.ends <= self.now):
            return None
        quota.renew(self.now)
        return quota

    def _execute(self, document: DocumentNode, variables: dict[str, Any], quota: Quota) -> Answer:
        try:
            wanted = demand(document, variables, schema())
        except RefusalError as refusal:
            self.refused.append(refusal.kind)
            return self._errors([{"type": refusal.kind, "message": str(refusal)}], quota)
        self.demands.append(wanted)
        quota.spend(wanted.points)
        if self.too_heavy is not None and wanted.nodes > self.too_heavy:
            return _too_slow()
        result = execute_sync(
            schema(),
            document,
            context_value=Asking(self, quota, wanted),
            variable_values=variables,
            field_resolver=resolve,
            type_resolver=kind_of,
        )
        body: dict[str, Any] = {"data": result.data}
        if result.errors:
            body["errors"] = [_told(error) for error in result.errors]
        return Answer.json(body, headers=self._headers(quota))

    def find(self, name: str, *, follow_renames: bool = True) -> Repository | None:
        """The repository of that name, the older names of renamed ones among them; who has a name now goes first."""
        wanted = name.casefold()
        for found in self.repositories:
            if found.name.casefold() == wanted:
                return found
        later = {old.casefold(): new for old, new in self.renamed.items()}.get(wanted) if follow_renames else None
        return None if later is None else self.find(later)

    def owner(self, login: str) -> Account | None:
        """The owner of that login: an organisation, where nothing else is said."""
        wanted = login.casefold()
        for account in self.owners:
            if account.login.casefold() == wanted:
                return account
        for repository in self.repositories:
            if repository.owner.casefold() == wanted:
                self.owners.append(Account(repository.owner, "Organization"))
                return self.owners[-1]
        return None

    def check(self, repository: Repository, name: str) -> None:
        """Raises RefusalError where a field of a repository is set to fail."""
        kind = self.errors.get((repository.name, name))
        if kind is not None:
            raise RefusalError(kind, f"{PLANTED} is not allowed to see this.")

    def _errors(self, errors: list[dict[str, Any]], quota: Quota) -> Answer:
        return Answer.json({"errors": errors}, headers=self._headers(quota))

    def _headers(self, quota: Quota) -> dict[str, str]:
        headers = quota.headers() if self.quota_known else {}
        return headers if quota.scopes is None else {**headers, "X-OAuth-Scopes": quota.scopes}


class Asking:
    """A query while it is answered: what resolvers know beside the thing whose field they answer."""

    def __init__(self, github: FakeGitHub, quota: Quota, wanted: Demand) -> None:
        self.github = github
        self._quota = quota
        self._demand = wanted
        self._answered = 0

    def count(self) -> None:
        """Counts an entry; raises RefusalError where GitHub has had enough."""
        if self.github.broken_off is not None and self._answered >= self.github.broken_off:
            raise RefusalError("RESOURCE_LIMITS_EXCEEDED", "Resource limits for this query exceeded.")
        self._answered += 1

    def rate_limit(self) -> dict[str, Any] | None:
        """What `rateLimit` says."""
        if not self.github.quota_known:
            return None
        return {
            "cost": self._demand.points,
            "limit": self._quota.limit,
            "remaining": self._quota.remaining,
            "resetAt": self._quota.reset,
            "nodeCount": self._demand.nodes,
            "used": self._quota.limit - self._quota.remaining,
        }


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


def _too_slow() -> Answer:
    return Answer.json({"message": "We couldn't respond to your request in time."}, 502)
