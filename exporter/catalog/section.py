"""What the mappings of a catalog are made of: their base class, and the field types that several of them share."""

from datetime import date, datetime, timedelta
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from exporter.document import parse_duration

__all__ = ["ChannelName", "Day", "Id", "Length", "NotEmpty", "Section", "Span", "Word", "require_one"]

_YEARS = range(1970, 2200)
"""Years a schedule may speak of, so that a date plus an offset never leaves the calendar."""


class Section(BaseModel):
    """A mapping of a catalog: typed, immutable, closed to unknown keys."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def require_one(section: BaseModel, *fields: str) -> None:
    """Raises ValueError unless exactly one of the fields is given."""
    given = [field for field in fields if getattr(section, field) is not None]
    if len(given) != 1:
        expected = f"{', '.join(fields[:-1])} and {fields[-1]}"
        raise ValueError(f"must have exactly one of {expected}, found {' and '.join(given) or 'none of them'}")


def _day(value: object) -> date:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        day = None
    if not isinstance(day, date) or isinstance(day, datetime):
        raise ValueError("must be a date such as 2026-01-15")
    if day.year not in _YEARS:
        raise ValueError(f"must be a date between {_YEARS[0]} and {_YEARS[-1]}")
    return day


def _filled(items: tuple[object, ...]) -> tuple[object, ...]:
    if not items:
        raise ValueError("must not be empty")
    return items


def _positive(length: timedelta) -> timedelta:
    if not length:
        raise ValueError("must be longer than 0s")
    return length


NotEmpty = AfterValidator(_filled)
"""Refuses an empty list. A least length would also refuse a list of which pydantic has dropped the entries that are wrong."""
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=128)]
"""The name of a metric or of a label."""
ChannelName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=64)]
Day = Annotated[date, BeforeValidator(_day)]
Length = Annotated[timedelta, BeforeValidator(parse_duration)]
"""A length of time, written as in Prometheus."""
Span = Annotated[timedelta, BeforeValidator(parse_duration), AfterValidator(_positive)]
"""A length of time that is not zero."""
