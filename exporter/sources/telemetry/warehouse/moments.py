"""How moments are stored, and how they are compared without keeping the database from using its indexes."""

from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    DateTime,
    Double,
    Float,
    Integer,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    type_coerce,
)

__all__ = ["Moments", "Numbers", "Plain", "Texts", "Zoned", "microseconds"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_A_SECOND = 1_000_000
"""Microseconds."""


class Moments(ABC):
    """How one column stores moments. Every moment given has a zone."""

    @abstractmethod
    def since(self, column: ColumnElement[Any], start: datetime) -> ColumnElement[bool]:
        """Whether the column's moment is `start` or later."""

    @abstractmethod
    def before(self, column: ColumnElement[Any], end: datetime) -> ColumnElement[bool]:
        """Whether the column's moment is earlier than `end`."""

    @abstractmethod
    def seconds(self, column: ColumnElement[Any]) -> ColumnElement[float]:
        """The column's moment in seconds since 1970, with their fractions."""

    def first(self, column: ColumnElement[Any]) -> ColumnElement[float]:
        """The earliest of a group's moments in seconds since 1970; an index gives it where the order of the column is theirs."""
        return self.seconds(func.min(column))


class Zoned(Moments):
    """`timestamp with time zone` of PostgreSQL."""

    def since(self, column: ColumnElement[Any], start: datetime) -> ColumnElement[bool]:
        return column >= self._bound(start)

    def before(self, column: ColumnElement[Any], end: datetime) -> ColumnElement[bool]:
        return column < self._bound(end)

    def seconds(self, column: ColumnElement[Any]) -> ColumnElement[float]:
        return cast(func.date_part("epoch", column), Float)

    def _bound(self, moment: datetime) -> ColumnElement[datetime]:
        return bindparam(None, moment, type_=DateTime(timezone=True))


class Plain(Zoned):
    """`timestamp without time zone` of PostgreSQL, which is UTC."""

    def _bound(self, moment: datetime) -> ColumnElement[datetime]:
        return bindparam(None, moment.astimezone(UTC).replace(tzinfo=None), type_=DateTime(timezone=False))


class Numbers(Moments):
    """Numbers since 1970 in SQLite, so many a second: seconds, milliseconds or microseconds, whole or with fractions."""

    def __init__(self, a_second: int) -> None:
        self._a_second = a_second

    def since(self, column: ColumnElement[Any], start: datetime) -> ColumnElement[bool]:
        return column >= self._bound(start)

    def before(self, column: ColumnElement[Any], end: datetime) -> ColumnElement[bool]:
        return column < self._bound(end)

    def seconds(self, column: ColumnElement[Any]) -> ColumnElement[float]:
        return type_coerce(cast(column, Float) / float(self._a_second), Double)

    def _bound(self, moment: datetime) -> ColumnElement[float]:
        # Whole numbers divided once: the result is the float that a program writes down for this moment.
        return literal(microseconds(moment) / (_A_SECOND // self._a_second), Float)


class Texts(Moments):
    """ISO 8601 in SQLite, with or without a zone, with a T or a space; without a zone it is UTC.

    Texts with different zones are not in the order of their moments, unless these are two days apart. So an index narrows the
    search, and only near the end of a window the moments themselves decide, to the microsecond.
    """

    def since(self, column: ColumnElement[Any], start: datetime) -> ColumnElement[bool]:
        surely = column >= _days_from(start, 2)
        decided = or_(surely, _moment(column) >= literal(microseconds(start)))
        return and_(column >= _days_from(start, -1), _wordless(column), decided)

    def before(self, column: ColumnElement[Any], end: datetime) -> ColumnElement[bool]:
        surely = column < _days_from(end, -1)
        decided = or_(surely, _moment(column) < literal(microseconds(end)))
        return and_(column < _days_from(end, 2), _wordless(column), decided)

    def seconds(self, column: ColumnElement[Any]) -> ColumnElement[float]:
        return type_coerce(_moment(column) / float(_A_SECOND), Double)

    def first(self, column: ColumnElement[Any]) -> ColumnElement[float]:
        return func.min(self.seconds(column))


def microseconds(moment: datetime) -> int:
    """A moment in microseconds since 1970, exactly."""
    return (moment - _EPOCH) // _MICROSECOND


def _moment(column: ColumnElement[Any]) -> ColumnElement[int]:
    """The moment that a text tells in microseconds since 1970; NULL where it tells none, or has a zone by name.

    SQLite's own functions reckon in milliseconds, and round or cut off by version. So they are given the minute and the zone
    only, which are the first 16 characters and the last ones.
    """
    minute = func.strftime("%s", func.substr(column, 1, 16, type_=Text).concat(_zone(column)))
    # A number ends where the zone begins.
    given = cast(func.round(cast(func.substr(column, 18), Float) * _A_SECOND), Integer)
    second = case((func.substr(column, 17, 1) == ":", given), else_=0)
    return case((_wordless(column), cast(minute, Integer) * _A_SECOND + second))


def _wordless(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a text holds nothing that a moment cannot hold, such as the name of a zone, which SQLite would overlook."""
    return column.op("NOT GLOB", return_type=Boolean())("*[^0-9T .:+Z-]*")


def _zone(column: ColumnElement[Any]) -> ColumnElement[str]:
    """The end of a text as an offset from UTC that SQLite understands: out of +02:00, +0200 or +02, and nothing for UTC."""

    def signed(length: int) -> ColumnElement[bool]:
        return func.substr(column, -length, 1).in_(("+", "-"))

    return case(
        (func.length(column) <= 16, ""),
        (and_(signed(6), func.substr(column, -3, 1) == ":"), _tail(column, -6)),
        (signed(5), func.substr(column, -5, 3, type_=Text).concat(":").concat(_tail(column, -2))),
        (signed(3), _tail(column, -3).concat(":00")),
        else_="",
    )


def _tail(column: ColumnElement[Any], start: int) -> ColumnElement[str]:
    return func.substr(column, start, type_=Text)


def _days_from(moment: datetime, days: int) -> ColumnElement[str]:
    """The text of a day so many days after a moment's."""
    return literal((moment.astimezone(UTC).date() + timedelta(days=days)).isoformat())
