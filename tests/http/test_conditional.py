"""Answers that did not change cost no quota."""

import pytest

from exporter.errors import Reason, UpstreamError
from exporter.http import MemoryCache
from support.upstream import Answer, Upstream


def versioned(headers=None, **validators):
    """Answers 3 until the caller shows that it has it."""
    validators = {name.replace("_", "-"): text for name, text in validators.items()}
    asked = {"etag": "if-none-match", "last-modified": "if-modified-since"}

    def answer(request):
        if all(request.headers.get(asked[name]) == text for name, text in validators.items()):
            return Answer(304, headers=validators)
        return Answer.json(3, headers={**validators, **(headers or {})})

    return answer


@pytest.mark.parametrize(
    "validators",
    [
        {"etag": 'W/"a1"'},
        {"last_modified": "Tue, 27 Jan 2026 11:00:00 GMT"},
        {"etag": '"a1"', "last_modified": "Tue, 27 Jan 2026 11:00:00 GMT"},
    ],
)
def test_an_unchanged_answer_is_the_kept_one(client, meter, validators):
    with Upstream(versioned(**validators)) as upstream:
        responses = [client.get(upstream.url + "/stars", params={"page": "1"}) for _ in range(3)]
    assert [(response.status, response.json()) for response in responses] == [(200, 3)] * 3
    assert meter.codes == ["200", "304", "304"]


def test_a_changed_answer_replaces_the_kept_one(client):
    current = '"1"'

    def answer(request):
        return Answer(304) if request.headers.get("if-none-match") == current else Answer.json(current, 200, {"ETag": current})

    with Upstream(answer) as upstream:
        client.get(upstream.url)
        current = '"2"'
        assert client.get(upstream.url).json() == '"2"'
        assert client.get(upstream.url).json() == '"2"'
    assert [request.headers.get("if-none-match") for request in upstream.requests] == [None, '"1"', '"2"']


def test_the_link_to_the_next_page_is_kept_too(client):
    with Upstream(versioned({"Link": '<https://x.test/?page=2>; rel="next"'}, etag='"a1"')) as upstream:
        links = [client.get(upstream.url).headers["link"] for _ in range(2)]
    assert links == ['<https://x.test/?page=2>; rel="next"'] * 2


def test_what_one_credential_may_see_is_not_shown_to_another(client):
    with Upstream(versioned(etag='"a1"')) as upstream:
        for token in ("one", "two", "one"):
            client.get(upstream.url, headers={"Authorization": f"Bearer {token}"})
    assert [request.headers.get("if-none-match") for request in upstream.requests] == [None, None, '"a1"']


def test_another_form_of_the_same_answer_is_another_answer(client):
    with Upstream(versioned(etag='"a1"')) as upstream:
        for form in ("application/json", "text/html"):
            client.get(upstream.url, headers={"Accept": form})
    assert "if-none-match" not in upstream.requests[1].headers


def test_an_unconditional_request_neither_keeps_nor_finds_anything(client):
    with Upstream(versioned(etag='"a1"')) as upstream:
        for conditional in (False, True, False):
            client.get(upstream.url, conditional=conditional)
    assert ["if-none-match" in request.headers for request in upstream.requests] == [False] * 3


def test_a_post_is_never_kept(client):
    with Upstream(versioned(etag='"a1"')) as upstream:
        for _ in range(2):
            client.post(upstream.url, json={})
    assert "if-none-match" not in upstream.requests[1].headers


def test_an_answer_that_must_not_be_stored_is_not(client):
    with Upstream(versioned({"Cache-Control": "private, No-Store"}, etag='"a1"')) as upstream:
        for _ in range(2):
            client.get(upstream.url)
    assert "if-none-match" not in upstream.requests[1].headers


def test_an_answer_that_came_half_is_not_kept(client):
    with Upstream(versioned(etag='"a1"')) as upstream:
        upstream.fault = "half"
        with pytest.raises(UpstreamError):
            client.get(upstream.url, retries=0)
        upstream.fault = None
        assert client.get(upstream.url).json() == 3
    assert "if-none-match" not in upstream.requests[1].headers


def test_a_validator_that_could_not_be_sent_back_is_left_alone(client):
    with Upstream(lambda _: Answer.json(3, headers={"ETag": '"a\0b"'})) as upstream:
        for _ in range(2):
            assert client.get(upstream.url).json() == 3
    assert "if-none-match" not in upstream.requests[1].headers


def test_unchanged_without_anything_to_compare_is_malformed(client, meter):
    with Upstream(lambda _: Answer(304)) as upstream, pytest.raises(UpstreamError) as caught:
        client.get(upstream.url)
    assert caught.value.reason is Reason.MALFORMED
    assert meter.codes == ["304"]


def test_clients_that_share_a_cache_share_its_answers(make_client, meter):
    cache = MemoryCache()
    with Upstream(versioned(etag='"a1"')) as upstream:
        for _ in range(2):
            assert make_client(cache=cache).get(upstream.url).json() == 3
    assert meter.codes == ["200", "304"]
