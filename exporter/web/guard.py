"""Stands before the application: rate limit, basic authentication, configured headers."""

from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Any

from exporter.web.settings import Settings

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["Guard"]

_CHALLENGE = ("WWW-Authenticate", 'Basic realm="kpi-exporter", charset="UTF-8"')


class Guard:
    """A WSGI application that lets through to another what the settings of the moment allow; every endpoint is covered.

    The paths in `own_login` ask for a login of their own, and a request has room for one: basic authentication leaves them out.
    """

    def __init__(self, app: "WSGIApplication", settings: Callable[[], Settings], own_login: Collection[str] = ()) -> None:
        self._app = app
        self._settings = settings
        self._own_login = own_login

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        settings = self._settings()

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            kept = [(name, value) for name, value in headers if name not in settings.headers]
            return start_response(status, kept + [(name, value) for name, value in settings.headers.items() if value], exc_info)

        if settings.bucket and not settings.bucket.take():
            return _refuse(environ, start, "429 Too Many Requests", ())
        asks = settings.auth if environ.get("PATH_INFO") not in self._own_login else None
        if asks and not asks.admits(environ.get("HTTP_AUTHORIZATION", "")):
            return _refuse(environ, start, "401 Unauthorized", (_CHALLENGE,))
        return self._app(environ, start)


def _refuse(
    environ: "WSGIEnvironment", start: "StartResponse", status: str, headers: tuple[tuple[str, str], ...]
) -> Iterable[bytes]:
    body = f"{status[4:].lower()}\n".encode()
    plain = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
    start(status, [*plain, ("X-Content-Type-Options", "nosniff"), *headers])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
