"""One page of responses, as it came."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from exporter.sources.typeform.form import malformed

__all__ = ["SIZE", "Page", "read_page"]

SIZE = 1000
"""Responses of a page; more the API does not give."""


@dataclass(frozen=True, slots=True)
class Page:
    """Responses, the newest first; `last` says that there are no older ones."""

    items: tuple[Mapping[str, Any], ...] = field(repr=False)
    last: bool

    @property
    def token(self) -> str:
        """What the next page is asked for with; raises UpstreamError(MALFORMED) where the oldest response has none."""
        token = self.items[-1].get("token") if self.items else None
        if not isinstance(token, str) or not token:
            raise malformed("a response without the token that the next page is asked for with")
        return token


def read_page(answer: Any, size: int = SIZE) -> Page:
    """The responses out of an answer to a question for so many; raises UpstreamError(MALFORMED) for anything else."""
    if not isinstance(answer, dict):
        raise malformed("something else where responses should be")
    items, total = answer.get("items"), answer.get("total_items")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise malformed("something else where responses should be")
    if type(total) is not int or total < len(items):
        raise malformed("no usable count of the responses")
    # A page that is not full is the last one only if the count says so too: the size of pages is Typeform's to change.
    return Page(tuple(items), not items or (len(items) < size and total == len(items)))
