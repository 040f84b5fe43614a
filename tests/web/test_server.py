"""The server, over sockets of this machine."""

import contextlib
import http.client
import logging
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from exporter.errors import KpiExporterError
from exporter.web.address import ListenAddress
from exporter.web.app import App
from exporter.web.connection import Limits
from exporter.web.server import Server

LOOPBACK = ListenAddress("127.0.0.1", 0)


def ask(server, path="/metrics", method="GET", host="127.0.0.1", headers=None):
    connection = http.client.HTTPConnection(host, server.port, timeout=5)
    try:
        connection.request(method, path, headers=headers or {})
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


def raw(server, data, timeout=5):
    """All that the server says to these bytes until it closes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout) as client:
        client.sendall(data)
        return b"".join(iter(lambda: client.recv(65536), b""))


@pytest.fixture
def server(backend):
    with Server(LOOPBACK, App(backend)) as running:
        yield running


def test_serves_the_application(server, backend):
    status, headers, body = ask(server)
    assert (status, body) == (200, backend.page().text)
    assert headers["Server"] == "kpi-exporter"


def test_a_free_port_is_taken_where_zero_is_given(server):
    assert server.port > 0


def test_head_is_answered_without_a_body(server, backend):
    status, headers, body = ask(server, method="HEAD")
    assert (status, headers["Content-Length"], body) == (200, str(len(backend.page().text)), b"")


def test_a_request_with_a_body_is_answered(server, backend):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    connection.request("POST", "/-/reload", body=b"x=1")
    assert connection.getresponse().status == 200
    connection.close()
    assert backend.reloads == 1


def test_many_scrapes_at_once_are_all_answered(server, backend):
    with ThreadPoolExecutor(100) as pool:
        answers = list(pool.map(lambda _: ask(server), range(300)))
    assert {(status, body) for status, _, body in answers} == {(200, backend.page().text)}


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET /metrics HTTP/9.9\r\n\r\n", b"505"),
        (b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\n\r\n", b"431"),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 40_000, b"431"),
        (b"GET / HTTP/1.1\r\n" + b"X: a\r\n" * 200 + b"\r\n", b"431"),
        (b"\x16\x03\x01\x02\x00\r\n\r\n", b"400"),
    ],
    ids=["words", "version", "long-line", "long-header", "many-headers", "tls"],
)
def test_what_is_no_request_is_refused_without_repeating_it(server, sent, status):
    said = raw(server, sent)
    assert said.split(b" ", 2)[1] == status
    assert b"nonsense" not in said
    assert b"Python" not in said
    assert ask(server)[0] == 200


def test_a_client_that_says_nothing_and_leaves_does_no_harm(server):
    assert raw_then_leave(server, b"") is None
    assert raw_then_leave(server, b"GET /metr") is None
    assert ask(server)[0] == 200


def raw_then_leave(server, data):
    with socket.create_connection(("127.0.0.1", server.port), 5) as client:
        client.sendall(data)


def test_slow_clients_hold_up_nobody_and_are_cut_off(backend):
    limits = Limits(connections=8, request_seconds=0.3)
    with Server(LOOPBACK, App(backend), limits=limits) as server:
        slow = [socket.create_connection(("127.0.0.1", server.port), 5) for _ in range(5)]
        for client in slow:
            client.sendall(b"GET /metrics HTTP/1.1\r\n")
        start = time.monotonic()
        assert ask(server)[0] == 200
        assert time.monotonic() - start < 0.3
        for client in slow:
            assert client.recv(1) == b""
            client.close()


def test_trickling_bytes_does_not_extend_the_time_for_a_request(backend):
    with Server(LOOPBACK, App(backend), limits=Limits(request_seconds=0.4)) as server:
        with socket.create_connection(("127.0.0.1", server.port), 5) as client:
            start = time.monotonic()
            trickle(client, until=start + 5)
        assert time.monotonic() - start < 2


def trickle(client, until):
    with contextlib.suppress(ConnectionError):
        while time.monotonic() < until:
            client.sendall(b"X")
            time.sleep(0.05)


def test_a_client_that_does_not_read_is_cut_off():
    big = b"x" * 50_000_000

    def application(environ, start_response):
        start_response("200 OK", [("Content-Length", str(len(big)))])
        return [big]

    with Server(LOOPBACK, application, limits=Limits(request_seconds=0.2, total_seconds=0.5)) as server:
        with socket.create_connection(("127.0.0.1", server.port), 5) as client:
            client.sendall(b"GET / HTTP/1.1\r\n\r\n")
            time.sleep(1)
            received = 0
            try:
                while chunk := client.recv(1_000_000):
                    received += len(chunk)
            except ConnectionResetError:
                pass
        assert 0 < received < len(big)


def test_more_connections_than_allowed_are_refused_and_said_once(backend, caplog):
    with Server(LOOPBACK, App(backend), limits=Limits(connections=2)) as server:
        held = [socket.create_connection(("127.0.0.1", server.port), 5) for _ in range(2)]
        time.sleep(0.1)
        for _ in range(2):
            with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
                ask(server)
        for client in held:
            client.close()
        assert ask(server)[0] == 200
    assert [record.getMessage() for record in caplog.records] == ["connections are refused: too many are open"]


def test_an_error_of_the_application_is_answered_logged_and_not_repeated(caplog):
    def application(environ, start_response):
        raise ZeroDivisionError("planted")

    with Server(LOOPBACK, application) as server:
        status, _, body = ask(server)
    assert (status, body) == (500, b"internal error\n")
    [record] = caplog.records
    assert (record.levelname, record.getMessage(), record.exc_info[0]) == ("ERROR", "request failed", ZeroDivisionError)


def test_a_scrape_is_logged_at_debug_only(server, caplog):
    caplog.set_level(logging.DEBUG)
    ask(server, "/metrics?name[]=planted")
    deadline = time.monotonic() + 2
    while not caplog.records and time.monotonic() < deadline:
        time.sleep(0.01)
    [record] = caplog.records
    assert record.levelno == logging.DEBUG
    assert {key: record.fields[key] for key in ("method", "path", "status")} == {
        "method": "GET",
        "path": "/metrics",
        "status": "200",
    }


def test_stop_lets_a_running_request_end():
    asked = threading.Event()

    def application(environ, start_response):
        asked.set()
        time.sleep(0.3)
        start_response("200 OK", [("Content-Length", "4")])
        return [b"done"]

    server = Server(LOOPBACK, application)
    server.start()
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(ask, server)
        asked.wait(5)
        server.stop()
        assert answer.result()[2] == b"done"


def test_stop_takes_at_most_two_seconds_and_nothing_listens_afterwards(backend):
    server = Server(LOOPBACK, App(backend))
    server.start()
    port = server.port
    with socket.create_connection(("127.0.0.1", port), 5) as hanging:
        hanging.sendall(b"GET /met")
        time.sleep(0.1)
        start = time.monotonic()
        server.stop()
        assert time.monotonic() - start < 2
        assert hanging.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), 1)


def test_stop_can_be_called_twice_and_without_start(backend):
    server = Server(LOOPBACK, App(backend))
    server.stop()
    server.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port), 1)


def test_a_port_in_use_is_one_clear_sentence(server, backend):
    with pytest.raises(KpiExporterError) as raised:
        Server(ListenAddress("127.0.0.1", server.port), App(backend))
    assert str(raised.value) == f"cannot listen on 127.0.0.1:{server.port}: Address already in use"


def test_a_host_that_does_not_exist_is_one_clear_sentence(backend):
    with pytest.raises(KpiExporterError, match=r"^cannot listen on nowhere\.invalid:0: "):
        Server(ListenAddress("nowhere.invalid", 0), App(backend))


@pytest.mark.parametrize("host", ["", "localhost"])
def test_every_address_and_a_name_are_served_over_ipv4(backend, host):
    with Server(ListenAddress(host, 0), App(backend)) as server:
        assert ask(server)[0] == 200


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
@pytest.mark.parametrize("host", ["", "::", "::1"])
def test_ipv6_is_served(backend, host):
    with Server(ListenAddress(host, 0), App(backend)) as server:
        assert ask(server, host="::1")[0] == 200
