"""Errors say what failed and where, and give nothing away."""

import traceback
from datetime import timedelta

import pytest
import requests
import responses
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.errors import RateLimited, Reason, UpstreamError
from exporter.http import Client, MemoryCache
from exporter.http.failure import place
from support.tools import NOW
from support.upstream import Answer, Upstream

PLANTED = "planted"
URL = f"/repos/a/b?key={PLANTED}#{PLANTED}"
HEADERS = {"Authorization": f"Bearer {PLANTED}"}
FAULTS = {
    "drop": "drop",
    "half": "half",
    "hang": "hang",
    "drip": "drip",
    "404": Answer(404, b'{"message": "planted"}', {"X-Planted": PLANTED}),
    "429": Answer(429, b'{"message": "planted"}', {"Retry-After": PLANTED}),
    "500": Answer(500, b"planted"),
    "redirect": Answer(302, b"planted", {"Location": "https://planted.test/planted?planted"}),
    "undecodable": Answer(200, b"planted", {"Content-Encoding": "gzip"}),
    "too large": Answer(200, b"planted" * 1000),
    "no length": Answer(200, b"planted", {"Content-Length": PLANTED}),
    "no chunks": Answer(200, b"planted", {"Transfer-Encoding": "chunked"}),
}


def everything_that_shows(error):
    shown = (str(error), repr(error), error.args, vars(error), error.__cause__, error.__context__)
    return "".join([*map(repr, shown), *traceback.format_exception(error)])


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_no_error_holds_a_token_a_query_or_what_the_upstream_said(make_client, fault):
    client = make_client(timeout=timedelta(milliseconds=60), largest_body=1000)
    with Upstream(lambda _: Answer(200, b"planted" * 10)) as upstream:
        upstream.fault = fault
        address = upstream.url.replace("//", f"//{PLANTED}:{PLANTED}@")
        with pytest.raises(UpstreamError) as caught:
            client.get(address + URL, headers=HEADERS, retries=0)
    assert str(caught.value).startswith(f"GET {upstream.url}/repos/a/b ")
    assert PLANTED not in everything_that_shows(caught.value)


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        pytest.param("http://127.0.0.1:9/a", {"Authorization": "Bearer planted\nX: y"}, id="a line break in a header"),
        pytest.param("http://127.0.0.1:9/a", {"Authorization": "Bearer planted…"}, id="a header that has no encoding"),
        pytest.param("planted:planted?planted", {}, id="another scheme"),
        pytest.param("http://[planted", {}, id="an address without end"),
        pytest.param("http://:80/?planted", {}, id="no host"),
        pytest.param("planted", {}, id="no scheme"),
        pytest.param("http://127.0.0.1:99999/?planted", {}, id="no such port"),
        pytest.param("", {}, id="nothing"),
    ],
)
def test_what_cannot_be_sent_is_a_client_error(client, url, headers):
    with pytest.raises(UpstreamError) as caught:
        client.get(url, headers=headers, params={"x": PLANTED})
    assert caught.value.reason is Reason.CLIENT_ERROR
    assert PLANTED not in everything_that_shows(caught.value)
    with pytest.raises(UpstreamError) as caught:
        client.post(url, json={}, headers=headers)
    assert PLANTED not in everything_that_shows(caught.value)


@pytest.mark.parametrize(
    ("raised", "reason"),
    [
        (requests.ConnectTimeout(PLANTED), Reason.TIMEOUT),
        (requests.ReadTimeout(PLANTED), Reason.TIMEOUT),
        (requests.exceptions.SSLError(PLANTED), Reason.TLS),
        (requests.exceptions.ProxyError(PLANTED), Reason.CONNECTION),
        (requests.ConnectionError(PLANTED), Reason.CONNECTION),
        (requests.exceptions.ChunkedEncodingError(PLANTED), Reason.CONNECTION),
        (requests.exceptions.ContentDecodingError(PLANTED), Reason.MALFORMED),
        (requests.exceptions.InvalidProxyURL(PLANTED), Reason.CLIENT_ERROR),
        (OSError(PLANTED), Reason.CONNECTION),
        (UnicodeEncodeError("latin-1", PLANTED, 0, 1, PLANTED), Reason.CLIENT_ERROR),
    ],
)
def test_every_error_of_the_libraries_has_its_reason(client, meter, raised, reason):
    with responses.RequestsMock() as upstream:
        upstream.get("https://x.test/a", body=raised)
        with pytest.raises(UpstreamError) as caught:
            client.get("https://x.test/a", retries=0)
    assert caught.value.reason is reason
    assert meter.codes == [reason.value]
    assert PLANTED not in everything_that_shows(caught.value)


def test_tls_that_cannot_be_trusted_is_not_tried_again(client):
    with responses.RequestsMock() as upstream:
        asked = upstream.get("https://x.test/a", body=requests.exceptions.SSLError())
        with pytest.raises(UpstreamError, match=r"^GET https://x\.test/a failed: no trustworthy TLS"):
            client.get("https://x.test/a")
    assert asked.call_count == 1


def test_nothing_is_logged(client, caplog):
    caplog.set_level("DEBUG")
    headers = {"Authorization": "Bearer planted"}
    with Upstream(lambda _: Answer(200, headers={"Content-Length": "0", "no header": "at all"})) as upstream:
        client.get(f"{upstream.url}/?key=planted", headers=headers)
        upstream.fault = "drop"
        with pytest.raises(UpstreamError):
            client.get(f"{upstream.url}/?key=planted", headers=headers)
    assert PLANTED not in caplog.text


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:word@api.github.com/repos/a/b?page=2#top", "https://api.github.com/repos/a/b"),
        ("http://127.0.0.1:8080/x%2Fy", "http://127.0.0.1:8080/x%2Fy"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x"),
        ("https://x.test/a\x1b[31mred", "https://x.test/a%1B[31mred"),
        ("https://x.test/a b", "https://x.test/a%20b"),
        ("https://[broken", "(an unusable URL)"),
        ("nothing", "(an unusable URL)"),
    ],
)
def test_a_url_is_shown_without_what_may_be_secret(url, shown):
    assert place(url) == shown


TEXT = st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=30)


@settings(deadline=None)
@given(
    status=st.integers(200, 599),
    headers=st.dictionaries(
        st.sampled_from(["Retry-After", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Location", "ETag", "Last-Modified"]), TEXT
    ),
    body=st.one_of(st.binary(max_size=200), st.just(b'{"retry_after": NaN}')),
)
def test_whatever_an_upstream_answers_only_our_errors_come_out(status, headers, body):
    client = Client(timeout=timedelta(seconds=1), cache=MemoryCache(), now=lambda: NOW, sleep=lambda _: None)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as upstream:
        upstream.get("https://x.test/a", status=status, headers=headers, body=body)
        upstream.get("https://x.test/a/", status=404)
        for _ in range(2):
            try:
                outcome = client.get("https://x.test/a")
            except UpstreamError as error:
                outcome = error
            assert isinstance(outcome, UpstreamError) or 200 <= outcome.status < 300
            assert not isinstance(outcome, RateLimited) or outcome.until > NOW
