"""What Google is asked for, page by page, and what is told where it does not answer well."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given

from exporter.errors import RateLimited, Reason, UpstreamError
from exporter.sources.google_forms.service import LARGEST_PAGE, MOST_PAGES, Page, Service, read_page
from support.contract import anything, fixtures, gone_wrong, outcome, recorded
from support.google_forms import DISCOVERY, response
from support.tools import NOW
from support.upstream import Answer, Request

FORM, SINCE = "1exampleForm", NOW - timedelta(days=90)
ASKED = Request("GET", f"/v1/forms/{FORM}/responses", {}, {}, b"")


def sent(days_ago: int, number: int | None = None) -> dict[str, Any]:
    return response(days_ago if number is None else number, NOW - timedelta(days=days_ago), {"a1": "9"})


def ids(reader: Any, since: datetime = SINCE) -> list[str]:
    service: Service = reader.source._service
    return [submission.response_id for submission in service.responses(FORM, since, reader.tools)]


def failure(reader: Any) -> UpstreamError:
    with pytest.raises(UpstreamError) as caught:
        ids(reader)
    assert "planted" not in str(caught.value).lower()
    return caught.value


def test_responses_are_asked_for_since_a_moment_in_the_form_that_google_reads(reading: Any) -> None:
    with reading(sent(91), sent(90), sent(3)) as reader:
        assert ids(reader) == ["planted-response-90", "planted-response-3"]
        request = reader.asked()[-1]
    assert request.query["filter"] == ["timestamp >= 2025-10-29T12:00:00Z"]
    assert request.query["pageSize"] == [str(LARGEST_PAGE)]


def test_neither_addresses_of_respondents_nor_titles_are_asked_for(reading: Any) -> None:
    with reading(sent(3)) as reader:
        ids(reader)
        reader.source._service.form(FORM, reader.tools)
        asked = [request.query["fields"][0] for request in reader.asked() if "fields" in request.query]
    assert len(asked) == 2
    assert not any(word in fields for fields in asked for word in ("respondentEmail", "title", "info", "*"))


def test_pages_are_followed_to_the_last(reading: Any) -> None:
    with reading(*(sent(day) for day in range(1, 8))) as reader:
        reader.google.largest_page = 3
        assert len(ids(reader)) == 7
        pages = [request.query.get("pageToken") for request in reader.asked() if request.path.endswith("/responses")]
    assert len(pages) == 3
    assert pages[0] is None


def test_every_page_is_asked_for_with_the_same_filter(reading: Any) -> None:
    with reading(*(sent(day) for day in range(1, 8))) as reader:
        reader.google.largest_page = 2
        ids(reader)
        filters = {request.query["filter"][0] for request in reader.asked() if request.path.endswith("/responses")}
    assert len(filters) == 1


def test_a_form_that_nobody_answered_has_no_responses(reading: Any) -> None:
    with reading() as reader:
        assert ids(reader) == []


@pytest.mark.parametrize("tokens", [["again", "again"], ["one", "two", "one"]])
def test_a_page_that_comes_again_ends_with_an_error(tokens: list[str], reading: Any) -> None:
    with reading() as reader:
        ids(reader)
        pages = iter(tokens)
        reader.upstream.handler = lambda request: Answer.json({"nextPageToken": next(pages)})
        error = failure(reader)
    assert (error.reason, str(error)) == (Reason.MALFORMED, "Google gives the same page of responses again and again")


def test_pages_without_end_end_with_an_error(reading: Any) -> None:
    with reading() as reader:
        ids(reader)
        count = iter(range(10**6))
        reader.upstream.handler = lambda request: Answer.json({"nextPageToken": str(next(count))})
        error = failure(reader)
    assert (error.reason, next(count)) == (Reason.TOO_LARGE, MOST_PAGES)


def test_a_token_that_ended_early_is_renewed_in_the_middle(reading: Any) -> None:
    with reading(sent(3)) as reader:
        ids(reader)
        reader.google.tokens.clear()
        reader.asked()
        assert ids(reader) == ["planted-response-3"]
        assert [request.path for request in reader.asked()] == [ASKED.path, "/token", ASKED.path]


def test_answers_are_not_kept_because_they_hold_what_people_wrote(reading: Any) -> None:
    with reading() as reader:
        ids(reader)
        reader.upstream.fault = Answer.json({}, headers={"ETag": '"1"'})
        for _ in range(2):
            ids(reader)
        assert not any("if-none-match" in request.headers for request in reader.asked())


@pytest.mark.parametrize(
    ("status", "reason", "text"),
    [
        (
            401,
            Reason.AUTH,
            "Google refuses the token of the service account: the account or its key may have been disabled or deleted",
        ),
        (
            403,
            Reason.AUTH,
            "the service account may not read the form: share the form with it, and enable the Google Forms API in its project",
        ),
        (404, Reason.NOT_FOUND, "Google knows no form of this id: take the id in the address of the form's editor"),
    ],
)
def test_a_refusal_says_what_to_do(status: int, reason: Reason, text: str, reading: Any) -> None:
    with reading() as reader:
        ids(reader)
        reader.upstream.handler = lambda request: (
            reader.google(request) if request.path == "/token" else Answer.json({"error": {"message": "planted"}}, status)
        )
        error = failure(reader)
    assert (error.reason, str(error)) == (reason, text)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Answer(400, b'{"error": {"message": "planted"}}'), Reason.CLIENT_ERROR),
        (Answer(500, b"planted"), Reason.SERVER_ERROR),
        (Answer(503), Reason.SERVER_ERROR),
        (Answer(302, headers={"Location": "https://planted.example.org/"}), Reason.REDIRECT),
        ("garbage", Reason.MALFORMED),
        ("half", Reason.CONNECTION),
        ("drop", Reason.CONNECTION),
        ("hang", Reason.TIMEOUT),
    ],
)
def test_whatever_goes_wrong_is_told_with_its_reason(fault: Any, reason: Reason, reading: Any) -> None:
    with reading(sent(3)) as reader:
        ids(reader)
        reader.upstream.fault = fault
        assert failure(reader).reason is reason


def test_a_quota_that_is_spent_is_told_with_its_end(reading: Any) -> None:
    exhausted = {"error": {"code": 429, "message": "planted", "status": "RESOURCE_EXHAUSTED"}}
    with reading() as reader:
        ids(reader)
        reader.upstream.fault = Answer.json(exhausted, 429)
        error = failure(reader)
        reader.asked()
        again = failure(reader)
        assert reader.asked() == []
    assert isinstance(error, RateLimited)
    assert isinstance(again, RateLimited)
    assert error.until == NOW + timedelta(minutes=1)


# Pages


def test_good_pages_are_read() -> None:
    page = read_page(recorded("google_forms", "responses_good"))
    assert [len(submission.answers) for submission in page.responses] == [3, 2, 2, 0]
    assert page.responses[0].texts("0c0c0c0c") == ["Planted Gin", "planted own framework"]
    assert page.responses[2].texts("6b6b6b6b") == []
    assert f"{page.responses[2].last_submitted_time:%d %H:%M:%S.%f %Z}" == "23 10:00:00.123456 UTC"


def test_an_empty_form_answers_with_an_empty_object() -> None:
    assert read_page(recorded("google_forms", "responses_empty")) == Page()


def test_good_and_empty_pages_keep_to_the_description() -> None:
    kinds = ("good", "empty")
    assert [DISCOVERY.answer_breaches(ASKED, recorded("google_forms", f"responses_{kind}")) for kind in kinds] == [[], []]


@pytest.mark.parametrize("answer", fixtures("google_forms", "responses_malformed"))
def test_malformed_pages_break_the_description(answer: Any) -> None:
    assert DISCOVERY.answer_breaches(ASKED, answer) != []


@pytest.mark.parametrize("answer", fixtures("google_forms", "responses_impossible"))
def test_impossible_pages_keep_to_the_description(answer: Any) -> None:
    assert DISCOVERY.answer_breaches(ASKED, answer) == []


@pytest.mark.parametrize(
    "answer", fixtures("google_forms", "responses_malformed") + fixtures("google_forms", "responses_impossible")
)
def test_malformed_and_impossible_pages_are_refused_as_a_whole(answer: Any) -> None:
    with pytest.raises(UpstreamError) as caught:
        read_page(answer)
    assert caught.value.reason is Reason.MALFORMED
    assert "planted" not in str(caught.value).lower()
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


@given(gone_wrong(recorded("google_forms", "responses_good")) | anything)
def test_whatever_comes_is_a_page_or_malformed(answer: Any) -> None:
    made = outcome(read_page, answer)
    assert made is Reason.MALFORMED or all(submission.last_submitted_time.tzinfo for submission in made.responses)
