"""The columns that a table or view of a warehouse has, and whether they can hold what they should."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Float, Text, cast, text, type_coerce

from exporter.sources.telemetry.tables import Kind
from exporter.sources.telemetry.warehouse.reader import Reader

__all__ = ["BOOLEAN", "NUMERIC", "TEXT", "Found", "columns_of", "expectation", "form"]

NUMERIC = "N"
BOOLEAN = "B"
TEXT = "S"
_ENUM = "E"

_POSTGRESQL = text(
    """
    SELECT a.attname, base.typname, base.typcategory
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    JOIN pg_catalog.pg_type base ON base.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
    WHERE n.nspname = :schema AND c.relname = :name AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    """
)
"""Tables, partitioned and foreign ones too, and views of both kinds; a type with a constraint is what it rests on."""
_SQLITE = text("SELECT name, lower(type), '' FROM pragma_table_xinfo(:name) WHERE hidden <> 1")

_EXPECTED: Mapping[Kind, tuple[str, Callable[["Found"], bool]]] = {
    Kind.TIME: ("a timestamp", lambda found: found.type in ("timestamp", "timestamptz")),
    Kind.USER: ("a text, a uuid or an integer", lambda found: found.category in (TEXT, NUMERIC) or found.type == "uuid"),
    Kind.WORD: ("a text or an enum", lambda found: found.category in (TEXT, _ENUM)),
    Kind.FLAG: ("a boolean, or 0 and 1", lambda found: found.category in (BOOLEAN, NUMERIC)),
    Kind.NUMBER: ("a number", lambda found: found.category == NUMERIC and found.type != "money"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """A column as the warehouse has it: what it calls it, its type, and PostgreSQL's category of that type, empty in SQLite."""

    name: str
    type: str
    category: str


def columns_of(reader: Reader, schema: str | None, name: str, called: str) -> tuple[Found, ...]:
    """The columns of a table or view, none where there is no such thing; raises UpstreamError."""
    statement = _POSTGRESQL.bindparams(schema=schema, name=name) if schema is not None else _SQLITE.bindparams(name=name)
    return tuple(Found(*row) for row in reader.rows(statement, called))


def expectation(kind: Kind, found: Found) -> str | None:
    """What a column of PostgreSQL would have to be, None where it is that."""
    expected, holds = _EXPECTED[kind]
    return None if holds(found) else expected


def form(kind: Kind, found: Found) -> Callable[[ColumnElement[Any]], ColumnElement[Any]]:
    """How a column is read so that statements are the same on every warehouse; indexes stay usable for moments and users."""
    if kind is Kind.FLAG:
        return _not_zero if found.category == NUMERIC else lambda column: type_coerce(column, Boolean)
    if kind is Kind.NUMBER and found.category == NUMERIC and found.type != "float8":
        return lambda column: cast(column, Float)
    if kind is Kind.WORD and found.category and found.type not in ("text", "varchar"):
        return lambda column: cast(column, Text)
    return lambda column: column


def _not_zero(column: ColumnElement[Any]) -> ColumnElement[bool]:
    return column != 0
