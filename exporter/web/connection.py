"""A client's connection, and what a client may take."""

import socket
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass

__all__ = ["DEFAULT_LIMITS", "Connection", "Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a client may take: connections at once, seconds until its request is here, seconds for everything together."""

    connections: int = 64
    request_seconds: float = 10
    total_seconds: float = 60


DEFAULT_LIMITS = Limits()

_LINGER_SECONDS = 2.0


class Connection:
    """One client: its socket, which TLS replaces by another, and when it has to be done."""

    def __init__(self, plain: socket.socket, now: float, limits: Limits) -> None:
        self.socket = plain
        self._limits = limits
        self._start = now
        self.deadline = now + limits.request_seconds

    def request_read(self) -> None:
        """Gives the client the rest of its time."""
        self.deadline = self._start + self._limits.total_seconds

    def linger(self) -> None:
        """Lets the client read the answer to a request that nobody reads to its end: closed at once, it would be lost."""
        self.deadline = min(self.deadline, time.monotonic() + _LINGER_SECONDS)
        if not isinstance(self.socket, ssl.SSLSocket):
            with suppress(OSError):
                self.socket.shutdown(socket.SHUT_WR)

    def cut(self) -> None:
        """Wakes the thread that reads or writes, wherever it waits."""
        with suppress(OSError):
            # Not the method of an encrypted socket, which takes the encryption off under the thread that uses it.
            socket.socket.shutdown(self.socket, socket.SHUT_RDWR)

    def close(self) -> None:
        """Ends the connection without waiting for the client."""
        if isinstance(self.socket, ssl.SSLSocket):
            with suppress(OSError, ValueError):
                self.socket.settimeout(0)
                self.socket.unwrap()
        self.cut()
        self.socket.close()
