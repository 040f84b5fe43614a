"""Reads one request from a connection and lets the application answer it."""

import io
import logging
import ssl
from typing import IO, TYPE_CHECKING, Any, cast
from wsgiref.simple_server import ServerHandler, WSGIRequestHandler, WSGIServer

from exporter.logs import fields
from exporter.web.body import Body
from exporter.web.connection import Connection

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication, WSGIEnvironment

__all__ = ["Handler"]

log = logging.getLogger(__name__)

_LARGEST_HEAD = 32 * 1024
_LONGEST_NUMBER = 18
"""Digits of a length."""


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
        # The base class puts what it reads from here in its place.
        with self.rfile as stream:
            self._answer(_head(stream), stream)

    def _answer(self, head: bytes, stream: io.BufferedIOBase) -> None:
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
        environ = self.get_environ()
        waits = environ.get("HTTP_EXPECT", "").lower() == "100-continue"
        body = Body(
            stream,
            _length(environ),
            begin=self._say_continue if waits else lambda: None,
            done=self._connection.request_read,
        )
        # Nobody would see what a WSGI application reports to the server.
        responder = _Responder(io.BufferedReader(body), cast("IO[bytes]", self.wfile), io.StringIO(), environ)
        responder.request_handler = self
        responder.run(cast("WSGIApplication", self.server.get_app()))
        if body.unread:
            self.wfile.flush()
            self._connection.linger()
            body.drain()

    def _say_continue(self) -> None:
        self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        self.wfile.flush()

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
        # A path that there is not is the client's own words.
        path = None if str(code) >= "400" else self.path.partition("?")[0]
        log.debug("answered", extra=fields(method=self.command, path=path, status=code, bytes=size))

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


def _length(environ: "WSGIEnvironment") -> int:
    """Bytes of the body; none where the client does not say it in a number, which is for the application to judge."""
    text = environ.get("CONTENT_LENGTH", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else 0


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
