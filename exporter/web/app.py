"""The endpoints of the exporter as a WSGI application: it hands over what others prepared."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qs

from exporter.errors import KpiExporterError
from exporter.web.landing import CONTENT_SECURITY_POLICY, landing_page
from exporter.web.negotiation import accepts_gzip, wanted_format
from exporter.web.page import Page

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

__all__ = ["App", "Backend"]

_PLAIN = "text/plain; charset=utf-8"
_ALWAYS = (
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "deny"),
)


class Backend(Protocol):
    """What the application serves."""

    def page(self) -> Page:
        """The latest exposition."""

    def config_text(self) -> str:
        """The configuration in use as YAML, secrets shown as `<secret>`."""

    def healthy(self) -> bool:
        """Whether what is served is kept up to date."""

    def ready(self) -> bool:
        """Whether each source has been tried once."""

    def reload(self) -> None:
        """Reads the configuration again; raises KpiExporterError with the reason when the old one stays in use."""


@dataclass(frozen=True, slots=True)
class _Answer:
    status: HTTPStatus
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = _PLAIN


@dataclass(frozen=True, slots=True)
class _Route:
    answer: "Callable[[WSGIEnvironment], _Answer]"
    methods: tuple[str, ...] = field(default=("GET", "HEAD"))


class App:
    """Serves a backend under a prefix ("" for the root); `external_url`, where given, is what the root redirects to."""

    def __init__(self, backend: Backend, *, prefix: str = "", external_url: str | None = None) -> None:
        self._backend = backend
        self._routes = {
            f"{prefix}/": _Route(self._landing),
            f"{prefix}/metrics": _Route(self._metrics),
            f"{prefix}/config": _Route(self._config),
            f"{prefix}/-/healthy": _Route(self._healthy),
            f"{prefix}/-/ready": _Route(self._ready),
            f"{prefix}/-/reload": _Route(self._reload, ("POST",)),
        }
        if prefix:
            home = (("Location", external_url or f"{prefix}/"),)
            redirect = _Route(lambda _: _Answer(HTTPStatus.FOUND, b"", home))
            self._routes |= {"/": redirect, prefix: redirect}

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

    def _answer(self, environ: "WSGIEnvironment") -> _Answer:
        # A server may leave out PATH_INFO or give it empty for the root (PEP 3333).
        route = self._routes.get(environ.get("PATH_INFO") or "/")
        if route is None:
            return _Answer(HTTPStatus.NOT_FOUND, b"not found\n")
        if environ["REQUEST_METHOD"] not in route.methods:
            allow = ", ".join(route.methods)
            return _Answer(HTTPStatus.METHOD_NOT_ALLOWED, f"use {allow}\n".encode(), (("Allow", allow),))
        return route.answer(environ)

    def _landing(self, _: "WSGIEnvironment") -> _Answer:
        policy = (("Content-Security-Policy", CONTENT_SECURITY_POLICY),)
        return _Answer(HTTPStatus.OK, landing_page(), policy, "text/html; charset=utf-8")

    def _metrics(self, environ: "WSGIEnvironment") -> _Answer:
        form = wanted_format(environ.get("HTTP_ACCEPT", ""))
        compressed = accepts_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))
        names = parse_qs(environ.get("QUERY_STRING", "")).get("name[]", ())
        body = self._backend.page().body(form, compressed=compressed, names=names)
        encoding = (("Content-Encoding", "gzip"),) if compressed else ()
        return _Answer(HTTPStatus.OK, body, (("Vary", "Accept, Accept-Encoding"), *encoding), form.value)

    def _config(self, _: "WSGIEnvironment") -> _Answer:
        return _Answer(HTTPStatus.OK, self._backend.config_text().encode())

    def _healthy(self, _: "WSGIEnvironment") -> _Answer:
        if self._backend.healthy():
            return _Answer(HTTPStatus.OK, b"healthy\n")
        return _Answer(HTTPStatus.SERVICE_UNAVAILABLE, b"not healthy: what is served grows old, the log says why\n")

    def _ready(self, _: "WSGIEnvironment") -> _Answer:
        if self._backend.ready():
            return _Answer(HTTPStatus.OK, b"ready\n")
        return _Answer(HTTPStatus.SERVICE_UNAVAILABLE, b"not ready: some sources have not been tried yet\n")

    def _reload(self, _: "WSGIEnvironment") -> _Answer:
        try:
            self._backend.reload()
        except KpiExporterError as error:
            return _Answer(HTTPStatus.INTERNAL_SERVER_ERROR, f"not reloaded: {error}\n".encode())
        return _Answer(HTTPStatus.OK, b"reloaded\n")
