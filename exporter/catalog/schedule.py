"""What is to be reached by when: dates of the schedule, targets, baselines."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Self

from pydantic import BeforeValidator, TypeAdapter, ValidationError, model_validator

from exporter.catalog.section import Day, Section, Span, require_one
from exporter.document import parse_duration

__all__ = ["Baseline", "Due", "Target"]

_AFTER_LAUNCH = re.compile(r"(\S+) after launch")
_LATEST = timedelta(days=36_500)
_DAY = TypeAdapter(Day)


class Due(Section):
    """A date of the schedule: fixed, or a number of days after launch."""

    fixed: date | None = None
    after_launch: timedelta | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        require_one(self, "fixed", "after_launch")
        return self

    def on(self, launch: date) -> date:
        """The calendar day meant, for a project that launched on `launch`."""
        if self.fixed is not None:
            return self.fixed
        assert self.after_launch is not None
        return launch + self.after_launch


def _due(value: object) -> Due:
    if isinstance(value, Due):
        return value
    if isinstance(value, str) and (match := _AFTER_LAUNCH.fullmatch(value)):
        length = parse_duration(match[1])
        if length % timedelta(days=1):
            raise ValueError("must count whole days after launch")
        if length > _LATEST:
            raise ValueError(f"must be at most {_LATEST.days}d after launch")
        return Due(after_launch=length)
    try:
        return Due(fixed=_DAY.validate_python(value))
    except ValidationError:
        raise ValueError("must be a date such as 2026-01-21, or such as 7d after launch") from None


class Target(Section):
    """A value to reach, by the end of a day (UTC) or, without `by`, at all times.

    `window` is given where the target is for another window than the KPI's own; the KPI then has a segment called like it.
    """

    by: Annotated[Due, BeforeValidator(_due)] | None = None
    at_least: float | None = None
    at_most: float | None = None
    window: Span | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _one_bound(self) -> Self:
        require_one(self, "at_least", "at_most")
        return self

    @property
    def number(self) -> float:
        """The bound itself, in the unit of the KPI."""
        bound = self.at_least if self.at_least is not None else self.at_most
        assert bound is not None
        return bound

    def met_by(self, value: float) -> bool:
        """Whether a value reaches the target; the bound itself does."""
        return value >= self.number if self.at_least is not None else value <= self.number

    def deadline(self, launch: date) -> datetime | None:
        """The last second of the day of the target (UTC), None for a standing one."""
        if self.by is None:
            return None
        day = self.by.on(launch)
        return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=UTC)


class Baseline(Section):
    """Where a KPI stood when the schedule began."""

    at: Annotated[Due, BeforeValidator(_due)]
    value: float
