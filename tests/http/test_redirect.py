"""Which redirects are followed, and which would carry a secret to where it must not go."""

import pytest

from exporter.errors import Reason, UpstreamError
from exporter.http.redirect import target
from support.upstream import Answer, Upstream

HERE = "https://api.example.org/v1/a?page=2"


def to(location, status=302):
    return Answer(status, headers={"Location": location})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_get_is_followed(client, meter, status):
    with Upstream(lambda request: Answer.json(3) if request.path == "/new" else to("/new", status)) as upstream:
        assert client.get(upstream.url + "/old", headers={"Authorization": "Bearer x"}).json() == 3
    assert [request.headers["authorization"] for request in upstream.requests] == ["Bearer x", "Bearer x"]
    assert meter.codes == [str(status), "200"]


@pytest.mark.parametrize("status", [307, 308])
def test_a_post_is_followed_where_it_stays_a_post(client, status):
    with Upstream(lambda request: Answer.json(3) if request.path == "/new" else to("/new", status)) as upstream:
        assert client.post(upstream.url + "/old", json={"a": 1}).json() == 3
    assert [(request.method, request.body) for request in upstream.requests] == [("POST", b'{"a":1}')] * 2


@pytest.mark.parametrize("status", [301, 302, 303])
def test_a_post_that_would_become_a_get_is_not_followed(client, status):
    with Upstream(lambda _: to("/new", status)) as upstream, pytest.raises(UpstreamError) as caught:
        client.post(upstream.url, json={})
    assert caught.value.reason is Reason.REDIRECT
    assert str(caught.value) == f"POST {upstream.url} answered {status}, a redirect that is not followed"
    assert len(upstream.requests) == 1


def test_another_host_never_sees_the_credentials(client):
    with Upstream(lambda _: Answer.json(3)) as other, Upstream(lambda _: to(other.url)) as upstream:
        with pytest.raises(UpstreamError) as caught:
            client.get(upstream.url, headers={"Authorization": "Bearer x"})
        assert caught.value.reason is Reason.REDIRECT
        assert other.requests == []


def test_another_host_is_fine_for_what_anybody_may_ask(client):
    with Upstream(lambda _: Answer.json(3)) as other, Upstream(lambda _: to(other.url)) as upstream:
        assert client.get(upstream.url, headers={"Accept": "application/json"}).json() == 3


def test_five_redirects_are_followed_and_not_one_more(client):
    def hop(request):
        left = int(request.path[1:])
        return to(f"/{left - 1}") if left else Answer.json("there")

    with Upstream(hop) as upstream:
        assert client.get(upstream.url + "/5").json() == "there"
        with pytest.raises(UpstreamError) as caught:
            client.get(upstream.url + "/6")
    assert caught.value.reason is Reason.REDIRECT


@pytest.mark.parametrize("answer", [Answer(302), Answer(300), Answer(305), to("http://[::1"), to("ftp://x/"), to("//")])
def test_a_redirect_to_nowhere_is_a_failure(client, answer):
    with Upstream(lambda _: answer) as upstream, pytest.raises(UpstreamError) as caught:
        client.get(upstream.url)
    assert caught.value.reason is Reason.REDIRECT


@pytest.mark.parametrize(
    ("location", "headers", "aim"),
    [
        ("b", [], "https://api.example.org/v1/b"),
        ("/b?x=1#part", [], "https://api.example.org/b?x=1"),
        ("/caf\xc3\xa9", [], "https://api.example.org/café"),
        ("https://api.example.org:443/b", ["Authorization"], "https://api.example.org:443/b"),
        ("https://API.example.org/b", ["Authorization"], "https://API.example.org/b"),
        ("https://api.example.org:8443/b", ["Authorization"], None),
        ("https://api.example.org.evil.test/b", ["authorization"], None),
        ("https://evil.test/b", ["X-Api-Key"], None),
        ("https://other.test/b", ["Accept", "User-Agent"], "https://other.test/b"),
        ("http://api.example.org/b", [], None),
        ("//other.test/b", [], "https://other.test/b"),
        ("https://user:word@other.test/b", [], None),
        ("javascript:alert(1)", [], None),
    ],
)
def test_where_a_redirect_leads(location, headers, aim):
    assert target("GET", HERE, headers, 302, location) == aim


def test_from_plain_http_to_https_needs_no_trust_but_is_another_origin():
    assert target("GET", "http://example.org/a", [], 301, "https://example.org/a") == "https://example.org/a"
    assert target("GET", "http://example.org/a", ["Authorization"], 301, "https://example.org/a") is None
