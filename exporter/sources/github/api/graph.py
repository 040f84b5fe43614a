"""Asks GitHub's GraphQL API one query at a time, and tells what it answered from what it refused."""

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import SecretStr

from exporter.errors import RateLimited, Reason, UpstreamError
from exporter.http import Client, Response
from exporter.http.limits import limited_until
from exporter.sources.github.api.answer import Answer, Quota, read
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
    """The GraphQL API as one token sees it, for the time of one refresh, which begins at `now`."""

    def __init__(self, client: Client, url: str, token: SecretStr, now: datetime) -> None:
        self._client = client
        self._url = url
        self._headers = {"Authorization": f"Bearer {token.get_secret_value()}"}
        self._now = now
        self._limited: RateLimited | None = None

    def ask(self, query: Query, entries: int, *, retries: int | None = None) -> Reply:
        """What GitHub answers to a query with that many entries.

        Raises UpstreamError when there is no data at all: RateLimited where the quota is spent, TOO_LARGE or TIMEOUT where the
        query asks for too much at once.
        """
        if self._limited is not None:
            raise self._limited
        response = self._client.post(
            self._url,
            json={"query": query.document, "variables": dict(query.variables)},
            headers=self._headers,
            retries=retries,
        )
        body = read(_Body, response.json())
        errors = body.errors or []
        self._limited = self._limit(body, response)
        if body.data is None:
            raise self._limited or _refusal(errors)
        quota = _quota(body.data)
        if quota is not None:
            log.debug("github answered", extra={"fields": {"cost": quota.cost, "remaining": quota.remaining}})
        return Reply(*_sorted(body.data, errors, entries), quota, response.headers)

    def _limit(self, body: "_Body", response: Response) -> RateLimited | None:
        """What to raise from now on, where an answer says that a rate limit is reached or that nothing is left."""
        reasons = [error.reason(Reason.SERVER_ERROR) for error in body.errors or ()]
        spent = response.headers.get("x-ratelimit-remaining") == "0"
        if Reason.RATE_LIMITED not in reasons and not spent:
            return None
        # Over GraphQL a limit is told with status 200; the headers then mean what they mean with 429.
        until = limited_until(429, response.headers, response.body, self._now)
        return RateLimited("GitHub asks to wait: the rate limit of the token is reached", until)


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
