"""What the columns of a table in SQLite hold, which no declaration tells."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, func, or_, select, true

from exporter.sources.telemetry.tables import Kind
from exporter.sources.telemetry.warehouse.condition import Condition
from exporter.sources.telemetry.warehouse.moments import Moments, Numbers, Texts
from exporter.sources.telemetry.warehouse.reader import Reader

__all__ = ["moments_of", "unfit"]

_SCALES = {1: 10**11, 1_000: 10**14, 1_000_000: 10**18}
"""Units a second, and the number from which on it must be a finer one: it would be a moment after the year 5000."""
_LOOKED_AT = 1_000
"""Rows, the newest ones, among which those are that a column is judged by."""

_TYPES: Mapping[Kind, tuple[str, tuple[str, ...]]] = {
    Kind.WORD: ("texts", ("text",)),
    Kind.FLAG: ("0 and 1", ("integer", "real")),
    Kind.NUMBER: ("numbers", ("integer", "real")),
}


def moments_of(reader: Reader, stamp: ColumnElement[Any]) -> Moments | None:
    """How a column stores moments, None where it holds none, or several kinds of them; raises UpstreamError.

    One of milliseconds where it is empty, as the shipped tables have it.
    """
    # Numbers come before texts in SQLite's order, and texts before anything else.
    ((first, last),) = reader.rows(select(func.min(stamp), func.max(stamp)))
    if first is None:
        return Numbers(1_000)
    if isinstance(first, str) and isinstance(last, str):
        any_moment = select(Texts().seconds(stamp)).where(Texts().seconds(stamp).is_not(None)).limit(1)
        return Texts() if reader.rows(any_moment) else None
    if isinstance(first, int | float) and isinstance(last, int | float):
        return Numbers(_scale(first) if _scale(first) == _scale(last) else _most_common_scale(reader, stamp))
    return None


def _scale(number: float) -> int:
    return next((scale for scale, limit in _SCALES.items() if number < limit), 1_000_000)


def _most_common_scale(reader: Reader, stamp: ColumnElement[Any]) -> int:
    """The unit of most numbers; one clock that went wrong must not turn all the others into another century."""
    limits = list(_SCALES.values())
    (counts,) = reader.rows(
        select(
            func.count().filter(stamp < limits[0]),
            func.count().filter(and_(stamp >= limits[0], stamp < limits[1])),
            func.count().filter(stamp >= limits[1]),
        )
    )
    return max(zip(counts, _SCALES, strict=True))[1]


def unfit(
    reader: Reader, rows: FromClause, stamp: str, columns: Mapping[str, tuple[Kind, str]], conditions: Sequence[Condition]
) -> Iterator[tuple[str, str]]:
    """The columns of which the newest rows hold nothing that they should, by the given names, each with what they should hold.

    Only rows that count are looked at. Single values that are wrong are the business of whoever counts. Raises UpstreamError.
    """
    judged = {name: (kind, column) for name, (kind, column) in columns.items() if kind in _TYPES}
    if not judged:
        return
    newest = select(rows).order_by(rows.c[stamp].desc()).limit(_LOOKED_AT).subquery()
    right = [func.count().filter(_fits(kind, newest.c[column])) for kind, column in judged.values()]
    given = [func.count(newest.c[column]) for _, column in judged.values()]
    counted = and_(true(), *(condition.holds(newest) for condition in conditions))
    (row,) = reader.rows(select(*right, *given).where(counted))
    for index, (name, (kind, _)) in enumerate(judged.items()):
        if row[len(judged) + index] and not row[index]:
            yield name, _TYPES[kind][0]


def _fits(kind: Kind, column: ColumnElement[Any]) -> ColumnElement[bool]:
    right = func.typeof(column).in_(_TYPES[kind][1])
    return and_(right, or_(column == 0, column == 1)) if kind is Kind.FLAG else right
