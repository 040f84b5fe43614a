"""The endpoints of the receiver as WSGI applications: the public one, and the one for those who operate it."""

import json
import math
import threading
from collections.abc import Callable, Sequence
from http import HTTPStatus
from itertools import chain
from typing import TYPE_CHECKING, Any

from prometheus_client import PLATFORM_COLLECTOR, PROCESS_COLLECTOR

from exporter.errors import UpstreamError
from exporter.receiver.batch import LARGEST_BODY, BadRequest, check_type, events_in, is_packed
from exporter.receiver.health import Health
from exporter.receiver.intake import Outcome
from exporter.receiver.meters import Meters
from exporter.web.bearer import Bearer
from exporter.web.bucket import Bucket
from exporter.web.exposition import exposition
from exporter.web.page import Page
from exporter.web.routes import Answer, Route, Routes

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

__all__ = ["EventsApp", "MetricsApp"]

_TOLD = 20
"""Most refusals that an answer tells one by one."""
_AT_ONCE = 8
"""Most batches that are unpacked and written at once: each may take some ten megabytes."""
_PATIENCE = 5.0
"""Seconds that a batch waits for its turn."""
_COME_AGAIN = 5
"""Seconds after which a client should come again when the warehouse cannot be written."""


class EventsApp(Routes):
    """Takes batches of events by `take`, which raises UpstreamError, from clients that know the token, where there is one.

    `bucket` holds a token for each event that may be sent.
    """

    def __init__(
        self, take: Callable[[Sequence[Any]], Outcome], health: Health, bucket: Bucket, *, token: str | None = None
    ) -> None:
        self._take = take
        self._bucket = bucket
        self._bearer = None if token is None else Bearer(token)
        self._turns = threading.BoundedSemaphore(_AT_ONCE)
        super().__init__({"/v1/events": Route(self._events, ("POST",)), "/-/healthy": _health_route(health)})

    def _events(self, environ: "WSGIEnvironment") -> Answer:
        if self._bearer and not self._bearer.admits(environ.get("HTTP_AUTHORIZATION", "")):
            return _error(HTTPStatus.UNAUTHORIZED, "send the token of this receiver", ("WWW-Authenticate", "Bearer"))
        try:
            check_type(environ.get("CONTENT_TYPE", ""))
            packed = is_packed(environ.get("HTTP_CONTENT_ENCODING", ""))
            length = _length(environ)
            # Each request counts as an event at least, so that nonsense is bounded, too.
            if not self._bucket.take():
                return self._too_many(1)
            body = environ["wsgi.input"].read(length)
            if len(body) < length:
                return _error(HTTPStatus.BAD_REQUEST, "the body ends before the length that its header says")
            if not self._turns.acquire(timeout=_PATIENCE):
                return _come_again()
            try:
                return self._batch(events_in(body, packed=packed))
            finally:
                self._turns.release()
        except BadRequest as error:
            return _error(error.status, str(error))

    def _batch(self, events: Sequence[Any]) -> Answer:
        if len(events) > 1 and not self._bucket.take(len(events) - 1):
            return self._too_many(len(events))
        try:
            outcome = self._take(events)
        except UpstreamError:
            return _come_again()
        return _told(outcome)

    def _too_many(self, events: int) -> Answer:
        seconds = math.ceil(self._bucket.wait(events)) or 1
        return _error(HTTPStatus.TOO_MANY_REQUESTS, "too many events: send them again later", ("Retry-After", str(seconds)))


class MetricsApp(Routes):
    """What the receiver says of itself, for those who operate it."""

    def __init__(self, meters: Meters, health: Health) -> None:
        self._meters = meters
        super().__init__({"/metrics": Route(self._metrics), "/-/healthy": _health_route(health)})

    def _metrics(self, environ: "WSGIEnvironment") -> Answer:
        own = (PROCESS_COLLECTOR, PLATFORM_COLLECTOR)
        families = chain(self._meters.families(), *(collector.collect() for collector in own))
        return exposition(Page.of(families), environ)


def _health_route(health: Health) -> Route:
    def answer(_: "WSGIEnvironment") -> Answer:
        if health.healthy():
            return Answer(HTTPStatus.OK, b"healthy\n")
        return Answer(HTTPStatus.SERVICE_UNAVAILABLE, b"not healthy: the warehouse cannot be written, the log says why\n")

    return Route(answer)


def _length(environ: "WSGIEnvironment") -> int:
    """Bytes of the body; raises BadRequest where the header does not say it, or too many."""
    text = environ.get("CONTENT_LENGTH", "")
    if not text or "HTTP_TRANSFER_ENCODING" in environ:
        raise BadRequest(HTTPStatus.LENGTH_REQUIRED, "send the body whole, with its Content-Length")
    if not (text.isascii() and text.isdigit()):
        raise BadRequest(HTTPStatus.BAD_REQUEST, "Content-Length must be a number")
    if len(text) > len(str(LARGEST_BODY)) or int(text) > LARGEST_BODY:
        raise BadRequest(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"send at most {LARGEST_BODY:,} bytes")
    return int(text)


def _told(outcome: Outcome) -> Answer:
    content: dict[str, Any] = {"accepted": outcome.accepted, "duplicates": outcome.duplicates}
    refused = [{"event": place, "field": one.field, "problem": one.problem} for place, one in outcome.refused[:_TOLD]]
    content |= {"refused": refused, "refused_count": len(outcome.refused)}
    nothing_good = outcome.refused and not outcome.accepted and not outcome.duplicates
    return _json(HTTPStatus.BAD_REQUEST if nothing_good else HTTPStatus.OK, content)


def _come_again() -> Answer:
    text = "the events cannot be stored for now: send them again later, with the same ids"
    return _error(HTTPStatus.SERVICE_UNAVAILABLE, text, ("Retry-After", str(_COME_AGAIN)))


def _error(status: HTTPStatus, text: str, *headers: tuple[str, str]) -> Answer:
    return _json(status, {"error": text}, *headers)


def _json(status: HTTPStatus, content: Any, *headers: tuple[str, str]) -> Answer:
    return Answer(status, json.dumps(content).encode() + b"\n", headers, "application/json")
