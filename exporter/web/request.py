"""Reads one request from a connection and lets the application answer it."""

import io
import logging
import ssl
from typing import IO, TYPE_CHECKING, Any, cast
from wsgiref.simple_server import ServerHandler, WSGIRequestHandler, WSGIServer

from exporter.logs import fields
from exporter.web.connection import Connection

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication, WSGIEnvironment

__all__ = ["Handler"]

log = logging.getLogger(__name__)

_LARGEST_HEAD = 32 * 1024


class Handler(WSGIRequestHandler):
    """Reads one request, answers it, and closes."""

    server: WSGIServer
    disable_nagle_algorithm = True
    wbufsize = -1
    default_request_version = "HTTP/1.0"
    server_version = "kpi-exporter"
    error_message_format = "%(code)d %(explain)s\n"
    error_content_type = "text/plain; charset=utf-8"

    def __init__(self, connection: Connection, client_address: Any, server: WSGIServer) -> None:
        self._connection = connection
        super().__init__(connection.socket, client_address, server)

    def handle(self) -> None:
        with self.rfile as stream:
            head = _head(stream)
        self._connection.request_read()
        self.requestline = self.request_version = self.command = self.path = ""
        if not head:
            return
        if len(head) > _LARGEST_HEAD:
            self.send_error(431)
            return
        self.raw_requestline, _, rest = head.partition(b"\n")
        self.rfile = io.BytesIO(rest)
        if not self.parse_request():
            return
        # No endpoint reads a body, and nobody would see what a WSGI application reports to the server.
        responder = _Responder(io.BytesIO(), cast("IO[bytes]", self.wfile), io.StringIO(), self.get_environ())
        responder.request_handler = self
        responder.run(cast("WSGIApplication", self.server.get_app()))

    def get_environ(self) -> "WSGIEnvironment":
        environ = super().get_environ()
        if isinstance(self.connection, ssl.SSLSocket):
            environ["HTTPS"] = "on"
        return environ

    def send_error(self, code: int, *_: Any, **__: Any) -> None:
        # Without the message, which quotes the client.
        super().send_error(code)

    def version_string(self) -> str:
        return self.server_version

    def log_request(self, code: object = "-", size: object = "-") -> None:
        log.debug("answered", extra=fields(method=self.command, path=self.path.partition("?")[0], status=code, bytes=size))

    def log_message(self, *_: Any) -> None:
        # Without the arguments, for the same reason.
        log.debug("request refused")


class _Responder(ServerHandler):
    """Runs the application for one request."""

    request_handler: Handler
    server_software = "kpi-exporter"
    # The application has no use for the environment of the process, which may hold secrets.
    os_environ: dict[str, str] = {}  # noqa: RUF012  # as the base class has it
    error_body = b"internal error\n"

    def log_exception(self, exc_info: Any) -> None:
        if issubclass(exc_info[0], ssl.SSLError):
            log.debug("connection failed", extra=fields(error=exc_info[0].__name__))
        else:
            log.error("request failed", exc_info=exc_info)


def _head(stream: io.BufferedIOBase) -> bytes:
    """Request line and headers; more than the largest allowed when there is no end to them, nothing when the client left."""
    head = b""
    while len(head) <= _LARGEST_HEAD:
        line = stream.readline(_LARGEST_HEAD + 1 - len(head))
        if not line:
            return b""
        head += line
        if line in (b"\r\n", b"\n"):
            break
    return head
