"""What an answer of GitHub is made of: values checked for presence, type and range before anything is made of them."""

from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any, ClassVar, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from exporter.errors import Reason, UpstreamError

__all__ = ["Answer", "Count", "Moment", "PageInfo", "Quota", "Total", "read"]

Model = TypeVar("Model", bound=BaseModel)

LARGEST = 2**53
"""Counts up to here are exact as numbers of JSON and of Prometheus."""


def _moment(text: Any) -> datetime:
    """GitHub's DateTime; pydantic's own reading of dates also takes numbers."""
    if not isinstance(text, str):
        raise ValueError("not a text")
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("not a moment without its zone")
    return moment


Count = Annotated[int, Field(ge=0, le=LARGEST)]
Moment = Annotated[datetime, BeforeValidator(_moment)]


class Answer(BaseModel):
    """A part of an answer: types are never converted, and fields have GitHub's names."""

    model_config: ClassVar[ConfigDict] = ConfigDict(strict=True, frozen=True, alias_generator=to_camel)


class Quota(Answer):
    """The quota of the token: `remaining` of `limit` points until `reset_at`, after a query that took `cost`."""

    cost: Count
    limit: Count
    remaining: Count
    reset_at: Moment


class Total(Answer):
    """A connection of which only the length was asked for."""

    total_count: Count


class PageInfo(Answer):
    """Where the next page starts, if there is one."""

    has_next_page: bool
    end_cursor: str | None

    @model_validator(mode="after")
    def _a_start(self) -> Self:
        if self.has_next_page and not self.end_cursor:
            raise ValueError("a further page that starts nowhere")
        return self

    @property
    def next_cursor(self) -> str | None:
        """The cursor of the next page; None on the last one."""
        return self.end_cursor if self.has_next_page else None


def read(model: type[Model], data: Any) -> Model:
    """What `data` says; raises UpstreamError(MALFORMED) where it is not what the schema promises."""
    with suppress(ValidationError):
        return model.model_validate(data)
    raise UpstreamError(Reason.MALFORMED, "GitHub answered what does not fit its schema")
