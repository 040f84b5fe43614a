"""PagerDuty, Slack, Discord and plain webhooks on loopback: they take what the services take, and keep it to be read."""

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from support.contract import recorded
from support.upstream import Answer, Request, Upstream

__all__ = ["Notice", "Pagers"]

_MOST_BYTES = 512_000
"""What PagerDuty takes at most."""
_ACCEPTED = {
    "pagerduty": Answer.json({"status": "success", "message": "Event processed", "dedup_key": "as sent"}, 202),
    "slack": Answer(200, b"ok", {"Content-Type": "text/plain"}),
    "discord": Answer(200, b"ok"),
    "webhook": Answer(200),
}


@dataclass(frozen=True, slots=True)
class Notice:
    """One message that arrived: when, at which service, at which of its addresses, and what it says."""

    at: datetime
    service: str
    channel: str
    body: Mapping[str, Any]

    @property
    def text(self) -> str:
        """All that the message says, one text a line, as people read it: without what Slack and Discord have escaped."""
        said = "\n".join(_texts(self.body))
        return {"slack": html.unescape, "discord": _without_backslashes}.get(self.service, str)(said)

    @property
    def action(self) -> str:
        """What a message of PagerDuty wants: trigger or resolve."""
        return str(self.body["event_action"])

    @property
    def incident(self) -> str:
        """By what PagerDuty tells incidents apart."""
        return str(self.body["dedup_key"])


class Pagers:
    """Every service on one server: /SERVICE/CHANNEL is an address of it, /pagerduty/v2/enqueue that of PagerDuty.

    Discord is spoken to as its webhooks take it whose address ends in /slack. A routing key of PagerDuty is the name of the
    channel, filled up with dots. What breaks the form of a service is answered 400, and raises AssertionError at the end of the
    `with` block.
    """

    def __init__(self) -> None:
        self._upstream = Upstream(self._answer)
        self._notices: list[Notice] = []
        self._schemas = {name: _schema(name) for name in ("pagerduty", "slack", "discord")}
        self.breaches: list[str] = []

    def __enter__(self) -> "Pagers":
        self._upstream.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._upstream.__exit__(kind, error, trace)
        if error is None:
            assert not self.breaches, "\n".join(self.breaches)

    def url(self, service: str, channel: str) -> str:
        """Where a service listens for a channel."""
        return f"{self._upstream.url}/{service}/{channel}"

    @staticmethod
    def routing_key(channel: str) -> str:
        """The key of PagerDuty for a channel."""
        return channel.ljust(32, ".")

    def notices(self) -> list[Notice]:
        """Every message, oldest first."""
        return list(self._notices)

    def of(self, channel: str, *words: str) -> list[Notice]:
        """What a channel was told that has all these words in it, oldest first."""
        told = [notice for notice in self.notices() if notice.channel == channel]
        return [notice for notice in told if all(word in notice.text for word in words)]

    def _answer(self, request: Request) -> Answer:
        now = datetime.now(UTC)
        service, channel = request.path.split("/")[1:3]
        if service not in _ACCEPTED or request.method != "POST":
            return self._refuse(f"{request.method} {request.path}: no such address")
        if len(request.body) > _MOST_BYTES:
            return self._refuse(f"{service}: a message of {len(request.body)} bytes")
        body = json.loads(request.body)
        schema = self._schemas.get(service)
        for error in () if schema is None else schema.iter_errors(body):
            return self._refuse(f"{service}: {error.json_path}: {error.message}")
        if service == "pagerduty":
            channel = body["routing_key"].rstrip(".")
        self._notices.append(Notice(now, service, channel, body))
        return _ACCEPTED[service]

    def _refuse(self, breach: str) -> Answer:
        self.breaches.append(breach)
        return Answer(400, b"invalid_payload")


def _schema(name: str) -> Draft202012Validator:
    return Draft202012Validator(recorded("pagers", name), format_checker=FormatChecker())


def _without_backslashes(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, Mapping):
        for inner in part.values():
            yield from _texts(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _texts(inner)
