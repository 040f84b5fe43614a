"""No upstream holds the client longer than its timeout, or fills its memory, whatever it sends."""

import gzip
import socket
import threading
import time
import tracemalloc
import zlib
from datetime import timedelta

import pytest

from exporter.errors import Reason, UpstreamError
from support.upstream import Answer, Upstream

MEGABYTE = 2**20


class Dripping:
    """A server that sends the bytes it is given, then one more of `rest` every 10 ms, without an end."""

    def __init__(self, start, rest):
        self.start, self.rest = start, rest
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/"
        self.thread = threading.Thread(target=self.serve)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.thread.join()
        self.listener.close()

    def serve(self):
        connection, _ = self.listener.accept()
        with connection:
            connection.recv(65536)
            try:
                connection.sendall(self.start)
                while True:
                    connection.sendall(self.rest)
                    time.sleep(0.01)
            except OSError:
                # The client has had enough.
                return


@pytest.mark.parametrize(
    ("start", "rest"),
    [
        pytest.param(b"HTTP/1.1 2", b"0", id="status line"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX-Long: ", b"a", id="headers"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"a", id="body"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n", id="chunked body"),
        pytest.param(b"HTTP/1.1 404 No\r\nContent-Length: 9999\r\n\r\n", b"a", id="body of a failure"),
    ],
)
def test_one_byte_at_a_time_does_not_stretch_the_timeout(make_client, start, rest):
    client = make_client(timeout=timedelta(milliseconds=150))
    with Dripping(start, rest) as upstream:
        began = time.monotonic()
        with pytest.raises(UpstreamError) as caught:
            client.get(upstream.url, retries=0)
        assert time.monotonic() - began < 2
    assert caught.value.reason is (Reason.NOT_FOUND if b"404" in start else Reason.TIMEOUT)


def test_the_deadline_holds_on_a_connection_that_is_used_again(make_client):
    client = make_client(timeout=timedelta(milliseconds=300))
    with Upstream(lambda _: Answer(200, b"x" * 5000)) as upstream:
        client.get(upstream.url)
        upstream.fault = "drip"
        with pytest.raises(UpstreamError) as caught:
            client.get(upstream.url, retries=0)
        assert upstream.connections == 1
    assert caught.value.reason is Reason.TIMEOUT


def test_the_deadline_holds_through_a_proxy(make_client, monkeypatch):
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    client = make_client(timeout=timedelta(milliseconds=80))
    with Upstream(lambda _: Answer(200, b"x" * 5000)) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        proxy.fault = "drip"
        with pytest.raises(UpstreamError) as caught:
            client.get("http://upstream.test/", retries=0)
    assert caught.value.reason is Reason.TIMEOUT


def bomb():
    """30 MB of zeros in 30 kB."""
    packer = zlib.compressobj(wbits=31)
    return b"".join(packer.compress(bytes(MEGABYTE)) for _ in range(30)) + packer.flush()


@pytest.mark.parametrize("status", [200, 404, 302])
def test_a_bomb_is_thrown_away_before_it_is_big(make_client, status):
    client = make_client(largest_body=MEGABYTE)
    answer = Answer(status, bomb(), {"Content-Encoding": "gzip", "Location": "/again"})
    with Upstream(lambda _: answer) as upstream:
        tracemalloc.start()
        with pytest.raises(UpstreamError) as caught:
            client.get(upstream.url)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 8 * MEGABYTE
    assert caught.value.reason is {200: Reason.TOO_LARGE, 404: Reason.NOT_FOUND, 302: Reason.REDIRECT}[status]


def test_a_bomb_within_a_bomb_is_not_even_opened(client):
    body = gzip.compress(gzip.compress(b"{}"))
    answer = Answer(200, body, {"Content-Encoding": "gzip, gzip"})
    with Upstream(lambda _: answer) as upstream, pytest.raises(UpstreamError) as caught:
        client.get(upstream.url)
    assert caught.value.reason is Reason.MALFORMED


def test_a_compressed_answer_is_read_as_it_was_meant(client):
    body = gzip.compress(b'{"stars": 3}')
    with Upstream(lambda _: Answer(200, body, {"Content-Encoding": "gzip"})) as upstream:
        assert client.get(upstream.url).json() == {"stars": 3}
    assert upstream.requests[0].headers["accept-encoding"] == "gzip"
