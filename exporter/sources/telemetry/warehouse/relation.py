"""A table of events as one warehouse has it, under the names of this source."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, true

from exporter.sources.telemetry.warehouse.condition import Condition
from exporter.sources.telemetry.warehouse.moments import Moments

__all__ = ["Relation"]

Form = Callable[[ColumnElement[Any]], ColumnElement[Any]]


@dataclass(frozen=True)
class Relation:
    """One table of events: its rows, and its columns by the names in `exporter.sources.telemetry.tables`.

    `rows` stands in FROM. Only those that `counted` holds for are events of this table; `between`, `before` and `since` ask for
    it too. A flag is a boolean and a word a text, however the warehouse stores them.
    """

    table: str
    rows: FromClause
    names: Mapping[str, str]
    """What the warehouse calls the columns that it has."""
    forms: Mapping[str, Form]
    """How each of them is read."""
    conditions: Sequence[Condition]
    moments: Moments

    def has(self, *columns: str) -> bool:
        """Whether the warehouse has all these columns."""
        return all(column in self.names for column in columns)

    def __getitem__(self, column: str) -> ColumnElement[Any]:
        return self.forms[column](self.rows.c[self.names[column]])

    def another(self) -> "Relation":
        """The same table once more, to be compared with itself."""
        return replace(self, rows=self.rows.alias())

    @property
    def counted(self) -> ColumnElement[bool]:
        """Whether a row is an event of this table at all."""
        return and_(true(), *(condition.holds(self.rows) for condition in self.conditions))

    @property
    def seconds(self) -> ColumnElement[float]:
        """When the event happened, in seconds since 1970."""
        return self.moments.seconds(self["timestamp"])

    @property
    def first(self) -> ColumnElement[float]:
        """When the first of a group of events happened, in seconds since 1970."""
        return self.moments.first(self["timestamp"])

    def between(self, start: datetime, end: datetime) -> ColumnElement[bool]:
        """Whether a row is an event that happened from `start` to just before `end`."""
        return and_(self.moments.since(self["timestamp"], start), self.before(end))

    def before(self, end: datetime) -> ColumnElement[bool]:
        """Whether a row is an event that happened before `end`."""
        return and_(self.moments.before(self["timestamp"], end), self.counted)

    def since(self, start: datetime) -> ColumnElement[bool]:
        """Whether a row is an event that happened at `start` or later."""
        return and_(self.moments.since(self["timestamp"], start), self.counted)
