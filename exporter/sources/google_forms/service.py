"""The Google Forms API: a form's questions, and the responses that were sent since a moment."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError

from exporter.errors import RateLimited, Reason, UpstreamError
from exporter.http import Response
from exporter.sources.base import Tools
from exporter.sources.google_forms.account import Account
from exporter.sources.google_forms.form import FIELDS as FORM_FIELDS
from exporter.sources.google_forms.form import Message, Offered, read_form

__all__ = ["LARGEST_PAGE", "MOST_PAGES", "Page", "Service", "Submission", "read_page"]

LARGEST_PAGE = 1_000
"""Responses asked for at once. Google gives up to 5,000, but with long texts in them these would be too large to read."""
MOST_PAGES = 500
RESPONSE_FIELDS = "nextPageToken,responses(responseId,lastSubmittedTime,answers)"
"""What is asked for of responses: no e-mail address of a respondent."""

_UNAUTHORISED = 401
_REFUSED = "Google refuses the token of the service account: the account or its key may have been disabled or deleted"
_REMEDIES = {
    _UNAUTHORISED: (Reason.AUTH, _REFUSED),
    403: (
        Reason.AUTH,
        "the service account may not read the form: share the form with it, and enable the Google Forms API in its project",
    ),
    404: (Reason.NOT_FOUND, "Google knows no form of this id: take the id in the address of the form's editor"),
}


def _moment(text: Any) -> datetime:
    """A moment with its zone; more digits of a second than Python keeps are cut off."""
    if not isinstance(text, str):
        raise ValueError("no text")
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("no zone")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("no moment of the calendar in UTC") from None


Moment = Annotated[datetime, BeforeValidator(_moment)]


class _Text(Message):
    value: str = Field("", repr=False)


class _Texts(Message):
    answers: list[_Text] = Field(default_factory=list)


class _Answer(Message):
    text_answers: _Texts | None = None


class Submission(Message):
    """A response as Google tells it; whoever edits one sends it again."""

    response_id: Annotated[str, Field(min_length=1)]
    last_submitted_time: Moment
    answers: dict[str, _Answer] = Field(default_factory=dict)

    def texts(self, question_id: str) -> list[str]:
        """What was answered to a question: a text, the number on a scale, or the options that were chosen."""
        answer = self.answers.get(question_id)
        return [text.value for text in answer.text_answers.answers] if answer and answer.text_answers else []


class Page(Message):
    """Some of the responses, and how to ask for the next ones."""

    responses: list[Submission] = Field(default_factory=list)
    next_page_token: str = ""


class Service:
    """Google's side of it: asked at `base_url`, as an account."""

    def __init__(self, base_url: str, account: Account) -> None:
        self._base_url = base_url
        self._account = account

    def token(self, tools: Tools) -> None:
        """Makes sure that the account has a token; raises UpstreamError where it gets none."""
        self._account.auth(tools.client, tools.clock())

    def form(self, form_id: str, tools: Tools) -> Mapping[str, Offered]:
        """The questions of a form, by id. Raises UpstreamError, saying what to do where that is known."""
        return read_form(self._get(f"/v1/forms/{form_id}", {"fields": FORM_FIELDS}, tools).json())

    def responses(self, form_id: str, since: datetime, tools: Tools) -> Iterator[Submission]:
        """The responses that were sent, or edited, at a moment or after it. Raises UpstreamError as `form` does."""
        params = {
            "fields": RESPONSE_FIELDS,
            "filter": f"timestamp >= {since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "pageSize": str(LARGEST_PAGE),
            "prettyPrint": "false",
        }
        seen: set[str] = set()
        for _ in range(MOST_PAGES):
            page = read_page(self._get(f"/v1/forms/{form_id}/responses", params, tools).json())
            yield from page.responses
            if not page.next_page_token:
                return
            if page.next_page_token in seen:
                raise UpstreamError(Reason.MALFORMED, "Google gives the same page of responses again and again")
            seen.add(page.next_page_token)
            params["pageToken"] = page.next_page_token
        raise UpstreamError(Reason.TOO_LARGE, f"the form has more responses than {MOST_PAGES} pages hold")

    def _get(self, path: str, params: Mapping[str, str], tools: Tools) -> Response:
        """An answer; a token that was refused is renewed once, for it may have ended early."""
        try:
            return self._sent(path, params, tools)
        except UpstreamError as error:
            if error.status != _UNAUTHORISED:
                raise
        self._account.renew()
        return self._sent(path, params, tools)

    def _sent(self, path: str, params: Mapping[str, str], tools: Tools) -> Response:
        auth = self._account.auth(tools.client, tools.clock())
        try:
            # Answers hold what people wrote: they are never kept.
            return tools.client.get(self._base_url + path, params=params, auth=auth, conditional=False)
        except UpstreamError as error:
            raise _told(error) from None


def read_page(answer: Any) -> Page:
    """A page of responses; raises UpstreamError(MALFORMED) for anything else."""
    with suppress(ValidationError):
        return Page.model_validate(answer)
    raise UpstreamError(Reason.MALFORMED, "Google's answer is not what its API promises of responses")


def _told(error: UpstreamError) -> UpstreamError:
    """The error in words that say what an operator can do, where that is known."""
    if isinstance(error, RateLimited) or error.status not in _REMEDIES:
        return error
    return UpstreamError(*_REMEDIES[error.status], error.status)
