"""The one HTTP client of all sources."""

import json as jsonlib
import random as randomlib
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import requests

from exporter.errors import RateLimited, Reason, UpstreamError
from exporter.http.agent import user_agent as default_user_agent
from exporter.http.auth import Auth
from exporter.http.cache import Cache, digest
from exporter.http.exchange import Exchange, Failure, Request
from exporter.http.failure import saying
from exporter.http.meter import Meter, NullMeter
from exporter.http.redirect import REDIRECTS, origin, target
from exporter.http.response import Response
from exporter.http.retry import RETRIES, SHORT_WAIT, backoff, worth_another_try
from exporter.http.transport import new_session

__all__ = ["Client", "Params"]

Params = Mapping[str, str | Sequence[str]]
"""Query parameters; one with several values is repeated."""

LARGEST_BODY = 32 * 2**20

_Limited = tuple[tuple[str, str, int], str]


class Client:
    """Asks one upstream on behalf of one source: retries, waits, validates and follows, and raises only UpstreamError.

    `timeout` bounds one try, from connecting (once the name is known) to the last byte. Waits that an upstream asks for are
    spent here when they are short; else RateLimited is raised, and until its moment every further request to that host with the
    same credentials fails with it at once. Where the upstream names the one quota that is spent, requests that use another may
    go on. `meter` counts what is asked. `session` is one of `new_session`, for clients that share their connections; `now`,
    `sleep` and `random` are the clock, the waiting and the chance in it. The text of an error names method and URL, without query
    and credentials, and nothing that an upstream said. Thread-safe.
    """

    def __init__(
        self,
        *,
        timeout: timedelta,
        cache: Cache,
        meter: Meter | None = None,
        session: requests.Session | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = randomlib.random,
        user_agent: str | None = None,
        largest_body: int = LARGEST_BODY,
    ) -> None:
        self._session = session or new_session()
        self._owns_session = session is None
        self.meter = meter or NullMeter()
        self._exchange = Exchange(
            self._session,
            cache,
            self.meter,
            now,
            headers={"User-Agent": user_agent or default_user_agent(), "Accept-Encoding": "gzip"},
            timeout=timeout.total_seconds(),
            largest_body=largest_body,
        )
        self._now = now
        self._sleep = sleep
        self._random = random
        self._limits: dict[_Limited, datetime] = {}
        self._secret = secrets.token_bytes()
        self._lock = threading.Lock()

    def get(
        self,
        url: str,
        *,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        auth: Auth | None = None,
        conditional: bool = True,
        retries: int | None = None,
    ) -> Response:
        """Reads a URL. Raises UpstreamError, RateLimited among them.

        An answer with a validator is kept and asked for again only if it changed; `conditional=False`, for answers with
        personal data, neither reads nor writes what is kept. `retries` are the tries after the first one.
        """
        return self._ask(self._request("GET", _with_params(url, params), headers, auth, None, conditional), retries)

    def post(
        self,
        url: str,
        *,
        json: Any,
        headers: Mapping[str, str] | None = None,
        auth: Auth | None = None,
        retries: int | None = None,
    ) -> Response:
        """Sends JSON and reads the answer; a query changes nothing, so it is repeated as a GET is.

        What does change something is sent with `retries=0`, so that it is sent once. Raises UpstreamError, RateLimited among
        them, and ValueError where `json` holds what JSON has no form for.
        """
        return self._ask(self._with_json("POST", url, json, headers, auth), retries)

    def patch(self, url: str, *, json: Any, headers: Mapping[str, str] | None = None, auth: Auth | None = None) -> Response:
        """Sends a change as JSON, once, and reads the answer; raises as `post` does."""
        return self._ask(self._with_json("PATCH", url, json, headers, auth), 0)

    def post_form(self, url: str, *, form: Mapping[str, str], retries: int | None = None) -> Response:
        """Sends a form, as OAuth's token endpoints take it, and reads the answer; it is repeated as a GET is.

        The form may hold a secret, so no redirect is followed with it. Raises UpstreamError, RateLimited among them.
        """
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask(self._request("POST", url, headers, None, urlencode(form).encode(), False), retries, 0)

    def close(self) -> None:
        """Closes the connections, unless they are shared."""
        if self._owns_session:
            self._session.close()

    def _with_json(self, method: str, url: str, json: Any, headers: Mapping[str, str] | None, auth: Auth | None) -> Request:
        body = jsonlib.dumps(json, allow_nan=False, separators=(",", ":")).encode()
        return self._request(method, url, {"Content-Type": "application/json", **(headers or {})}, auth, body, False)

    def _request(
        self, method: str, url: str, headers: Mapping[str, str] | None, auth: Auth | None, body: bytes | None, conditional: bool
    ) -> Request:
        sent = {**(headers or {}), **({"Authorization": auth.authorization} if auth else {})}
        return Request(method, url, sent, body, conditional, auth.holder if auth else self._holder(sent))

    def _holder(self, headers: Mapping[str, str]) -> str:
        """What tells the credentials in the headers from others, and tells nobody what they are."""
        authorization = next((text for name, text in headers.items() if name.lower() == "authorization"), None)
        return "" if authorization is None else digest(authorization, self._secret).hex()

    def _ask(self, asked: Request, retries: int | None, most_redirects: int = REDIRECTS) -> Response:
        request, tried, redirects = asked, 0, 0
        while True:
            self._hold_back(asked, request)
            outcome = self._exchange.send(request)
            if isinstance(outcome, Response):
                return outcome
            if outcome.reason is Reason.REDIRECT and redirects < most_redirects:
                aim = target(request.method, request.url, request.headers, outcome.status, outcome.location)
                if aim is not None:
                    request, redirects = replace(request, url=aim), redirects + 1
                    continue
            tried += 1
            wait = self._wait(outcome, tried) if tried <= (RETRIES if retries is None else retries) else None
            if wait is None:
                raise self._error(asked, request, outcome)
            self._sleep(wait)

    def _wait(self, failure: Failure, tried: int) -> float | None:
        """Seconds to wait before the next try; None where another try is not worth it, or not yet."""
        if failure.until is not None:
            asked = (failure.until - self._now()).total_seconds()
            return max(asked, 0.0) if asked <= SHORT_WAIT else None
        if worth_another_try(failure.reason, failure.status):
            return backoff(tried, self._random())
        return None

    def _error(self, asked: Request, request: Request, failure: Failure) -> UpstreamError:
        """The error to raise, told of what was asked: where a redirect led is what the upstream said."""
        text = f"{asked} {saying(failure.reason, failure.status)}"
        if failure.until is None:
            return UpstreamError(failure.reason, text, failure.status)
        if failure.quota is None:
            with self._lock:
                self._limits[_limited(request)] = failure.until
        return RateLimited(f"{text} and asks to wait", failure.until, failure.quota)

    def _hold_back(self, asked: Request, request: Request) -> None:
        """Raises RateLimited while the host of a request has asked to wait."""
        limited = _limited(request)
        with self._lock:
            until = self._limits.get(limited)
            if until is not None and until <= self._now():
                del self._limits[limited]
                until = None
        if until is not None:
            raise RateLimited(f"{asked} was not sent: its host asked to wait", until)


def _limited(request: Request) -> _Limited:
    """What a limit holds for: the host, and whose quota is used there."""
    try:
        return origin(request.url), request.holder
    except ValueError:
        # Nothing is sent to such a URL.
        return ("", "", 0), ""


def _with_params(url: str, params: Params | None) -> str:
    try:
        return requests.Request("GET", url, params=params).prepare().url or url
    except (requests.RequestException, ValueError):
        # It is refused for the same reason when it is sent.
        return url
