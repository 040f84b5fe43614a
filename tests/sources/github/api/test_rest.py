"""Asking over REST: what is sent, how pages follow each other, and what each answer means."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count, islice
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from exporter.errors import RateLimited, Reason, UpstreamError
from exporter.sources.github.api.credentials import Credentials, Token
from exporter.sources.github.api.planner import Planner
from exporter.sources.github.api.rest import MOST_PAGES, Rest
from support.github import PLANTED
from support.tools import NOW, make_tools
from support.upstream import Answer, Handler, Request, Upstream

TOKENS = ("planted-token-a", "planted-token-b")
PATH = "/repos/acme/widget/contributors"


@contextmanager
def asking(handler: Handler, folder: Path, tokens: int = 1) -> Iterator[tuple[Upstream, Rest]]:
    credentials = Credentials([Token(token, SecretStr(token)) for token in TOKENS[:tokens]], Planner(0))
    with Upstream(handler) as upstream:
        yield upstream, Rest(make_tools(folder).client, upstream.url, credentials, lambda: NOW)


def always(answer: Answer) -> Handler:
    return lambda request: answer


def linked(url: str, *entries: Any) -> Answer:
    """A page that leads on to a URL."""
    return Answer.json(list(entries), headers={"Link": f'<{url}>; rel="next", <{url}>; rel="last"'})


def host(request: Request) -> str:
    return f"http://{request.headers['host']}"


# What is sent


def test_requests_pin_the_version_of_the_api(tmp_path: Path) -> None:
    with asking(always(Answer.json({})), tmp_path) as (upstream, rest):
        rest.get("/repos/acme/widget/traffic/views", {"per": "day"})
        (request,) = upstream.requests
    assert (request.path, request.query) == ("/repos/acme/widget/traffic/views", {"per": ["day"]})
    assert request.headers["accept"] == "application/vnd.github+json"
    assert request.headers["x-github-api-version"] == "2022-11-28"
    assert request.headers["authorization"] == f"Bearer {TOKENS[0]}"


def test_another_token_takes_over_in_the_middle_of_a_list(tmp_path: Path) -> None:
    def answer(request: Request) -> Answer:
        if request.path == PATH:
            return linked(f"{host(request)}/next", 1)
        ended = request.headers["authorization"] == f"Bearer {TOKENS[0]}"
        return Answer.json({}, 401) if ended else Answer.json([2])

    with asking(answer, tmp_path, tokens=2) as (upstream, rest):
        assert list(rest.pages(PATH)) == [1, 2]
        asked = [(request.path, request.headers["authorization"][-1]) for request in upstream.requests]
    assert asked == [(PATH, "a"), ("/next", "a"), ("/next", "b")]


def test_an_answer_that_did_not_change_is_not_sent_again(tmp_path: Path) -> None:
    def answer(request: Request) -> Answer:
        if request.headers.get("if-none-match") == '"1"':
            return Answer(304)
        return Answer.json({"count": 1}, headers={"ETag": '"1"'})

    with asking(answer, tmp_path) as (upstream, rest):
        assert rest.get("/a") == rest.get("/a") == {"count": 1}
        assert ["if-none-match" in request.headers for request in upstream.requests] == [False, True]


def test_pages_that_did_not_change_lead_on_as_before(tmp_path: Path) -> None:
    def answer(request: Request) -> Answer:
        if "if-none-match" in request.headers:
            return Answer(304)
        page = linked(f"{host(request)}/repositories/1/x?page=2", "a") if "page" not in request.query else Answer.json(["b"])
        return Answer(page.status, page.body, {**page.headers, "ETag": '"1"'})

    with asking(answer, tmp_path) as (upstream, rest):
        assert list(rest.pages(PATH)) == list(rest.pages(PATH)) == ["a", "b"]
        assert ["if-none-match" in request.headers for request in upstream.requests] == [False, False, True, True]


def test_an_answer_with_personal_data_is_not_kept(tmp_path: Path) -> None:
    with asking(always(Answer.json([], headers={"ETag": '"1"'})), tmp_path) as (upstream, rest):
        for _ in range(2):
            assert list(rest.pages(PATH, personal=True)) == []
        assert ["if-none-match" in request.headers for request in upstream.requests] == [False, False]


# Pages


def test_pages_follow_the_link_as_it_is_given(tmp_path: Path) -> None:
    def answer(request: Request) -> Answer:
        if request.path == PATH:
            return linked(f"{host(request)}/repositories/1296269/contributors?anon=1&per_page=100&after=Y%2Bz", "a", "b")
        assert (request.path, request.query["after"]) == ("/repositories/1296269/contributors", ["Y+z"])
        return Answer.json(["c"])

    with asking(answer, tmp_path) as (upstream, rest):
        assert list(rest.pages(PATH, {"anon": "1"})) == ["a", "b", "c"]
        assert [request.query["anon"] for request in upstream.requests] == [["1"], ["1"]]
        assert upstream.requests[0].query["per_page"] == ["100"]


def test_no_page_is_asked_for_before_it_is_needed(tmp_path: Path) -> None:
    with asking(lambda request: linked(f"{host(request)}/next", 1, 2), tmp_path) as (upstream, rest):
        assert list(islice(rest.pages(PATH), 2)) == [1, 2]
        assert len(upstream.requests) == 1


def test_a_list_that_is_empty_has_no_entries(tmp_path: Path) -> None:
    for nothing in (Answer.json([]), Answer(204)):
        with asking(always(nothing), tmp_path) as (_, rest):
            assert list(rest.pages(PATH)) == []


@pytest.mark.parametrize(
    "url",
    [
        "https://{host}/next",
        "http://evil.example/next",
        "http://{host}.evil.example/next",
        "http://{host}@evil.example/next",
        "http://user:planted-text-of-a-person@{host}/next",
        "ftp://{host}/next",
        "//evil.example/next",
        "/next",
        "http://[planted-text-of-a-person",
        "",
    ],
)
def test_a_token_goes_to_no_other_host(url: str, tmp_path: Path) -> None:
    with asking(lambda request: linked(url.format(host=request.headers["host"])), tmp_path) as (upstream, rest):
        with pytest.raises(UpstreamError) as caught:
            list(rest.pages(PATH))
        assert len(upstream.requests) == 1
    assert caught.value.reason is Reason.MALFORMED
    assert str(caught.value) == f"GET {upstream.url}{PATH} led to a page on another host"


@pytest.mark.parametrize("link", ["", "planted", "<>", '<http://x/>; rel="prev"', ";;;,,,", '<http://x/>; title="next"'])
def test_a_header_that_names_no_next_page_ends_the_list(link: str, tmp_path: Path) -> None:
    with asking(always(Answer.json([1], headers={"Link": link})), tmp_path) as (upstream, rest):
        assert list(rest.pages(PATH)) == [1]
        assert len(upstream.requests) == 1


def test_pages_that_lead_back_end_with_an_error(tmp_path: Path) -> None:
    with asking(lambda request: linked(f"{host(request)}/next", 1), tmp_path) as (upstream, rest):
        with pytest.raises(UpstreamError) as caught:
            list(rest.pages(PATH))
        assert len(upstream.requests) == 2
    assert caught.value.reason is Reason.MALFORMED
    assert str(caught.value) == f"GET {upstream.url}{PATH} led back to a page that has been read"


def test_pages_that_never_end_end_with_an_error(tmp_path: Path) -> None:
    numbers = count()
    with asking(lambda request: linked(f"{host(request)}/next?page={next(numbers)}"), tmp_path) as (upstream, rest):
        with pytest.raises(UpstreamError) as caught:
            list(rest.pages(PATH))
        assert len(upstream.requests) == MOST_PAGES
    assert caught.value.reason is Reason.TOO_LARGE
    assert str(caught.value) == f"GET {upstream.url}{PATH} has more than the 500 pages that are read"


@pytest.mark.parametrize("said", [{"message": PLANTED}, PLANTED, None, 1])
def test_a_page_that_is_no_list_is_malformed(said: Any, tmp_path: Path) -> None:
    with asking(always(Answer.json(said)), tmp_path) as (upstream, rest), pytest.raises(UpstreamError) as caught:
        list(rest.pages(PATH))
    assert (caught.value.reason, str(caught.value)) == (Reason.MALFORMED, f"GET {upstream.url}{PATH} answered no list")


# What an answer means


def test_no_content_is_nothing(tmp_path: Path) -> None:
    with asking(always(Answer(204)), tmp_path) as (_, rest):
        assert rest.get("/a") is None


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (202, Reason.TIMEOUT),
        (401, Reason.AUTH),
        (403, Reason.AUTH),
        (404, Reason.NOT_FOUND),
        (410, Reason.NOT_FOUND),
        (422, Reason.CLIENT_ERROR),
        (451, Reason.NOT_FOUND),
        (500, Reason.SERVER_ERROR),
        (503, Reason.SERVER_ERROR),
    ],
)
def test_a_status_says_why_there_is_no_answer(status: int, reason: Reason, tmp_path: Path) -> None:
    with asking(always(Answer.json({"message": PLANTED}, status)), tmp_path) as (upstream, rest):
        for ask in (lambda: rest.get(PATH), lambda: list(rest.pages(PATH))):
            with pytest.raises(UpstreamError) as caught:
                ask()
            assert caught.value.reason is reason
            assert f"GET {upstream.url}{PATH}" in str(caught.value)
            assert PLANTED not in "".join(traceback.format_exception(caught.value))


def test_what_is_still_computed_is_said_to_be(tmp_path: Path) -> None:
    with asking(always(Answer(202)), tmp_path) as (upstream, rest):
        with pytest.raises(UpstreamError) as caught:
            rest.get("/a")
        assert len(upstream.requests) == 1
    assert str(caught.value) == f"GET {upstream.url}/a is still being computed"


@pytest.mark.parametrize("headers", [{"Retry-After": "600"}, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1769515800"}])
def test_a_403_that_asks_to_wait_is_a_limit(headers: dict[str, str], tmp_path: Path) -> None:
    refused = Answer.json({"message": "You have exceeded a limit"}, 403, headers)
    with asking(always(refused), tmp_path) as (_, rest), pytest.raises(RateLimited) as caught:
        rest.get("/a")
    assert caught.value.until == NOW + timedelta(minutes=10)


@pytest.mark.parametrize(
    ("failure", "reason", "until"),
    [
        (Answer.json({"message": PLANTED}, 404), Reason.NOT_FOUND, None),
        (Answer(200, PLANTED.encode()), Reason.MALFORMED, None),
        (Answer(202), Reason.TIMEOUT, None),
        (Answer.json({}, 429, {"Retry-After": "600"}), Reason.RATE_LIMITED, NOW + timedelta(minutes=10)),
    ],
)
def test_the_error_of_a_further_page_does_not_say_where_github_led(
    failure: Answer, reason: Reason, until: Any, tmp_path: Path
) -> None:
    def answer(request: Request) -> Answer:
        return linked(f"{host(request)}/{PLANTED}?{PLANTED}", 1) if request.path == PATH else failure

    with asking(answer, tmp_path) as (upstream, rest), pytest.raises(UpstreamError) as caught:
        list(rest.pages(PATH))
    assert str(caught.value) == f"page 2 of GET {upstream.url}{PATH} could not be had: {reason}"
    assert (caught.value.reason, getattr(caught.value, "until", None)) == (reason, until)
    assert PLANTED not in "".join(traceback.format_exception(caught.value))
    assert "planted-token" not in "".join(traceback.format_exception(caught.value))
