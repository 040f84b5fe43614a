"""Bodies of requests: read where the application asks for them, and never in the way of an answer."""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from exporter.web.address import ListenAddress
from exporter.web.config import TlsServerConfig
from exporter.web.connection import DEFAULT_LIMITS, Limits
from exporter.web.server import Server
from exporter.web.tls import Tls

LOOPBACK = ListenAddress("127.0.0.1", 0)
LARGE = 4 * 2**20

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def echo(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    """Says what it was sent."""
    body = environ["wsgi.input"].read()
    start("200 OK", [("Content-Length", str(len(body)))])
    return [body]


def deaf(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    """Answers without reading."""
    start("413 Content Too Large", [("Content-Length", "3")])
    return [b"no\n"]


def said(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))


def sent(app: Application, data: bytes, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """All that the server says to these bytes."""
    with Server(LOOPBACK, app, limits=limits) as server, socket.create_connection(("127.0.0.1", server.port), 10) as client:
        client.sendall(data)
        return said(client)


def request(body: bytes, length: int | str | None = None, more: str = "") -> bytes:
    given = len(body) if length is None else length
    return f"POST / HTTP/1.1\r\nContent-Length: {given}\r\n{more}\r\n".encode() + body


@pytest.mark.parametrize("size", [0, 1, 100_000, LARGE])
def test_an_application_reads_the_whole_body(size: int) -> None:
    body = b"x" * size
    assert sent(echo, request(body)).partition(b"\r\n\r\n")[2] == body


def test_what_comes_after_the_body_is_not_read() -> None:
    assert sent(echo, request(b"first") + b"GET / HTTP/1.1\r\n\r\n").partition(b"\r\n\r\n")[2] == b"first"


@pytest.mark.parametrize("length", ["", "many", "-1", "9" * 30, "٣".encode().decode("latin-1")])
def test_a_length_that_is_no_number_means_no_body(length: str) -> None:
    data = b"POST / HTTP/1.1\r\nContent-Length: " + length.encode("latin-1") + b"\r\n\r\nbody"
    assert sent(echo, data).endswith(b"\r\n\r\n")


def test_the_answer_to_a_body_that_nobody_reads_arrives_whole() -> None:
    assert sent(deaf, request(b"x" * LARGE)).endswith(b"\r\n\r\nno\n")


def test_the_answer_arrives_over_tls_too(authority: Any, tmp_path: Path) -> None:
    certificate, key = authority.issue("server", tmp_path)
    tls = Tls(TlsServerConfig(cert_file=certificate, key_file=key))
    trust = ssl.create_default_context(cafile=authority.certificate)
    with (
        Server(LOOPBACK, deaf, tls=lambda: tls) as server,
        socket.create_connection(("127.0.0.1", server.port), 10) as plain,
        trust.wrap_socket(plain, server_hostname="localhost") as client,
    ):
        client.sendall(request(b"x" * LARGE))
        assert said(client).endswith(b"\r\n\r\nno\n")


def test_a_client_that_waits_for_leave_to_send_gets_it_when_the_body_is_read() -> None:
    with Server(LOOPBACK, echo) as server, socket.create_connection(("127.0.0.1", server.port), 5) as client:
        client.sendall(request(b"", 4, "Expect: 100-continue\r\n"))
        assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"body")
        assert said(client).endswith(b"\r\n\r\nbody")


def test_a_client_that_waits_for_leave_is_answered_at_once_where_nobody_reads() -> None:
    began = time.monotonic()
    with Server(LOOPBACK, deaf) as server, socket.create_connection(("127.0.0.1", server.port), 5) as client:
        client.sendall(request(b"", LARGE, "Expect: 100-continue\r\n"))
        answer = said(client)
    assert answer.startswith(b"HTTP/1.0 413 ")
    assert time.monotonic() - began < 1.5


def test_a_body_that_trickles_in_has_no_more_time_than_a_request() -> None:
    bodies = []

    def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        bodies.append(environ["wsgi.input"].read())
        return deaf(environ, start)

    began = time.monotonic()
    with (
        Server(LOOPBACK, app, limits=Limits(request_seconds=0.4)) as server,
        socket.create_connection(("127.0.0.1", server.port), 5) as client,
        contextlib.suppress(ConnectionError),
    ):
        client.sendall(request(b"", 1_000))
        while time.monotonic() < began + 5:
            client.sendall(b"x")
            time.sleep(0.05)
    assert time.monotonic() - began < 2
    assert len(bodies[0]) < 100


def test_once_the_body_is_here_the_application_has_its_time() -> None:
    def slow(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        environ["wsgi.input"].read()
        time.sleep(0.8)
        return deaf(environ, start)

    assert sent(slow, request(b"body"), Limits(request_seconds=0.3)).endswith(b"no\n")


def test_a_client_that_leaves_in_the_middle_of_its_body_does_no_harm() -> None:
    read: list[bytes] = []
    done = threading.Event()

    def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        read.append(environ["wsgi.input"].read())
        done.set()
        return deaf(environ, start)

    with Server(LOOPBACK, app) as server:
        with socket.create_connection(("127.0.0.1", server.port), 5) as client:
            client.sendall(request(b"half", 8))
        assert done.wait(5)
    assert read == [b"half"]
