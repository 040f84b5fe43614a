"""When the client asks again, and how long it waits before."""

from datetime import timedelta

import pytest

from exporter.errors import Reason, UpstreamError
from exporter.http.retry import backoff
from support.upstream import Answer, Upstream


def fine(_):
    return Answer.json({"stars": 3})


def in_turn(*answers):
    rest = iter(answers)
    return lambda _: next(rest)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_error_that_passes_is_not_noticed(client, clock, meter, status):
    with Upstream(in_turn(Answer(status), Answer(status), Answer.json(3))) as upstream:
        assert client.get(upstream.url).json() == 3
    assert meter.codes == [str(status), str(status), "200"]
    assert clock.slept == [0.5, 1.0]


def test_after_three_tries_the_client_gives_up(client, clock):
    with Upstream(lambda _: Answer(502)) as upstream, pytest.raises(UpstreamError) as caught:
        client.get(upstream.url)
    assert caught.value.reason is Reason.SERVER_ERROR
    assert len(upstream.requests) == 3
    assert len(clock.slept) == 2


def test_a_post_is_a_query_and_repeated_too(client):
    with Upstream(in_turn(Answer(502), Answer.json(3))) as upstream:
        assert client.post(upstream.url, json={"query": "{x}"}).json() == 3
    assert [request.body for request in upstream.requests] == [b'{"query":"{x}"}'] * 2


@pytest.mark.parametrize("fault", ["drop", "half"])
def test_a_broken_connection_is_tried_again(client, meter, fault):
    with Upstream(fine) as upstream:
        upstream.fault = fault
        with pytest.raises(UpstreamError) as caught:
            client.get(upstream.url)
    assert caught.value.reason is Reason.CONNECTION
    assert meter.codes == ["connection"] * 3


@pytest.mark.parametrize("fault", ["hang", "drip"])
def test_an_upstream_that_takes_too_long_is_tried_again(make_client, meter, fault):
    client = make_client(timeout=timedelta(milliseconds=50))
    with Upstream(fine) as upstream:
        upstream.fault = fault
        with pytest.raises(UpstreamError) as caught:
            client.get(upstream.url, retries=1)
    assert caught.value.reason is Reason.TIMEOUT
    assert meter.codes == ["timeout"] * 2


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (400, Reason.CLIENT_ERROR),
        (401, Reason.AUTH),
        (403, Reason.AUTH),
        (404, Reason.NOT_FOUND),
        (410, Reason.NOT_FOUND),
        (422, Reason.CLIENT_ERROR),
        (451, Reason.NOT_FOUND),
        (501, Reason.SERVER_ERROR),
    ],
)
def test_what_would_only_be_said_again_is_not_asked_again(client, status, reason):
    with Upstream(lambda _: Answer(status, b"whatever")) as upstream, pytest.raises(UpstreamError) as caught:
        client.get(upstream.url)
    assert caught.value.reason is reason
    assert len(upstream.requests) == 1


def test_a_body_that_cannot_be_decoded_is_not_asked_for_again(client):
    answer = Answer(200, b"no gzip", {"Content-Encoding": "gzip"})
    with Upstream(lambda _: answer) as upstream, pytest.raises(UpstreamError) as caught:
        client.get(upstream.url)
    assert caught.value.reason is Reason.MALFORMED
    assert len(upstream.requests) == 1


def test_a_caller_that_handles_failures_itself_gets_the_first_one(client, clock):
    with Upstream(lambda _: Answer(502)) as upstream, pytest.raises(UpstreamError):
        client.post(upstream.url, json={}, retries=0)
    assert len(upstream.requests) == 1
    assert clock.slept == []


def test_the_wait_is_a_share_of_a_bound_that_doubles_up_to_ten_seconds():
    assert [backoff(tried, 1.0) for tried in (1, 2, 3, 4, 5, 60)] == [1, 2, 4, 8, 10, 10]
    assert [backoff(3, chance) for chance in (0.0, 0.25)] == [0, 1]
