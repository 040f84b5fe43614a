"""One event as a client sends it, judged by the tables of events: each table says which fields it has and what they hold."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from exporter.receiver import values
from exporter.receiver.values import Unfit
from exporter.sources.telemetry.tables import TABLES, Column, Kind, Table
from exporter.sources.telemetry.words import may_leave

__all__ = ["Event", "Judge", "Refusal"]

_WHOLE: Mapping[str, tuple[int, int]] = {"rating": (1, 5), "retries": (0, 1_000)}
_MOST = 10**12
"""Every other number has this bound: thirty years in milliseconds, a petabyte in kilobytes."""

_Check = Callable[[Any, datetime], Any]


@dataclass(frozen=True, slots=True)
class Event:
    """A valid event: its table, and its row by column; moments have a zone, `event_id` is a UUID, users have their pseudonym."""

    table: str
    row: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an event is not taken: its field, "" where it is no single one that the receiver knows, and the end of a sentence."""

    field: str
    problem: str


@dataclass(frozen=True, slots=True)
class _Field:
    check: _Check
    required: bool


class Judge:
    """Tells valid events from others; `pseudonym` makes of a user id the one that is stored."""

    def __init__(self, clock_skew: timedelta, pseudonym: Callable[[str], str]) -> None:
        self._clock_skew = clock_skew
        self._pseudonym = pseudonym
        self._tables = {table.event: (table.name, self._fields(table)) for table in TABLES.values()}
        self._events = f"must be one of {', '.join(sorted(self._tables))}"

    def judge(self, given: Any, now: datetime) -> Event | Refusal:
        """The event that was given at a moment, or why it is none; says the first problem of it."""
        if not isinstance(given, dict):
            return Refusal("", "must be an object")
        kind = given.get("event_type")
        if not isinstance(kind, str) or kind not in self._tables:
            return Refusal("event_type", self._events)
        table, fields = self._tables[kind]
        if given.keys() - fields.keys() - {"event_type"}:
            return Refusal("", f"must have no other fields than event_type, {', '.join(fields)}")
        row: dict[str, Any] = {}
        for name, field in fields.items():
            value = given.get(name)
            if value is None and not field.required:
                row[name] = None
            elif name not in given:
                return Refusal(name, "is missing")
            else:
                try:
                    row[name] = field.check(value, now)
                except Unfit as unfit:
                    return Refusal(name, str(unfit))
        return Event(table, row)

    def _fields(self, table: Table) -> Mapping[str, _Field]:
        event_id = _Field(lambda value, _: values.event_id(value), required=True)
        return {"event_id": event_id} | {column.name: _Field(self._check(column), column.required) for column in table.columns}

    def _check(self, column: Column) -> _Check:
        name = column.name
        match column.kind:
            case Kind.TIME:
                return lambda value, now: values.moment(value, now, self._clock_skew)
            case Kind.USER:
                return lambda value, _: self._pseudonym(values.user_id(value))
            case Kind.WORD:
                return lambda value, _: _word(value, name)
            case Kind.FLAG:
                return lambda value, _: values.flag(value)
            case Kind.NUMBER if name in _WHOLE:
                least, most = _WHOLE[name]
                return lambda value, _: values.whole(value, least, most)
            case Kind.NUMBER:
                return lambda value, _: values.number(value, _MOST)


def _word(value: Any, column: str) -> str:
    # The same rule at both doors: what the exporter would not let out is not let in.
    if not (isinstance(value, str) and may_leave(column, value)):
        raise Unfit("must be a word of letters, digits and _ . + - that names nobody and no place")
    return value
