"""What the client does when an upstream asks to wait."""

from datetime import timedelta

import pytest

from exporter.errors import RateLimited, Reason, UpstreamError
from exporter.http import Auth, MemoryCache
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


def token(name):
    return {"Authorization": f"Bearer {name}"}


def by_token(request):
    return busy(60) if request.headers["authorization"] == "Bearer planted-a" else Answer.json(3)


def test_another_token_is_used_all_the_same(client):
    with Upstream(by_token) as upstream:
        for _ in range(2):
            with pytest.raises(RateLimited):
                client.get(upstream.url, headers=token("planted-a"))
        assert client.get(upstream.url, headers=token("planted-b")).json() == 3
        assert len(upstream.requests) == 2


def test_a_token_that_takes_the_place_of_a_limited_one_waits_as_well(client):
    with Upstream(by_token) as upstream:
        with pytest.raises(RateLimited):
            client.get(upstream.url, auth=Auth("Bearer planted-a", "app"))
        with pytest.raises(RateLimited):
            client.post(upstream.url, json={}, auth=Auth("Bearer planted-b", "app"))
        assert client.get(upstream.url, auth=Auth("Bearer planted-b", "other")).json() == 3
        assert len(upstream.requests) == 2


def test_credentials_are_sent_with_a_request_and_kept_nowhere(client, meter):
    with Upstream(lambda _: busy(60)) as upstream:
        with pytest.raises(RateLimited):
            client.get(upstream.url, auth=Auth("Bearer planted-a", "token 1"))
        with pytest.raises(RateLimited):
            client.get(upstream.url, headers=token("planted-b"))
        sent = [request.headers["authorization"] for request in upstream.requests]
    assert sent == ["Bearer planted-a", "Bearer planted-b"]
    assert "planted" not in repr([vars(client), meter, Auth("Bearer planted-a", "token 1")])


def test_a_quota_that_is_spent_by_its_name_leaves_other_requests_alone(client):
    spent = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(NOW.timestamp()) + 600)}
    answers = in_turn(Answer(403, headers={**spent, "X-RateLimit-Resource": "core"}), Answer.json(3))
    with Upstream(answers) as upstream:
        with pytest.raises(RateLimited) as caught:
            client.get(upstream.url + "/one")
        assert (caught.value.quota, caught.value.until) == ("core", NOW + timedelta(seconds=600))
        assert client.get(upstream.url + "/two").json() == 3


def test_a_limit_that_is_not_that_of_the_quota_told_of_holds_for_all_requests(client):
    left = {"X-RateLimit-Remaining": "9", "X-RateLimit-Resource": "core", "Retry-After": "60"}
    with Upstream(lambda _: Answer(403, headers=left)) as upstream:
        for path in ("/one", "/two"):
            with pytest.raises(RateLimited) as caught:
                client.get(upstream.url + path)
        assert caught.value.quota is None
        assert len(upstream.requests) == 1


def test_the_quota_of_nobody_is_not_taken_for_that_of_credentials_that_are_refused(client, meter):
    headers = {"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "59", "X-RateLimit-Resource": "core"}
    with Upstream(lambda _: Answer(401, headers=headers)) as upstream, pytest.raises(UpstreamError) as caught:
        client.get(upstream.url, auth=Auth("Bearer planted-a", "token 1"))
    assert caught.value.status == 401
    assert meter.quotas == []


def test_an_answer_that_did_not_change_is_told_as_such(make_client):
    client = make_client(cache=MemoryCache())
    with Upstream(in_turn(Answer(200, b"3", {"ETag": '"a"'}), Answer(304))) as upstream:
        assert not client.get(upstream.url).unchanged
        again = client.get(upstream.url)
    assert (again.json(), again.status, again.unchanged) == (3, 200, True)


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
        client.get(upstream.url, auth=Auth("Bearer planted-a", "token 1"))
    assert meter.quotas == [("core", 60, 59, 1769515260)]
    assert meter.holders == ["token 1"]
