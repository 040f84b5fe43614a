"""JSON as upstreams send it, and what only looks like JSON."""

import json
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.errors import Reason, UpstreamError
from exporter.http import Response


def response(body):
    return Response(200, MappingProxyType({}), body, "GET https://x.test/a")


@pytest.mark.parametrize(
    ("body", "data"),
    [
        (b'{"a": [1, 2.5, null, true]}', {"a": [1, 2.5, None, True]}),
        ('"Grüße 👋"'.encode(), "Grüße 👋"),
        (rb'"\ud83d\udc4b"', "👋"),
        (b"\xef\xbb\xbf3", 3),
        (b"-0.0e-5", 0),
    ],
)
def test_json_is_read(body, data):
    assert response(body).json() == data


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"<html>", id="a page"),
        pytest.param(b"404 not found", id="a text"),
        pytest.param(b'{"a": NaN}', id="NaN"),
        pytest.param(b"[Infinity]", id="infinity"),
        pytest.param(b"-Infinity", id="negative infinity"),
        pytest.param(b"1e999", id="a number out of range"),
        pytest.param(b"9" * 5000, id="a number of too many digits"),
        pytest.param(b"[" * 100_000 + b"]" * 100_000, id="nested too deep"),
        pytest.param(b'{"a":' * 100_000, id="objects nested too deep"),
        pytest.param(b'"\xff"', id="no UTF-8"),
        pytest.param(rb'"\ud83d"', id="half a character"),
        pytest.param(rb'{"\uDE00": 1}', id="half a character in a name"),
        pytest.param('"\\ud83d"'.encode("utf-16"), id="UTF-16"),
        pytest.param(b'{"a": 1} {"b": 2}', id="two values"),
    ],
)
def test_what_is_no_usable_json_is_malformed(body):
    with pytest.raises(UpstreamError) as caught:
        response(body).json()
    assert caught.value.reason is Reason.MALFORMED
    assert str(caught.value) == "GET https://x.test/a answered no usable JSON"
    assert caught.value.__context__ is None


def test_a_response_shows_neither_body_nor_headers():
    shown = repr(Response(200, {"x-login": "planted"}, b"planted"))
    assert "planted" not in shown


@settings(deadline=None)
@given(st.one_of(st.binary(), st.text().map(str.encode), st.text(alphabet='[]{}",:0123456789.eE-+\\undTrueN ').map(str.encode)))
def test_whatever_the_body_only_our_error_comes_out(body):
    try:
        data = response(body).json()
    except UpstreamError as error:
        data = error.reason.value
    assert json.dumps(data, allow_nan=False, ensure_ascii=False).encode()
