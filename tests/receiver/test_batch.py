"""The body of a request."""

import gzip
import json
import zlib
from http import HTTPStatus
from typing import Any

import pytest

from exporter.receiver.batch import LARGEST_BODY, MOST_EVENTS, BadRequest, check_type, events_in, is_packed

NO_JSON = "the body must be JSON in UTF-8, and no object in it may hold a name twice"
NO_EVENTS = 'the body must be an object {"events": [...]} and nothing else'


def refused(body: bytes, *, packed: bool = False) -> tuple[HTTPStatus, str]:
    with pytest.raises(BadRequest) as raised:
        events_in(body, packed=packed)
    return raised.value.status, str(raised.value)


def test_the_events_are_given_as_they_stand() -> None:
    assert events_in(b'{"events": [1, "two", {"three": null}]}', packed=False) == [1, "two", {"three": None}]


def test_a_packed_body_is_unpacked() -> None:
    assert events_in(gzip.compress(b'{"events": [1]}'), packed=True) == [1]


def test_no_events_are_fine() -> None:
    assert events_in(b'{"events": []}', packed=False) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{'events': []}",
        b'{"events": [NaN]}',
        b'{"events": [-Infinity]}',
        b'{"events": [{"a": 1, "a": 2}]}',
        b'{"events": [], "events": []}',
        b'\xef\xbb\xbf{"events": []}',
        '{"events": []}'.encode("utf-16"),
        b'{"events": ["\xff"]}',
        b'{"events": [' + b"9" * 5_000 + b"]}",
        b"[" * 9_000,
        b'{"events":' * 9_000,
    ],
    ids=range(13),
)
def test_what_is_no_json_is_refused(body: bytes) -> None:
    assert refused(body) == (HTTPStatus.BAD_REQUEST, NO_JSON)


@pytest.mark.parametrize(
    "data", [None, 1, "x", [], {}, {"events": {}}, {"events": None}, {"events": [], "more": 1}, {"Events": []}]
)
def test_what_has_another_shape_is_refused(data: Any) -> None:
    assert refused(json.dumps(data).encode()) == (HTTPStatus.BAD_REQUEST, NO_EVENTS)


def test_as_many_events_as_allowed_are_taken_and_no_more() -> None:
    assert len(events_in(json.dumps({"events": [0] * MOST_EVENTS}).encode(), packed=False)) == MOST_EVENTS
    too_many = json.dumps({"events": [0] * (MOST_EVENTS + 1)}).encode()
    assert refused(too_many) == (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "send at most 1,000 events at once")


def test_more_lists_and_objects_than_events_could_have_are_not_even_read() -> None:
    too_many = (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "send at most 1,000 events at once")
    assert refused(b"[" * 200_000) == refused(b'{"events":' * 100_000) == too_many


def test_a_bomb_is_refused_before_it_is_unpacked_whole() -> None:
    bomb = gzip.compress(b"[" * (500 * LARGEST_BODY), 9)
    assert len(bomb) < LARGEST_BODY
    assert refused(bomb, packed=True) == (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "send at most 1,048,576 bytes, also when unpacked")


def test_a_packed_body_of_just_the_largest_size_is_taken() -> None:
    body = b'{"events": []}'.ljust(LARGEST_BODY)
    assert events_in(gzip.compress(body), packed=True) == []


@pytest.mark.parametrize(
    "body",
    [b"", b'{"events": []}', zlib.compress(b'{"events": []}'), gzip.compress(b'{"events": []}')[:-5]],
    ids=["empty", "plain", "zlib", "cut"],
)
def test_what_is_no_gzip_is_refused(body: bytes) -> None:
    assert refused(body, packed=True)[0] == HTTPStatus.BAD_REQUEST


def test_a_second_member_of_gzip_is_refused() -> None:
    member = gzip.compress(b'{"events": []}')
    assert refused(member + member, packed=True) == (HTTPStatus.BAD_REQUEST, "the body must be one whole member of gzip")


@pytest.mark.parametrize(
    "header",
    [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        'application/json;charset="UTF-8"',
        "application/json;",
    ],
)
def test_json_in_utf_8_is_taken(header: str) -> None:
    assert check_type(header) is None


@pytest.mark.parametrize(
    "header",
    ["", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1", "application/jsonl", ";"],
)
def test_any_other_type_is_refused(header: str) -> None:
    with pytest.raises(BadRequest, match=r"^send Content-Type: application/json$") as raised:
        check_type(header)
    assert raised.value.status == HTTPStatus.UNSUPPORTED_MEDIA_TYPE


def test_gzip_and_nothing_are_the_encodings_there_are() -> None:
    assert [is_packed(header) for header in ("", "identity", "gzip", " GZIP ", "x-gzip")] == [False, False, True, True, True]
    for header in ("br", "deflate", "gzip, gzip", "zstd"):
        with pytest.raises(BadRequest) as raised:
            is_packed(header)
        assert raised.value.status == HTTPStatus.UNSUPPORTED_MEDIA_TYPE
