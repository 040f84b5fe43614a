"""One request out, one answer in: what became of it, without an exception."""

import json
import re
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from http.client import HTTPException
from types import MappingProxyType
from typing import Any

import requests
import urllib3

from exporter.errors import Reason
from exporter.http.cache import Cache, Stored
from exporter.http.failure import place, reason_of_error, reason_of_status
from exporter.http.limits import limited_until, quota
from exporter.http.meter import Meter
from exporter.http.response import Response

__all__ = ["Exchange", "Failure", "Request"]

_CONNECT_TIMEOUT = 10.0
_CHUNK = 2**16
_EXPLANATION = 2**16
"""Bytes read of an answer that is no success: enough to tell a rate limit, and to use the connection again."""

_NOT_MODIFIED = 304
_UNAUTHORISED = 401
_PRINTABLE = re.compile(r"[!-~]([ -~]*[!-~])?")
_ERRORS = (requests.RequestException, urllib3.exceptions.HTTPError, HTTPException, OSError, ValueError)
"""What the libraries raise; ValueError where something cannot be encoded."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to send; `conditional` allows a kept answer to be asked for again only if it changed.

    `holder` tells whose quota it uses from that of others.
    """

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(default=None, repr=False)
    conditional: bool = False
    holder: str = field(default="", repr=False)

    def __str__(self) -> str:
        return f"{self.method} {place(self.url)}"

    def key(self) -> str:
        """What tells one answer from another: the URL and all that is sent with it, credentials included."""
        return json.dumps([self.method, self.url, sorted((name.lower(), text) for name, text in self.headers.items())])


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no usable answer, with what an answer said: a status, the moment to wait for, where to ask instead.

    `quota` names the one quota that the wait is for; None where it is for all requests.
    """

    reason: Reason
    status: int | None = None
    until: datetime | None = None
    quota: str | None = None
    location: str | None = field(default=None, repr=False)


class Exchange:
    """Sends requests one at a time and reports each of them to a meter."""

    def __init__(
        self,
        session: requests.Session,
        cache: Cache,
        meter: Meter,
        now: Callable[[], datetime],
        *,
        headers: Mapping[str, str],
        timeout: float,
        largest_body: int,
    ) -> None:
        self._session = session
        self._cache = cache
        self._meter = meter
        self._now = now
        self._headers = headers
        # The total leaves what connecting did not use to the answer.
        self._timeout = urllib3.Timeout(total=timeout, connect=min(timeout, _CONNECT_TIMEOUT))
        self._largest_body = largest_body

    def send(self, request: Request) -> Response | Failure:
        """Sends a request and reads its answer to the end; a redirect is a failure that names its location."""
        key = request.key() if request.conditional else None
        stored = self._cache.get(key) if key else None
        outcome = self._try(request, stored)
        if isinstance(outcome, Failure):
            self._meter.request(str(outcome.status or outcome.reason.value))
            return outcome
        self._meter.request(str(outcome.status))
        if stored and outcome.status == _NOT_MODIFIED:
            return _revived(outcome, stored)
        if key and outcome.status == 200:
            self._keep(key, outcome)
        return outcome

    def _try(self, request: Request, stored: Stored | None) -> Response | Failure:
        headers = {**self._headers, **request.headers, **_validators(stored)}
        wanted = requests.Request(request.method, request.url, headers=headers, data=request.body, auth=_as_given)
        try:
            prepared = self._session.prepare_request(wanted)
            url = prepared.url or request.url
            settings: dict[str, Any] = {**self._session.merge_environment_settings(url, {}, True, None, None)}
            settings["timeout"] = self._timeout
            # Not by the session's own `send`: that one keeps cookies, and reads a redirect and all of its body ahead.
            with closing(self._session.get_adapter(url).send(prepared, **settings)) as answer:
                return self._read(request, answer, stored)
        except _ERRORS as error:
            return Failure(reason_of_error(error))

    def _read(self, request: Request, answer: requests.Response, stored: Stored | None) -> Response | Failure:
        status = answer.status_code
        headers = MappingProxyType({name.lower(): text for name, text in answer.headers.items()})
        said = quota(headers, self._now())
        # With credentials that it does not accept, an upstream tells of the quota of those who have none.
        if said and status != _UNAUTHORISED:
            self._meter.rate_limit(said.resource, said.limit, said.remaining, said.reset, request.holder)
        if stored and status == _NOT_MODIFIED:
            return Response(status, headers, b"", str(request))
        if not 200 <= status < 300:
            until = limited_until(status, headers, _explanation(answer), self._now())
            reason = Reason.RATE_LIMITED if until else reason_of_status(status)
            spent = said.resource if until and said and said.resource and not said.remaining else None
            return Failure(reason, status, until, spent, headers.get("location"))
        if "," in headers.get("content-encoding", ""):
            # Encodings within each other multiply what a few bytes grow to, and nobody asked for them.
            return Failure(Reason.MALFORMED)
        body = _body(answer, self._largest_body)
        return Failure(Reason.TOO_LARGE) if len(body) > self._largest_body else Response(status, headers, body, str(request))

    def _keep(self, key: str, response: Response) -> None:
        headers = response.headers
        etag, last_modified = _sendable(headers.get("etag")), _sendable(headers.get("last-modified"))
        if (etag or last_modified) and "no-store" not in headers.get("cache-control", "").lower():
            self._cache.put(key, Stored(etag, last_modified, response.body, headers.get("link")))


def _validators(stored: Stored | None) -> dict[str, str]:
    if stored is None:
        return {}
    named = {"If-None-Match": stored.etag, "If-Modified-Since": stored.last_modified}
    return {name: text for name, text in named.items() if text}


def _sendable(text: str | None) -> str | None:
    """A header of an answer as it may be sent back; None where it may not, for its control characters for example."""
    return text if text and _PRINTABLE.fullmatch(text) else None


def _revived(answer: Response, stored: Stored) -> Response:
    """The kept answer; the link to the next page belongs to the body, and an answer without body may leave it out."""
    kept = {"link": stored.link} if stored.link else {}
    headers = MappingProxyType({**kept, **answer.headers})
    return replace(answer, status=200, headers=headers, body=stored.body, unchanged=True)


def _explanation(answer: requests.Response) -> bytes:
    try:
        return _body(answer, _EXPLANATION)
    except _ERRORS:
        # The status says enough.
        return b""


def _body(answer: requests.Response, most: int) -> bytes:
    """The decoded body; of one longer than `most` the beginning, itself a little longer than that."""
    body = bytearray()
    for chunk in answer.iter_content(_CHUNK):
        body += chunk
        if len(body) > most:
            break
    return bytes(body)


def _as_given(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Leaves a request alone: without it requests takes credentials from .netrc and out of the URL."""
    return request
