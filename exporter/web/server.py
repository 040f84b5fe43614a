"""The HTTP server, of the standard library: to hand over prepared bytes needs no more, and the usual WSGI servers speak no TLS or
read a certificate only once.

A connection carries one request. That bounds what a client can hold, and a scrape every few seconds does not miss the rest.
"""

import logging
import socket
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIServer

from exporter.errors import KpiExporterError
from exporter.logs import fields
from exporter.web.address import ListenAddress
from exporter.web.connection import DEFAULT_LIMITS, Connection, Limits
from exporter.web.request import Handler
from exporter.web.tls import Tls

if TYPE_CHECKING:
    from types import TracebackType
    from wsgiref.types import WSGIApplication

__all__ = ["Server"]

log = logging.getLogger(__name__)

_POLL_SECONDS = 0.2


class Server:
    """Serves a WSGI application from threads, from `start` to `stop`; raises KpiExporterError when it cannot listen.

    `tls` is asked for each connection; None means that it is not encrypted.
    """

    def __init__(
        self,
        address: ListenAddress,
        app: "WSGIApplication",
        *,
        tls: Callable[[], Tls | None] = lambda: None,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        self._listener = _listen(address, tls, limits)
        self._listener.set_app(app)
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The port it listens on, also where any free one was asked for."""
        return self._listener.server_port

    def start(self) -> None:
        """Begins to serve, in a thread of its own."""
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(_POLL_SECONDS,), name="web", daemon=True)
        self._thread.start()

    def stop(self, grace_seconds: float = 1.0) -> None:
        """Stops to accept, lets requests end for as long as the grace lasts, and closes what is left."""
        if self._thread is not None:
            self._listener.shutdown()
            self._thread.join()
            self._thread = None
        self._listener.server_close()
        self._listener.drain(grace_seconds)

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: "TracebackType | None") -> None:
        self.stop()


class _Listener(WSGIServer):
    """Accepts connections and gives each to a thread; closes those that take too long."""

    request_queue_size = 128
    allow_reuse_address = True

    def __init__(self, family: socket.AddressFamily, address: Any, tls: Callable[[], Tls | None], limits: Limits) -> None:
        self.address_family = family
        self._tls = tls
        self._limits = limits
        self._slots = threading.BoundedSemaphore(limits.connections)
        self._open: set[Connection] = set()
        self._changed = threading.Condition()
        self._full = False
        super().__init__(address, Handler)

    def server_bind(self) -> None:
        if self.address_family == socket.AF_INET6:
            # Every address means the IPv4 ones, too.
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(self.server_address[0] != "::"))
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        # Not the host's full name, which the base class would ask DNS for.
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]
        self.setup_environ()

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._slots.acquire(timeout=_POLL_SECONDS):
            if not self._full:
                log.warning("connections are refused: too many are open", extra=fields(open=self._limits.connections))
            self._full = True
            request.close()
            return
        self._full = False
        connection = Connection(request, time.monotonic(), self._limits)
        with self._changed:
            self._open.add(connection)
        try:
            threading.Thread(target=self._serve, args=(connection, client_address), daemon=True).start()
        except RuntimeError:
            log.warning("a connection is refused: the system gives no thread")
            self._end(connection)

    def service_actions(self) -> None:
        now = time.monotonic()
        with self._changed:
            late = [connection for connection in self._open if connection.deadline < now]
        for connection in late:
            connection.cut()

    def drain(self, grace_seconds: float) -> None:
        """Waits for the open connections, then cuts them and waits until their threads have noticed."""
        with self._changed:
            if self._changed.wait_for(lambda: not self._open, grace_seconds):
                return
            for connection in self._open:
                connection.cut()
            self._changed.wait_for(lambda: not self._open, grace_seconds / 2)

    def _serve(self, connection: Connection, client_address: Any) -> None:
        try:
            if tls := self._tls():
                encrypted = tls.wrap(connection.socket)
                connection.socket = encrypted
                tls.shake_hands(encrypted)
            Handler(connection, client_address, self)
        except OSError as error:
            # Clients go away and probes speak other protocols: nothing to act on.
            log.debug("connection failed", extra=fields(error=type(error).__name__))
        except Exception:
            log.exception("request failed")
        finally:
            self._end(connection)

    def _end(self, connection: Connection) -> None:
        connection.close()
        with self._changed:
            self._open.discard(connection)
            self._changed.notify_all()
        self._slots.release()


def _listen(address: ListenAddress, tls: Callable[[], Tls | None], limits: Limits) -> _Listener:
    reason: str | None = None
    try:
        for family, candidate in _candidates(address):
            try:
                return _Listener(family, candidate, tls, limits)
            except OSError as error:
                reason = reason or error.strerror
    except OSError as error:
        reason = error.strerror
    raise KpiExporterError(f"cannot listen on {address}: {reason}")


def _candidates(address: ListenAddress) -> list[tuple[socket.AddressFamily, Any]]:
    """What to try in turn: for no host both families in one socket, where the machine has IPv6; for a name IPv4 first."""
    if not address.host:
        return [(socket.AF_INET6, ("::", address.port)), (socket.AF_INET, ("0.0.0.0", address.port))]  # noqa: S104  # asked for
    found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return sorted(((family, where) for family, *_, where in found), key=lambda one: one[0] != socket.AF_INET)
