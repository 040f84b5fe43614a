"""The tables as they ship: made where a product has none yet, for both engines, out of `exporter.sources.telemetry.tables`."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Boolean, Column, DateTime, Float, Index, Integer, MetaData, Table, Text, Uuid, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import make_url
from sqlalchemy.schema import CreateIndex, CreateSchema, CreateTable, ExecutableDDLElement
from sqlalchemy.types import TypeEngine

from exporter.sources.telemetry.tables import TABLES, Kind
from exporter.sources.telemetry.tables import Column as EventColumn

__all__ = ["EVENT_ID", "WRITE_AHEAD", "schema_statement", "shipped_statements", "shipped_tables", "statements_of"]

EVENT_ID = "event_id"
"""The primary key of every table: what makes an event that is sent twice be stored once."""

WRITE_AHEAD = "PRAGMA journal_mode = WAL"
"""Makes a file of SQLite one that readers and a writer use at the same time; it cannot be part of a transaction."""

_ASKED_BY_USER = ("downloads", "command_generated", "command_feedback")
"""Tables of which a user's first event is asked for; elsewhere an index by user would cost the product writes for nothing."""

_POSTGRESQL: Mapping[Kind, TypeEngine[Any]] = {
    Kind.TIME: DateTime(timezone=True),
    Kind.USER: Text(),
    Kind.WORD: Text(),
    Kind.FLAG: Boolean(),
    Kind.NUMBER: postgresql.DOUBLE_PRECISION(),
}
_SQLITE: Mapping[Kind, TypeEngine[Any]] = {
    Kind.TIME: Integer(),  # milliseconds since 1970
    Kind.USER: Text(),
    Kind.WORD: Text(),
    Kind.FLAG: Integer(),
    Kind.NUMBER: Float(),
}


def shipped_tables(dialect: str, schema: str) -> Mapping[str, Table]:
    """The tables for an engine, `sqlite` or `postgresql`, by name; SQLite has no schema."""
    metadata = MetaData(schema=schema if dialect == "postgresql" else None)
    return {name: _table(name, dialect, metadata) for name in TABLES}


def shipped_statements(dialect: str, schema: str) -> Iterator[str]:
    """The statements that make the tables with their indexes, and change nothing where they are there already."""
    if dialect == "postgresql":
        yield schema_statement(schema)
    for table in shipped_tables(dialect, schema).values():
        yield from statements_of(table, dialect)


def schema_statement(schema: str) -> str:
    """The statement that makes the schema in PostgreSQL."""
    return _written(CreateSchema(schema, if_not_exists=True), "postgresql")


def statements_of(table: Table, dialect: str) -> Iterator[str]:
    """The statements that make one table with its indexes."""
    yield _written(CreateTable(table, if_not_exists=True), dialect)
    for index in sorted(table.indexes, key=lambda one: str(one.name)):
        yield _written(CreateIndex(index, if_not_exists=True), dialect)


def _table(name: str, dialect: str, metadata: MetaData) -> Table:
    columns = TABLES[name].columns
    table = Table(name, metadata, _event_id(dialect), *(_column(one, dialect) for one in columns))
    users = [one.name for one in columns if one.kind is Kind.USER]
    numbers = [one.name for one in columns if one.kind is Kind.NUMBER and not users]
    words = [one.name for one in columns if one.kind is Kind.WORD and not users and one.name != "version"]
    Index(f"{name}_by_time", *(table.c[one] for one in ("timestamp", *users, *words, *numbers)))
    if name in _ASKED_BY_USER:
        Index(f"{name}_by_user", table.c.user_id, table.c.timestamp)
    return table


def _event_id(dialect: str) -> Column[Any]:
    if dialect == "postgresql":
        return Column(EVENT_ID, Uuid(), primary_key=True, server_default=text("gen_random_uuid()"))
    return Column(EVENT_ID, Text(), primary_key=True, server_default=text("(lower(hex(randomblob(16))))"))


def _column(column: EventColumn, dialect: str) -> Column[Any]:
    types = _POSTGRESQL if dialect == "postgresql" else _SQLITE
    return Column(column.name, types[column.kind], nullable=column.kind is not Kind.TIME)


def _written(clause: ExecutableDDLElement, dialect: str) -> str:
    engine = make_url("postgresql+psycopg://" if dialect == "postgresql" else "sqlite://").get_dialect()()
    lines = str(clause.compile(dialect=engine)).strip().splitlines()
    return "\n".join(line.rstrip().replace("\t", "    ") for line in lines if line.strip())
