"""What the client does when an upstream asks to wait."""

from datetime import timedelta

import pytest

from exporter.errors import RateLimited, Reason
from support.tools import NOW
from support.upstream import Answer, Upstream


def busy(seconds, status=429):
    return Answer(status, headers={"Retry-After": str(seconds)})


def in_turn(*answers):
    rest = iter(answers)
    return lambda _: next(rest)


def test_a_short_wait_is_spent_waiting(client, clock, meter):
    with Upstream(in_turn(busy(5), Answer.json(3))) as upstream:
        assert client.get(upstream.url).json() == 3
    assert clock.slept == [5]
    assert meter.codes == ["429", "200"]


def test_a_long_wait_is_handed_to_the_caller(client, clock):
    with Upstream(lambda _: busy(6)) as upstream, pytest.raises(RateLimited) as caught:
        client.get(upstream.url)
    assert caught.value.reason is Reason.RATE_LIMITED
    assert caught.value.until == NOW + timedelta(seconds=6)
    assert clock.slept == []


def test_many_short_waits_are_handed_to_the_caller_too(client, clock):
    with Upstream(lambda _: busy(2)) as upstream, pytest.raises(RateLimited) as caught:
        client.get(upstream.url)
    assert clock.slept == [2, 2]
    assert caught.value.until == NOW + timedelta(seconds=6)


def test_a_caller_that_handles_failures_itself_waits_itself(client, clock):
    with Upstream(lambda _: busy(1)) as upstream, pytest.raises(RateLimited):
        client.get(upstream.url, retries=0)
    assert clock.slept == []


def test_until_then_nothing_goes_to_that_host(client, clock, meter):
    with Upstream(in_turn(busy(60), Answer.json(3))) as upstream:
        with pytest.raises(RateLimited):
            client.get(upstream.url + "/one")
        clock.time += timedelta(seconds=59)
        with pytest.raises(RateLimited) as caught:
            client.post(upstream.url + "/two", json={})
        assert caught.value.until == NOW + timedelta(seconds=60)
        assert str(caught.value) == f"POST {upstream.url}/two was not sent: its host asked to wait"
        assert len(upstream.requests) == 1
        clock.time += timedelta(seconds=1)
        assert client.get(upstream.url + "/one").json() == 3
    assert meter.codes == ["429", "200"]


def test_another_host_is_asked_all_the_same(client):
    with Upstream(lambda _: busy(60)) as upstream, Upstream(lambda _: Answer.json(3)) as other:
        with pytest.raises(RateLimited):
            client.get(upstream.url)
        assert client.get(other.url).json() == 3


def test_another_client_asks_all_the_same(client, make_client):
    with Upstream(in_turn(busy(60), Answer.json(3))) as upstream:
        with pytest.raises(RateLimited):
            client.get(upstream.url)
        assert make_client().get(upstream.url).json() == 3


def test_a_403_of_a_secondary_limit_is_a_limit(client):
    body = b'{"message": "You have exceeded a secondary rate limit. Please wait a few minutes."}'
    with Upstream(lambda _: Answer(403, body)) as upstream, pytest.raises(RateLimited) as caught:
        client.get(upstream.url + "/x")
    assert caught.value.until == NOW + timedelta(seconds=60)
    assert str(caught.value) == f"GET {upstream.url}/x answered 403 and asks to wait"


def test_a_server_in_maintenance_is_left_alone_as_long_as_it_says(client, clock):
    with Upstream(lambda _: busy(120, 503)) as upstream, pytest.raises(RateLimited) as caught:
        client.get(upstream.url)
    assert caught.value.until == NOW + timedelta(seconds=120)
    assert len(upstream.requests) == 1


def test_what_an_upstream_says_of_its_quota_is_reported(client, meter):
    headers = {"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "59", "X-RateLimit-Reset": "1769515260"}
    with Upstream(lambda _: Answer(200, headers={**headers, "X-RateLimit-Resource": "core"})) as upstream:
        client.get(upstream.url)
    assert meter.quotas == [("core", 60, 59, 1769515260)]
