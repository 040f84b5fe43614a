"""What stands before a PostgreSQL server, or in its place: for what no well-kept server says or leaves out."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

__all__ = ["forgetful_pooler", "refusing_server"]

_CLEARTEXT_PASSWORD = b"R" + struct.pack("!ii", 8, 3)


@contextmanager
def refusing_server(message: str, *, after_password: bool = False) -> Iterator[int]:
    """A server that refuses everybody with these words, at once or when it has been told a password; gives its port."""

    def refuse(client: socket.socket) -> None:
        _greeting(client)
        if after_password:
            client.sendall(_CLEARTEXT_PASSWORD)
            client.recv(1_000)
        said = b"SFATAL\0C28000\0M" + message.encode() + b"\0\0"
        client.sendall(b"E" + struct.pack("!i", len(said) + 4) + said)

    with _serving(refuse) as port:
        yield port


@contextmanager
def forgetful_pooler(server: int) -> Iterator[int]:
    """Passes everything on to the server on a port but the settings that a client asks for; gives its own port."""

    def pass_on(client: socket.socket) -> None:
        greeting = _greeting(client)
        fields = greeting[4:].split(b"\0")
        kept = [pair for pair in zip(fields[::2], fields[1::2], strict=False) if pair[0] and pair[0] != b"options"]
        body = greeting[:4] + b"".join(name + b"\0" + value + b"\0" for name, value in kept) + b"\0"
        with socket.create_connection(("127.0.0.1", server)) as upstream:
            upstream.sendall(struct.pack("!i", len(body) + 4) + body)
            back = threading.Thread(target=_pump, args=[upstream, client])
            back.start()
            _pump(client, upstream)
            back.join()

    with _serving(pass_on) as port:
        yield port


def _greeting(client: socket.socket) -> bytes:
    """The version and the settings that a client begins with, once it has been told that there is no encryption."""
    while True:
        (length,) = struct.unpack("!i", client.recv(4, socket.MSG_WAITALL))
        body = client.recv(length - 4, socket.MSG_WAITALL)
        if length > 8:
            return body
        client.sendall(b"N")


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


@contextmanager
def _serving(handle: Callable[[socket.socket], None]) -> Iterator[int]:
    def serve() -> None:
        with suppress(OSError):  # which is how listening ends
            while True:
                client, _ = listening.accept()
                with client, suppress(OSError, struct.error):
                    handle(client)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()
