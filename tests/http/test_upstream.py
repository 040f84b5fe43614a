"""The loopback server of the tests keeps its own promises."""

import contextlib
import threading
import time
from datetime import timedelta

import pytest
import requests

from exporter.errors import UpstreamError
from support.upstream import Answer, Upstream


def test_it_remembers_what_it_was_asked():
    with Upstream(lambda _: Answer.json([1], 201, {"X-Page": "2"})) as upstream:
        response = requests.post(upstream.url + "/a%20b?x=1&x=&y=2", data=b"body", headers={"X-Thing": "yes"})
    assert (response.status_code, response.json(), response.headers["x-page"]) == (201, [1], "2")
    (request,) = upstream.requests
    assert (request.method, request.path, request.body) == ("POST", "/a%20b", b"body")
    assert request.query == {"x": ["1", ""], "y": ["2"]}
    assert request.headers["x-thing"] == "yes"


@pytest.mark.parametrize("fault", ["hang", "drip", "half", "drop", None])
def test_it_stops_at_once_and_leaves_no_thread(make_client, fault):
    client = make_client(timeout=timedelta(milliseconds=50))
    before = threading.active_count()
    with Upstream(lambda _: Answer(200, b"x" * 10_000)) as upstream:
        upstream.fault = fault
        with contextlib.suppress(UpstreamError):
            client.get(upstream.url, retries=0)
        began = time.monotonic()
    assert time.monotonic() - began < 1
    assert threading.active_count() == before


def test_an_error_in_the_handler_is_an_error_of_the_test():
    with pytest.raises(KeyError, match="missing"), Upstream(lambda _: Answer.json({}["missing"])) as upstream:
        assert requests.get(upstream.url).status_code == 500


def test_a_fault_can_come_and_go():
    with Upstream(lambda _: Answer(200)) as upstream:
        statuses = []
        for fault in (None, Answer(503), "garbage", None):
            upstream.fault = fault
            statuses.append(requests.get(upstream.url).status_code)
    assert statuses == [200, 503, 200, 200]
