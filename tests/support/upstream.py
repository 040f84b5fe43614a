"""An upstream on loopback: answers what a test tells it to, remembers what it was asked, and fails in the ways servers fail."""

import json
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType, TracebackType
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

__all__ = ["Answer", "Fault", "Handler", "Request", "Upstream"]

_NO_BODY = (204, 304)


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it arrived: the path as sent (still quoted), header names in lower case."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What to send back; the Content-Length is added unless a header says otherwise."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def json(cls, data: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> "Answer":
        return cls(status, json.dumps(data).encode(), {"Content-Type": "application/json", **(headers or {})})


Handler = Callable[[Request], Answer]
Fault = Literal["hang", "drop", "half", "drip", "garbage"] | Answer
"""What the upstream does instead of answering well.

hang: says nothing until it is stopped; drop: closes the connection without an answer; half: announces the whole answer, sends
half of it and closes; drip: sends its answer byte by byte, a long time; garbage: 200 with a body that is no JSON;
an Answer: sends that.
"""


class Upstream:
    """A server on a free port of 127.0.0.1, from `with` to its end.

    `requests` lists what arrived, `connections` counts those that were opened, `fault` may be set at any moment, `delay` is the
    time in seconds before each answer.
    An error that the handler raises is answered with 500 and raised again at the end of the `with` block.
    """

    def __init__(self, handler: Handler, *, delay: float = 0.0) -> None:
        self.handler = handler
        self.delay = delay
        self.fault: Fault | None = None
        self.requests: list[Request] = []
        self.connections = 0
        self.stopping = threading.Event()
        self._errors: list[Exception] = []
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), name="upstream")
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "Upstream":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.hang_up()
        self._server.server_close()
        self._thread.join()
        if error is None and self._errors:
            raise self._errors[0]

    def answer(self, request: Request) -> Answer:
        """The handler's answer to a request; called by the server's threads."""
        try:
            return self.handler(request)
        except Exception as error:
            self._errors.append(error)
            return Answer(500)


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 256

    def __init__(self, upstream: Upstream) -> None:
        self.upstream = upstream
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), _Connection)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
            self.upstream.connections += 1
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """Ends every connection that a client keeps open, so that its thread ends."""
        with self._lock:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away in the middle of an answer is no error here."""


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:
            self.close_connection = True

    def answer(self) -> None:
        upstream, request = self.server.upstream, self._request()
        upstream.requests.append(request)
        if upstream.delay:
            upstream.stopping.wait(upstream.delay)
        fault = upstream.fault
        if isinstance(fault, Answer):
            self._send(fault)
        elif fault == "garbage":
            self._send(Answer(200, b"<html>\xff not { json"))
        elif fault is None:
            self._send(upstream.answer(request))
        else:
            self.close_connection = True
            self._fail(fault, upstream, request)

    def _fail(self, fault: str, upstream: Upstream, request: Request) -> None:
        if fault == "hang":
            upstream.stopping.wait()
        elif fault == "half":
            answer = upstream.answer(request)
            whole = self._whole(answer)
            self.wfile.write(whole[: len(whole) - (len(answer.body) + 1) // 2])
        elif fault == "drip":
            for byte in self._whole(upstream.answer(request)):
                self.wfile.write(bytes([byte]))
                if upstream.stopping.wait(0.02):
                    break

    do_DELETE = do_GET = do_HEAD = do_PATCH = do_POST = do_PUT = answer  # noqa: N815 (names of the library)

    def _request(self) -> Request:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = MappingProxyType({name.lower(): value for name, value in self.headers.items()})
        return Request(self.command, parts.path, parse_qs(parts.query, keep_blank_values=True), headers, body)

    def _send(self, answer: Answer) -> None:
        self.wfile.write(self._whole(answer))

    def _whole(self, answer: Answer) -> bytes:
        headers = dict(answer.headers)
        named = {name.lower() for name in headers}
        bodiless = answer.status in _NO_BODY
        if not bodiless and not named & {"content-length", "transfer-encoding"}:
            headers["Content-Length"] = str(len(answer.body))
        if headers.get("Connection") == "close":
            self.close_connection = True
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        body = b"" if bodiless or self.command == "HEAD" else answer.body
        return f"HTTP/1.1 {answer.status} Answer\r\n{head}\r\n".encode("latin-1") + body

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (name of the library)
        """Keeps silent: what arrived is in `requests`."""
