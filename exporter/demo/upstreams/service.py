"""What a service is here: a function from a request to an answer; and all of them together as one WSGI application."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

__all__ = ["Answer", "Request", "Service", "Services"]


@dataclass(frozen=True, slots=True)
class Request:
    """A request: `path` is what follows the root of the service, in its parts; `token` is what it identifies itself with."""

    method: str
    path: Sequence[str]
    query: Mapping[str, str]
    token: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer in JSON."""

    data: Any
    status: HTTPStatus = HTTPStatus.OK
    headers: tuple[tuple[str, str], ...] = ()


Service = Callable[[Request], Answer]

_NOT_UNDERSTOOD = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What a service raises where it is asked what the exporter never asks: people may try it out, too."""
_SCHEMES = ("Bearer ", "Bot ", "token ")


class Services:
    """Lets each service answer below its name; one that is `broken` has nothing but errors.

    A service may be added to `broken`, or taken from it, at any time.
    """

    def __init__(self, services: Mapping[str, Service]) -> None:
        self._services = services
        self.broken: set[str] = set()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        _, name, *path = (environ.get("PATH_INFO") or "/").split("/")
        service = self._services.get(name)
        if service is None:
            answer = Answer({"message": "Not Found"}, HTTPStatus.NOT_FOUND)
        elif name in self.broken:
            answer = Answer({"message": "broken on purpose"}, HTTPStatus.INTERNAL_SERVER_ERROR)
        else:
            answer = _answered(service, _request(environ, path))
        body = json.dumps(answer.data).encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body))), *answer.headers]
        start_response(f"{answer.status.value} {answer.status.phrase}", headers)
        return [body]


def _answered(service: Service, request: Request) -> Answer:
    try:
        return service(request)
    except _NOT_UNDERSTOOD:
        return Answer({"message": "Bad Request"}, HTTPStatus.BAD_REQUEST)


def _request(environ: "WSGIEnvironment", path: Sequence[str]) -> Request:
    authorization = environ.get("HTTP_AUTHORIZATION", "")
    token = next((authorization.removeprefix(scheme) for scheme in _SCHEMES if authorization.startswith(scheme)), "")
    length = environ.get("CONTENT_LENGTH") or "0"
    body = environ["wsgi.input"].read(int(length)) if length.isdecimal() else b""
    return Request(environ["REQUEST_METHOD"], path, dict(parse_qsl(environ.get("QUERY_STRING", ""))), token, body)
