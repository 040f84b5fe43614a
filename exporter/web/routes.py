"""Endpoints by their paths, as a WSGI application."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

__all__ = ["Answer", "Route", "Routes"]

_PLAIN = "text/plain; charset=utf-8"
_ALWAYS = (
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "deny"),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a client is told; `headers` are beside those that every answer has."""

    status: HTTPStatus
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = _PLAIN


@dataclass(frozen=True, slots=True)
class Route:
    """An endpoint: who answers, and to which methods."""

    answer: "Callable[[WSGIEnvironment], Answer]"
    methods: tuple[str, ...] = field(default=("GET", "HEAD"))


class Routes:
    """Lets the endpoint of a path answer; another path is 404, another method 405."""

    def __init__(self, routes: Mapping[str, Route]) -> None:
        self._routes = routes

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        answer = self._answer(environ)
        headers = {
            "Content-Type": answer.content_type,
            "Content-Length": str(len(answer.body)),
            **dict(_ALWAYS),
            **dict(answer.headers),
        }
        start_response(f"{answer.status.value} {answer.status.phrase}", list(headers.items()))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]

    def _answer(self, environ: "WSGIEnvironment") -> Answer:
        # A server may leave out PATH_INFO or give it empty for the root (PEP 3333).
        route = self._routes.get(environ.get("PATH_INFO") or "/")
        if route is None:
            return Answer(HTTPStatus.NOT_FOUND, b"not found\n")
        if environ["REQUEST_METHOD"] not in route.methods:
            allow = ", ".join(route.methods)
            return Answer(HTTPStatus.METHOD_NOT_ALLOWED, f"use {allow}\n".encode(), (("Allow", allow),))
        return route.answer(environ)
