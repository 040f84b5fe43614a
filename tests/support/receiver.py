"""Events as clients send them, and who takes them: an application in this process, or the program on loopback."""

import io
import json
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from wsgiref.util import setup_testing_defaults

from pydantic import SecretStr

from exporter.receiver.service import Receiver
from exporter.sources.telemetry.config import ReceiverConfig
from exporter.sources.telemetry.tables import TABLES
from support.programs import Program, free_port
from support.warehouses import Store

__all__ = [
    "EXAMPLES",
    "NOW",
    "SALT",
    "TOKEN",
    "USER",
    "Answered",
    "ReceiverProgram",
    "body_of",
    "example",
    "ids",
    "post",
    "receiver_of",
]

NOW = datetime(2026, 1, 27, 12, tzinfo=UTC)
SALT = "planted-salt-0123456789"
TOKEN = "planted-token-0123456789"
USER = "u5erHash_0123456789-abcdef"

_MORE: Mapping[str, Mapping[str, Any]] = {
    "download": {"user_id": USER, "platform": "macos", "channel": "website", "version": "1.0.0"},
    "command_generated": {"user_id": USER, "platform": "macos", "category": "git", "retries": 1},
    "command_feedback": {"user_id": USER, "category": "git", "success": True},
    "command_generation_error": {"user_id": USER, "error_type": "timeout", "platform": "linux"},
    "crash": {"platform": "linux", "version": "1.0.0"},
    "session": {"user_id": USER, "platform": "macos"},
    "satisfaction_survey": {"user_id": USER, "rating": 5},
    "feature_used": {"user_id": USER, "feature": "shell_integration"},
    "command_generation_latency": {"duration_ms": 45.5, "query_complexity": "simple"},
    "memory_usage": {"memory_kb": 34_000},
}
EXAMPLES = tuple(_MORE)
"""The kinds of events."""


def example(kind: str = "command_generated", /, at: datetime = NOW, **changed: Any) -> dict[str, Any]:
    """A valid event of a kind, with an id of its own; a field that is changed to `...` is left out."""
    event = {"event_id": str(uuid4()), "event_type": kind, "timestamp": at.isoformat().replace("+00:00", "Z"), **_MORE[kind]}
    return {name: value for name, value in {**event, **changed}.items() if value is not ...}


def body_of(*events: Any) -> bytes:
    """The body of a request with these events."""
    return json.dumps({"events": events}).encode()


def ids(store: Store) -> Sequence[UUID]:
    """The ids of every event in a warehouse, table by table."""
    return [UUID(str(row[0])) for name in TABLES for row in store.execute(f"SELECT event_id FROM {store.called(name)}")]


def receiver_of(store: Store, **more: Any) -> Receiver:
    """A receiver in this process that writes to a warehouse, at the moment NOW."""
    section = ReceiverConfig(
        **{"url": SecretStr(store.writer_url), "salt": SecretStr(SALT), "events_per_second": 1_000_000, **more}
    )
    return Receiver(store.config(), section, clock=lambda: NOW, patience=timedelta(seconds=1))


@dataclass(frozen=True)
class Answered:
    """What a client gets."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def said(self) -> Any:
        return json.loads(self.body)


def post(app: Any, body: bytes = b"", /, method: str = "POST", path: str = "/v1/events", **environ: Any) -> Answered:
    """What a WSGI application answers; `environ` is beside the headers of an honest request, None takes one away."""
    request: dict[str, Any] = {"CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body))}
    request |= {"REQUEST_METHOD": method, "PATH_INFO": path, "wsgi.input": io.BytesIO(body), **environ}
    request = {name: value for name, value in request.items() if value is not None}
    setup_testing_defaults(request)
    answer: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        answer[:] = [int(status[:3]), dict(headers)]

    said = b"".join(app(request, start))
    return Answered(*answer, said)


class ReceiverProgram(Program):
    """`kpi-exporter telemetry receive` over a configuration file; `own_url` is where it serves its metrics."""

    def __init__(self, config: Path, *flags: str) -> None:
        port, own = free_port(), free_port()
        addresses = [f"--web.listen-address=127.0.0.1:{port}", f"--web.telemetry-address=127.0.0.1:{own}"]
        command = [sys.executable, "-m", "exporter", "telemetry", "receive", f"--config.file={config}", *addresses, *flags]
        super().__init__(command, config.with_suffix(".log"), port)
        self.own_url = f"http://127.0.0.1:{own}"

    def send(self, body: bytes, timeout: float = 20, **headers: str) -> Answered:
        """Sends a body; raises OSError where there is no whole answer."""
        given = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}", **headers}
        request = urllib.request.Request(f"{self.url}/v1/events", body, given, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return Answered(answer.status, dict(answer.headers), answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answered(error.code, dict(error.headers), error.read())

    @staticmethod
    def configuration(folder: Path, url: str, schema: str = "analytics", **receiver: Any) -> Path:
        """A configuration file whose only source is a warehouse with a receiver; secrets stand in files beside it."""
        secrets = {"url": url, "salt": SALT, "token": TOKEN}
        for name, secret in secrets.items():
            (folder / name).write_text(secret)
        section = {"salt_file": "salt", "token_file": "token", **receiver}
        config = {
            "projects": [{"name": "caro", "sources": {"telemetry": {"url_file": "url", "schema": schema, "receiver": section}}}]
        }
        path = folder / "receiver.yml"
        path.write_text(json.dumps(config))
        return path
