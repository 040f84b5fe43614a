"""What Typeform is asked, page after page, at which pace, and what becomes of its refusals."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from exporter.errors import RateLimited, Reason, UpstreamError
from exporter.sources.typeform.config import TypeformConfig
from exporter.sources.typeform.form import Form
from exporter.sources.typeform.service import GAP, MOST_PAGES, Service
from support.contract import recorded
from support.openapi import Description
from support.packages import pausing_tools
from support.tools import NOW
from support.typeform import TOKEN, FakeTypeform, configured, response
from support.upstream import Answer, Handler, Request, Upstream

DESCRIPTION = Description("typeform", TypeformConfig.model_fields["base_url"].default)
FORM = recorded("typeform", "form_good")
WEEK = timedelta(days=7)


class Asking:
    """The service of one form at an upstream; `pauses` are those that it made."""

    def __init__(self, upstream: Upstream, folder: Path, token: str = TOKEN) -> None:
        self.pauses: list[float] = []
        self._tools = pausing_tools(folder, self.pauses)
        config = configured(upstream.url, {"id": "u6nXL7", "questions": {}})
        self._service = Service(config.model_copy(update={"token": SecretStr(token)}))

    def form(self) -> Form | None:
        return self._service.form("u6nXL7", self._tools)

    def numbers(self, since: datetime = NOW - WEEK, fields: Sequence[str] = ()) -> list[int]:
        """The numbers of the responses."""
        return [int(item["response_id"], 16) for item in self._service.responses("u6nXL7", since, fields, self._tools)]


def many(number: int) -> list[Mapping[str, Any]]:
    """So many responses, a minute apart, the newest of them sent now."""
    return [response(each, NOW - timedelta(minutes=each), []) for each in range(number)]


def refused(act: Callable[[Asking], Any], handler: Handler, folder: Path, token: str = TOKEN) -> UpstreamError:
    with Upstream(handler) as upstream, pytest.raises(UpstreamError) as caught:
        act(Asking(upstream, folder, token))
    return caught.value


def small_pages(typeform: FakeTypeform) -> Handler:
    """A Typeform that gives two responses a page, whatever it is asked for."""
    return lambda request: typeform(replace(request, query={**request.query, "page_size": ["2"]}))


# Requests


def test_a_form_is_asked_for_with_the_token(tmp_path: Path) -> None:
    with Upstream(FakeTypeform(FORM)) as upstream:
        form = Asking(upstream, tmp_path).form()
        (request,) = upstream.requests
    assert form is not None
    assert (request.path, request.query) == ("/forms/u6nXL7", {})
    assert request.headers["authorization"] == f"Bearer {TOKEN}"


def test_completed_responses_are_asked_for_with_the_wanted_answers_only(tmp_path: Path) -> None:
    with Upstream(FakeTypeform(FORM, many(3))) as upstream:
        assert Asking(upstream, tmp_path).numbers(fields=["f1", "f2"]) == [0, 1, 2]
        (request,) = upstream.requests
    assert request.path == "/forms/u6nXL7/responses"
    assert request.query == {
        "page_size": ["1000"],
        "response_type": ["completed"],
        "since": ["2026-01-20T12:00:00"],
        "fields": ["f1,f2"],
    }


def test_every_request_and_every_answer_keep_to_the_description(tmp_path: Path) -> None:
    typeform = small_pages(FakeTypeform(FORM, many(3)))
    with Upstream(typeform) as upstream:
        asking = Asking(upstream, tmp_path)
        asking.form()
        asking.numbers(fields=["f1"])
        requests = upstream.requests
    assert [DESCRIPTION.request_breaches(request) for request in requests] == [[], [], []]
    assert [DESCRIPTION.answer_breaches(request.path, typeform(request)) for request in requests] == [[], [], []]
    paths = {request.path.replace("u6nXL7", "{form_id}") for request in requests}
    assert paths == recorded("typeform", "openapi")["paths"].keys()


@pytest.mark.parametrize(
    "slip",
    [
        {"headers": {}},
        {"method": "POST"},
        {"path": "/form/u6nXL7/responses"},
        {"query": {"page_size": ["1001"]}},
        {"query": {"since": ["2026-01-20"]}},
        {"query": {"since": ["2026-01-20T12:00:00Z"]}},
        {"query": {"response_type": ["finished"]}},
        {"query": {"sort": ["submitted_at,desc"]}},
    ],
)
def test_a_slip_in_a_request_breaks_the_description(slip: dict[str, Any], tmp_path: Path) -> None:
    with Upstream(FakeTypeform(FORM)) as upstream:
        Asking(upstream, tmp_path).numbers()
        (request,) = upstream.requests
    assert DESCRIPTION.request_breaches(replace(request, **slip)) != []


def test_answers_are_not_kept_because_they_hold_what_people_said(tmp_path: Path) -> None:
    answer = Answer.json(recorded("typeform", "responses_good"), headers={"ETag": '"1"'})
    with Upstream(lambda request: answer) as upstream:
        asking = Asking(upstream, tmp_path)
        for _ in range(2):
            asking.numbers()
        assert ["if-none-match" in request.headers for request in upstream.requests] == [False, False]


def test_two_requests_a_second_are_not_exceeded(tmp_path: Path) -> None:
    with Upstream(FakeTypeform(FORM, many(2500))) as upstream:
        asking = Asking(upstream, tmp_path)
        asking.form()
        asking.numbers()
        assert len(upstream.requests) == 4
    assert asking.pauses == [GAP] * 3 == [0.5] * 3


# Pages


@pytest.mark.parametrize(("number", "pages"), [(0, 1), (1, 1), (999, 1), (1000, 2), (1001, 2), (2000, 3), (2001, 3)])
def test_all_pages_are_read_and_every_response_once(number: int, pages: int, tmp_path: Path) -> None:
    with Upstream(FakeTypeform(FORM, many(number))) as upstream:
        assert Asking(upstream, tmp_path).numbers() == list(range(number))
        assert len(upstream.requests) == pages


def test_a_response_that_comes_in_between_moves_no_page(tmp_path: Path) -> None:
    typeform = FakeTypeform(FORM, many(1500))

    def handler(request: Request) -> Answer:
        answer = typeform(request)
        typeform.responses.append(response(9000 + len(typeform.responses), NOW + timedelta(minutes=1), []))
        return answer

    with Upstream(handler) as upstream:
        assert Asking(upstream, tmp_path).numbers() == list(range(1500))


def test_responses_before_the_moment_are_left_out_and_those_at_it_are_not(tmp_path: Path) -> None:
    with Upstream(FakeTypeform(FORM, many(10))) as upstream:
        assert Asking(upstream, tmp_path).numbers(NOW - timedelta(minutes=3)) == [0, 1, 2, 3]


def test_smaller_pages_than_asked_for_lose_nothing(tmp_path: Path) -> None:
    with Upstream(small_pages(FakeTypeform(FORM, many(5)))) as upstream:
        assert Asking(upstream, tmp_path).numbers() == [0, 1, 2, 3, 4]


def test_pages_that_make_no_progress_end_with_an_error(tmp_path: Path) -> None:
    typeform = FakeTypeform(FORM, many(1500))

    def handler(request: Request) -> Answer:
        return typeform(replace(request, query={name: texts for name, texts in request.query.items() if name != "before"}))

    error = refused(Asking.numbers, handler, tmp_path)
    assert (error.reason, str(error)) == (Reason.MALFORMED, "Typeform's answer holds the same responses again")


def test_pages_without_end_are_an_error(tmp_path: Path) -> None:
    asked: list[Request] = []

    def handler(request: Request) -> Answer:
        asked.append(request)
        return Answer.json({"total_items": 9, "items": [response(len(asked), NOW, [])]})

    error = refused(Asking.numbers, handler, tmp_path)
    assert (error.reason, len(asked)) == (Reason.TOO_LARGE, MOST_PAGES)


def test_a_page_without_token_leads_nowhere(tmp_path: Path) -> None:
    answer = Answer.json({"total_items": 9, "items": [{**response(1, NOW, []), "token": ""}]})
    error = refused(Asking.numbers, lambda request: answer, tmp_path)
    assert error.reason is Reason.MALFORMED


# Refusals

NO_FORM = "Typeform knows no form u6nXL7; look at its address, and mind base_url: accounts in the EU have another"
NO_TOKEN = "Typeform refuses the token; make a new one, and mind base_url: accounts in the EU have another"
NO_SCOPE = "Typeform refuses the token, or it lacks the scope responses:read, or may not see the form u6nXL7"


@pytest.mark.parametrize(
    ("name", "status", "reason", "text"),
    [
        ("unauthorized", 401, Reason.AUTH, NO_TOKEN),
        ("forbidden", 403, Reason.AUTH, NO_SCOPE),
        ("not_found", 404, Reason.NOT_FOUND, NO_FORM),
    ],
)
def test_a_refusal_says_what_to_do(name: str, status: int, reason: Reason, text: str, tmp_path: Path) -> None:
    answer = Answer.json(recorded("typeform", name), status)
    error = refused(Asking.numbers, lambda request: answer, tmp_path)
    assert (error.reason, str(error), error.status) == (reason, text, status)
    assert DESCRIPTION.answer_breaches("/forms/u6nXL7/responses", answer) == []


@pytest.mark.parametrize(("name", "status", "text"), [("unauthorized", 401, NO_TOKEN), ("not_found", 404, NO_FORM)])
def test_a_refusal_of_a_form_says_what_to_do(name: str, status: int, text: str, tmp_path: Path) -> None:
    answer = Answer.json(recorded("typeform", name), status)
    assert str(refused(Asking.form, lambda request: answer, tmp_path)) == text


def test_a_token_that_may_not_read_forms_is_no_failure(tmp_path: Path) -> None:
    with Upstream(FakeTypeform(FORM, scopes={"responses:read"})) as upstream:
        assert Asking(upstream, tmp_path).form() is None


def test_a_wrong_token_is_told_from_a_lacking_scope(tmp_path: Path) -> None:
    assert str(refused(Asking.form, FakeTypeform(FORM), tmp_path, "planted-old-token")) == NO_TOKEN


def test_a_limit_is_told_with_its_end(tmp_path: Path) -> None:
    error = refused(Asking.form, FakeTypeform(FORM, limited=9), tmp_path)
    assert isinstance(error, RateLimited)
    assert error.until == NOW + timedelta(seconds=90)
    limited = Answer.json(recorded("typeform", "limited"), 429)
    assert DESCRIPTION.answer_breaches("/forms/u6nXL7", limited) == []


@pytest.mark.parametrize("act", [Asking.form, Asking.numbers])
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(200, b"<html>\xff not { json"), Reason.MALFORMED),
        (Answer(200, b'{"total_items": 1, "items": ['), Reason.MALFORMED),
        (Answer(204), Reason.MALFORMED),
        (Answer(500), Reason.SERVER_ERROR),
        (Answer.json(recorded("typeform", "bad_request"), 400), Reason.CLIENT_ERROR),
    ],
    ids=lambda value: str(getattr(value, "status", value)),
)
def test_a_fault_is_a_failure_with_a_reason(act: Callable[[Asking], Any], answer: Answer, reason: Reason, tmp_path: Path) -> None:
    error = refused(act, lambda request: answer, tmp_path)
    assert error.reason is reason
    assert "planted" not in str(error)


def test_a_moment_is_asked_for_to_the_second(tmp_path: Path) -> None:
    moment = datetime.fromisoformat("2026-01-20T11:59:59.900+00:00")
    with Upstream(FakeTypeform(FORM)) as upstream:
        Asking(upstream, tmp_path).numbers(moment)
        (request,) = upstream.requests
    assert request.query["since"] == ["2026-01-20T11:59:59"]
