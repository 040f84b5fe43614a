"""Asks GitHub's GraphQL API one query at a time, and tells what it answered from what it refused."""

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from exporter.errors import RateLimited, Reason, UpstreamError
from exporter.http import Auth, Client, Response
from exporter.http.limits import limited_until
from exporter.logs import fields
from exporter.sources.github.api.answer import Answer, Quota, read
from exporter.sources.github.api.credentials import Clock, Credentials
from exporter.sources.github.api.planner import GRAPHQL, Planner
from exporter.sources.github.api.query import Query, name_of

__all__ = ["Graph", "Reply"]

log = logging.getLogger(__name__)

_REASONS = {
    "NOT_FOUND": Reason.NOT_FOUND,
    "FORBIDDEN": Reason.AUTH,
    "INSUFFICIENT_SCOPES": Reason.AUTH,
    "RATE_LIMIT": Reason.RATE_LIMITED,
    "RATE_LIMITED": Reason.RATE_LIMITED,
    "RESOURCE_LIMITS_EXCEEDED": Reason.TOO_LARGE,
    "MAX_NODE_LIMIT_EXCEEDED": Reason.TOO_LARGE,
}

_REFUSALS = frozenset({401, 403})
"""A permission that is missing is told inside of an answer: this says that the credentials may do nothing here."""

# Where the type is missing, only words tell.
_WORDS = (("rate limit", Reason.RATE_LIMITED), ("resource limits", Reason.TOO_LARGE), ("timeout", Reason.TIMEOUT))


class _Error(Answer):
    """An entry of `errors`; what else it holds quotes the query and is not read."""

    message: str = ""
    type: str | None = None
    path: list[str | int] | None = None

    @property
    def alias(self) -> str | int | None:
        """The entry of the query that it is about; None when it is about the query as a whole."""
        return self.path[0] if self.path else None

    def reason(self, otherwise: Reason) -> Reason:
        """Why, in our words."""
        if self.type in _REASONS:
            return _REASONS[self.type]
        said = self.message.lower()
        return next((reason for words, reason in _WORDS if words in said), otherwise)


class _Body(Answer):
    """An answer of any GraphQL server."""

    data: dict[str, Any] | None = None
    errors: list[_Error] | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a query: for each of its entries the data, or the reason why there is none.

    `cut` says that GitHub broke off: data that does not fit is then incomplete rather than malformed. `quota` is None where the
    server knows none. `headers` are those of the answer.
    """

    entries: tuple[Any, ...]
    cut: bool = False
    quota: Quota | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Graph:
    """The GraphQL API as the credentials see it, for the time of one refresh; `now` is the clock."""

    def __init__(self, client: Client, url: str, credentials: Credentials, planner: Planner, now: Clock) -> None:
        self._client = client
        self._url = url
        self._credentials = credentials
        self._planner = planner
        self._now = now

    def ask(self, query: Query, entries: int, *, weight: int | None = None, retries: int | None = None) -> Reply:
        """What GitHub answers to a query with that many entries, which weigh one each where no `weight` is told.

        A query with which some credentials reach a limit is sent again with the next. Raises UpstreamError when there is no data
        at all: RateLimited where no credentials are left that may be used, TOO_LARGE or TIMEOUT where the query asks for too much
        at once.
        """
        answer = self._answered(query, entries if weight is None else weight, retries)
        errors = answer.body.errors or []
        if answer.body.data is None:
            raise _refusal(errors)
        return Reply(*_sorted(answer.body.data, errors, entries), answer.quota, answer.response.headers)

    def _answered(self, query: Query, units: int, retries: int | None) -> "_Answered":
        came: list[_Answered] = []

        def send(auth: Auth) -> Response:
            answer = self._sent(query, auth, retries)
            limit = self._limit(answer)
            if limit is None or answer.body.data is not None:
                came.append(answer)
            if limit is not None:
                raise limit
            return answer.response

        try:
            self._credentials.ask(
                GRAPHQL,
                self._client,
                self._now,
                send,
                expected=self._planner.expected(query.kind, units),
                cost=lambda _: came[-1].cost,
                refusals=_REFUSALS,
            )
        except RateLimited as limit:
            self._planner.waits(limit.until or self._now())
            if not came:
                raise
        answer = came[-1]
        if answer.quota is not None:
            self._learn(query.kind, units, answer.holder, answer.quota)
        return answer

    def _sent(self, query: Query, auth: Auth, retries: int | None) -> "_Answered":
        wanted = {"query": query.document, "variables": dict(query.variables)}
        response = self._client.post(self._url, json=wanted, auth=auth, retries=retries)
        body = read(_Body, response.json())
        return _Answered(auth.holder, response, body, None if body.data is None else _quota(body.data))

    def _learn(self, kind: str, units: int, holder: str, quota: Quota) -> None:
        self._planner.heard(holder, GRAPHQL, quota.limit, quota.remaining, quota.reset_at, self._now())
        self._planner.learnt(kind, units, quota.cost)
        log.debug("github answered", extra=fields(cost=quota.cost, remaining=quota.remaining))

    def _limit(self, answer: "_Answered") -> RateLimited | None:
        """The limit that GitHub tells of in the answer."""
        reasons = [error.reason(Reason.SERVER_ERROR) for error in answer.body.errors or ()]
        if Reason.RATE_LIMITED not in reasons:
            return None
        # Over GraphQL a limit is told with status 200; the headers then mean what they mean with 429.
        headers = answer.response.headers
        until = limited_until(429, headers, answer.response.body, self._now())
        spent = headers.get("x-ratelimit-remaining") == "0"
        return RateLimited("GitHub asks to wait: the rate limit of the token is reached", until, GRAPHQL if spent else None)


@dataclass(frozen=True, slots=True)
class _Answered:
    """An answer, and with whose quota it was had."""

    holder: str
    response: Response
    body: _Body
    quota: Quota | None

    @property
    def cost(self) -> float:
        """What it took of the quota, in points."""
        return self.quota.cost if self.quota else 0.0


def _refusal(errors: Sequence[_Error]) -> UpstreamError:
    """The error for an answer without data."""
    if not errors:
        return UpstreamError(Reason.MALFORMED, "GitHub answered neither data nor errors")
    reason = errors[0].reason(Reason.CLIENT_ERROR)
    return UpstreamError(reason, f"GitHub refused a query: {reason}")


def _quota(data: Mapping[str, Any]) -> Quota | None:
    """The quota, where it is told in a form that can be used; no figure depends on it."""
    with suppress(UpstreamError):
        return read(Quota, data.get("rateLimit"))
    return None


def _sorted(data: Mapping[str, Any], errors: Sequence[_Error], entries: int) -> tuple[tuple[Any, ...], bool]:
    """The data or the failure of each entry, and whether GitHub broke off.

    An error anywhere inside an entry fails the entry as a whole: half of its figures would be wrong ones.
    """
    cut = any(error.reason(Reason.SERVER_ERROR) in (Reason.TOO_LARGE, Reason.TIMEOUT) for error in errors)
    failed = {error.alias: error.reason(Reason.SERVER_ERROR) for error in reversed(errors)}
    general = failed.get(None)
    return tuple(_entry(data, name_of(i), failed, general) for i in range(entries)), cut


def _entry(data: Mapping[str, Any], name: str, failed: Mapping[str | int | None, Reason], general: Reason | None) -> Any:
    if name in failed:
        return failed[name]
    if name not in data:
        return general or Reason.MALFORMED
    return data[name] if data[name] is not None else general or Reason.NOT_FOUND
