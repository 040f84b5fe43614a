"""What Typeform is asked, and at which pace."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from exporter.errors import Reason, UpstreamError
from exporter.sources.base import Tools
from exporter.sources.typeform.config import TypeformConfig
from exporter.sources.typeform.form import Form, malformed, read_form
from exporter.sources.typeform.page import SIZE, Page, read_page

__all__ = ["GAP", "MOST_PAGES", "Service"]

GAP = 0.5
"""Least seconds between two requests: Typeform takes two a second."""
MOST_PAGES = 50
"""Pages after which a form is too large; a survey of people does not come near."""


class Service:
    """Asks Typeform with the token of the configuration, and says what to do where it refuses."""

    def __init__(self, config: TypeformConfig) -> None:
        self._base_url = config.base_url
        self._headers = {"Authorization": f"Bearer {config.token.get_secret_value()}"}
        self._asked = False

    def form(self, form_id: str, tools: Tools) -> Form | None:
        """What the form says of its questions; None where the token may not read it. Raises UpstreamError."""
        try:
            return read_form(self._get(f"/forms/{form_id}", {}, tools), form_id)
        except UpstreamError as error:
            if error.status == 403:
                return None
            raise _refusal(error, form_id) from None

    def responses(self, form_id: str, since: datetime, fields: Sequence[str], tools: Tools) -> Iterator[Mapping[str, Any]]:
        """The completed responses that were sent since then, as they came, the newest first.

        Only answers to the questions with the ids `fields` come along, where some are given. Raises UpstreamError, also where
        the pages do not come to an end.
        """
        asked: list[str] = []
        while len(asked) < MOST_PAGES:
            page = self.page(form_id, since, fields, tools, before=asked[-1] if asked else None)
            yield from page.items
            if page.last:
                return
            if page.token in asked:
                raise malformed("the same responses again")
            asked.append(page.token)
        raise UpstreamError(Reason.TOO_LARGE, f"the form {form_id} has more than {MOST_PAGES * SIZE} responses in a quarter")

    def page(
        self, form_id: str, since: datetime, fields: Sequence[str], tools: Tools, *, before: str | None = None, size: int = SIZE
    ) -> Page:
        """Up to `size` responses, those before the token `before` where it is given; for the rest as `responses`."""
        params = {"page_size": str(size), "response_type": "completed", "since": since.strftime("%Y-%m-%dT%H:%M:%S")}
        if before is not None:
            params["before"] = before
        if fields:
            params["fields"] = ",".join(fields)
        try:
            return read_page(self._get(f"/forms/{form_id}/responses", params, tools), size)
        except UpstreamError as error:
            raise _refusal(error, form_id) from None

    def _get(self, path: str, params: Mapping[str, str], tools: Tools) -> Any:
        if self._asked:
            tools.pause(GAP)
        self._asked = True
        # Answers hold what people said: they are never kept.
        answer = tools.client.get(self._base_url + path, params=params, headers=self._headers, conditional=False)
        return answer.json()


def _refusal(error: UpstreamError, form_id: str) -> UpstreamError:
    """The error, said so that an operator knows what to do where Typeform refuses."""
    texts = {
        401: "Typeform refuses the token; make a new one, and mind base_url: accounts in the EU have another",
        403: f"Typeform refuses the token, or it lacks the scope responses:read, or may not see the form {form_id}",
        404: f"Typeform knows no form {form_id}; look at its address, and mind base_url: accounts in the EU have another",
    }
    if error.status not in texts:
        return error
    return UpstreamError(error.reason, texts[error.status], error.status)
