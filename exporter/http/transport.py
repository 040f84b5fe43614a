"""The pool of connections under the client, and the deadline that it puts on every answer."""

import io
import logging
import socket
import time
from http.client import HTTPResponse
from typing import Any

import requests
from requests.adapters import HTTPAdapter

__all__ = ["new_session"]

# urllib3 writes whole URLs, with what stands in their queries, into its log, some of them as warnings.
logging.getLogger("urllib3").setLevel(logging.CRITICAL)


def new_session(connections: int = 16) -> requests.Session:
    """A session that keeps up to `connections` connections a host and holds every answer to a deadline.

    The read timeout of a request is the time for the whole answer, not for each piece of it.
    """
    session = requests.Session()
    adapter = _Adapter(pool_connections=connections, pool_maxsize=connections)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


class _Adapter(HTTPAdapter):
    """The adapter of requests, with connections whose answers have a deadline, direct ones and those through a proxy."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _bounded(self.poolmanager.pool_classes_by_scheme)

    def proxy_manager_for(self, proxy: Any, **kwargs: Any) -> Any:
        known = proxy in self.proxy_manager
        manager = super().proxy_manager_for(proxy, **kwargs)
        if not known:
            manager.pool_classes_by_scheme = _bounded(manager.pool_classes_by_scheme)
        return manager


def _bounded(pools: dict[str, Any]) -> dict[str, Any]:
    bounded = {}
    for scheme, pool in pools.items():
        connection = type("Connection", (pool.ConnectionCls,), {"response_class": _Answer})
        bounded[scheme] = type("Pool", (pool,), {"ConnectionCls": connection})
    return bounded


class _Answer(HTTPResponse):
    """An answer whose status line, headers and body together must arrive within the timeout of its socket."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self.fp = io.BufferedReader(_Punctual(sock))


class _Punctual(io.RawIOBase):
    """Reads from a socket until a deadline; a socket alone bounds only each read, so a server that drips would never end."""

    def __init__(self, sock: socket.socket) -> None:
        timeout = sock.gettimeout()
        self._deadline = None if timeout is None else time.monotonic() + timeout
        self._socket = sock
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self._deadline is not None:
            left = self._deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("the answer took too long")
            self._socket.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()
