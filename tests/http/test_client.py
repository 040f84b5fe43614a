"""What a caller of the client sees when everything goes well."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from exporter import URL, __version__
from exporter.errors import Reason, UpstreamError
from exporter.http import new_session, user_agent
from support.upstream import Answer, Upstream


def echo(request):
    return Answer.json({"method": request.method, "path": request.path, "query": request.query, "body": request.body.decode()})


def test_a_get_sends_its_parameters_and_gives_status_headers_and_body(client):
    with Upstream(echo) as upstream:
        response = client.get(upstream.url + "/a%2Fb", params={"page": "2", "label": ["x y", "z"]})
    assert response.status == 200
    assert response.headers["content-type"] == "application/json"
    assert response.json() == {
        "method": "GET",
        "path": "/a%2Fb",
        "query": {"page": ["2"], "label": ["x y", "z"]},
        "body": "",
    }


def test_a_post_sends_json(client):
    with Upstream(echo) as upstream:
        response = client.post(upstream.url + "/graphql", json={"query": "{viewer{id}}"})
    assert response.json()["body"] == '{"query":"{viewer{id}}"}'
    assert upstream.requests[0].headers["content-type"] == "application/json"


def test_a_patch_sends_json(client):
    with Upstream(echo) as upstream:
        response = client.patch(upstream.url + "/issues/1", json={"state": "closed"})
    assert (response.json()["method"], response.json()["body"]) == ("PATCH", '{"state":"closed"}')
    assert upstream.requests[0].headers["content-type"] == "application/json"


def test_a_patch_is_sent_once_whatever_becomes_of_it(client):
    with Upstream(lambda _: Answer(503)) as upstream, pytest.raises(UpstreamError):
        client.patch(upstream.url, json={})
    assert len(upstream.requests) == 1


def test_a_form_is_sent_as_token_endpoints_take_it(client):
    with Upstream(echo) as upstream:
        response = client.post_form(upstream.url + "/token", form={"grant_type": "urn:a:b", "assertion": "x&y"})
    assert response.json() == {"method": "POST", "path": "/token", "query": {}, "body": "grant_type=urn%3Aa%3Ab&assertion=x%26y"}
    assert upstream.requests[0].headers["content-type"] == "application/x-www-form-urlencoded"


def test_a_form_is_sent_nowhere_else(client):
    moved = Answer(307, headers={"Location": "/elsewhere"})
    with Upstream(lambda _: moved) as upstream, pytest.raises(UpstreamError) as caught:
        client.post_form(upstream.url + "/token", form={"assertion": "planted"})
    assert (caught.value.reason, len(upstream.requests)) == (Reason.REDIRECT, 1)


def test_the_client_says_who_it_is(client):
    with Upstream(echo) as upstream:
        client.get(upstream.url)
    assert upstream.requests[0].headers["user-agent"] == f"kpi-exporter/{__version__} (+{URL})"


def test_an_operator_may_add_whom_to_ask():
    assert user_agent("ops@example.org") == f"kpi-exporter/{__version__} (+{URL}; ops@example.org)"


def test_a_caller_may_say_it_differently(client):
    with Upstream(echo) as upstream:
        client.get(upstream.url, headers={"user-agent": "DiscordBot (https://example.org, 1)"})
    assert upstream.requests[0].headers["user-agent"] == "DiscordBot (https://example.org, 1)"


def test_an_answer_without_content_is_a_success_with_an_empty_body(client):
    with Upstream(lambda _: Answer(204)) as upstream:
        response = client.get(upstream.url)
    assert (response.status, response.body) == (204, b"")


def test_the_size_of_an_answer_is_bounded(make_client, meter):
    client = make_client(largest_body=1000)
    with Upstream(lambda request: Answer(200, b"x" * int(request.path[1:]))) as upstream:
        assert len(client.get(upstream.url + "/1000").body) == 1000
        with pytest.raises(UpstreamError) as caught:
            client.get(upstream.url + "/1001")
    assert caught.value.reason is Reason.TOO_LARGE
    assert meter.codes == ["200", "too_large"]


def test_a_connection_is_used_again_after_a_success_and_after_a_failure(client):
    answers = iter([Answer(200, b"x" * 200_000), Answer(404, b"no such thing"), Answer(302), Answer(204), Answer(200)])
    with Upstream(lambda _: next(answers)) as upstream:
        client.get(upstream.url)
        for _ in range(2):
            with pytest.raises(UpstreamError):
                client.get(upstream.url)
        client.get(upstream.url)
        client.get(upstream.url)
    assert upstream.connections == 1


def test_clients_can_share_their_connections(make_client):
    session = new_session()
    first, second = make_client(session=session), make_client(session=session)
    with Upstream(echo) as upstream:
        first.get(upstream.url)
        first.close()
        second.get(upstream.url)
    session.close()
    assert upstream.connections == 1


def test_cookies_are_not_kept(client):
    with Upstream(lambda _: Answer(200, headers={"Set-Cookie": "session=1; Path=/"})) as upstream:
        client.get(upstream.url)
        client.get(upstream.url)
    assert "cookie" not in upstream.requests[1].headers


def test_credentials_of_netrc_are_not_sent(client, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with Upstream(echo) as upstream:
        client.get(upstream.url)
        client.get(upstream.url, headers={"Authorization": "Bearer own"})
    assert [request.headers.get("authorization") for request in upstream.requests] == [None, "Bearer own"]


def test_a_proxy_of_the_environment_is_used(client, monkeypatch):
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with Upstream(echo) as upstream:
        monkeypatch.setenv("http_proxy", upstream.url)
        client.get("http://upstream.test/figures")
    assert upstream.requests[0].headers["host"] == "upstream.test"


def test_several_threads_may_ask_at_once(client):
    together = threading.Barrier(8, timeout=5)

    def answer(request):
        together.wait()
        return Answer(200, request.path.encode())

    with Upstream(answer) as upstream, ThreadPoolExecutor(8) as pool:
        bodies = list(pool.map(lambda number: client.get(f"{upstream.url}/{number}").body, range(16)))
    assert bodies == [f"/{number}".encode() for number in range(16)]


def test_what_has_no_form_in_json_is_a_mistake_of_the_caller(client):
    with pytest.raises(ValueError, match="Out of range"):
        client.post("http://127.0.0.1:9/", json={"share": float("nan")})


def test_the_timeout_may_be_a_fraction_of_a_second(make_client):
    client = make_client(timeout=timedelta(milliseconds=50))
    with Upstream(echo) as upstream:
        upstream.fault = "hang"
        with pytest.raises(UpstreamError) as caught:
            client.get(upstream.url, retries=0)
    assert caught.value.reason is Reason.TIMEOUT
