"""The body of a request, made into what should be events; bounded in size before and after it is unpacked."""

import json
import zlib
from http import HTTPStatus
from typing import Any, NoReturn

__all__ = ["LARGEST_BODY", "MOST_EVENTS", "BadRequest", "check_type", "events_in", "is_packed"]

LARGEST_BODY = 2**20
"""Bytes of a body, as it is sent and as it is once unpacked."""
MOST_EVENTS = 1_000

_MOST_BRACKETS = 10 * MOST_EVENTS
"""More lists and objects than that are not even read: a megabyte of empty ones takes a quarter of a second."""
_TOO_MANY = f"send at most {MOST_EVENTS:,} events at once"
_GZIP = 16 + zlib.MAX_WBITS


class BadRequest(Exception):
    """A request that is answered with a status and a sentence; the text repeats nothing of it."""

    def __init__(self, status: HTTPStatus, text: str) -> None:
        self.status = status
        super().__init__(text)


def check_type(content_type: str) -> None:
    """Raises BadRequest unless the header says JSON in UTF-8."""
    kind, *parameters = (piece.strip().lower() for piece in content_type.split(";"))
    allowed = {"charset=utf-8", 'charset="utf-8"', ""}
    if kind != "application/json" or not allowed.issuperset(parameters):
        raise BadRequest(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send Content-Type: application/json")


def is_packed(content_encoding: str) -> bool:
    """Whether the header says gzip; raises BadRequest where it says anything else than that or nothing."""
    encoding = content_encoding.strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip"):
        raise BadRequest(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send the body as it is, or with Content-Encoding: gzip")
    return encoding in ("gzip", "x-gzip")


def events_in(body: bytes, *, packed: bool) -> list[Any]:
    """The members of `events` in a body, whatever they are; raises BadRequest where it is no such body, or too large."""
    text = _unpacked(body) if packed else body
    if text.count(b"{") + text.count(b"[") > _MOST_BRACKETS:
        raise BadRequest(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _TOO_MANY)
    try:
        data = json.loads(text.decode(), object_pairs_hook=_object, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        # Among them what is not UTF-8, and a number of thousands of digits.
        raise BadRequest(
            HTTPStatus.BAD_REQUEST, "the body must be JSON in UTF-8, and no object in it may hold a name twice"
        ) from None
    if not isinstance(data, dict) or data.keys() != {"events"} or not isinstance(data["events"], list):
        raise BadRequest(HTTPStatus.BAD_REQUEST, 'the body must be an object {"events": [...]} and nothing else')
    events: list[Any] = data["events"]
    if len(events) > MOST_EVENTS:
        raise BadRequest(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _TOO_MANY)
    return events


def _unpacked(body: bytes) -> bytes:
    unpacking = zlib.decompressobj(_GZIP)
    try:
        text = unpacking.decompress(body, LARGEST_BODY + 1)
    except zlib.error:
        raise BadRequest(HTTPStatus.BAD_REQUEST, "the body must be gzip, as Content-Encoding says") from None
    if len(text) > LARGEST_BODY:
        raise BadRequest(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"send at most {LARGEST_BODY:,} bytes, also when unpacked")
    if not unpacking.eof or unpacking.unused_data:
        raise BadRequest(HTTPStatus.BAD_REQUEST, "the body must be one whole member of gzip")
    return text


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        # Which of two values is meant, nobody can tell.
        raise ValueError
    return made


def _refuse_constant(_: str) -> NoReturn:
    raise ValueError
