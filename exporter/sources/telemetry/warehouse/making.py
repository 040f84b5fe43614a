"""Makes the shipped tables in a database, as a role that may."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Table

from exporter.errors import Reason, UpstreamError
from exporter.sources.telemetry.address import Address
from exporter.sources.telemetry.warehouse.connection import driver
from exporter.sources.telemetry.warehouse.failure import connection_failure, statement_failure
from exporter.sources.telemetry.warehouse.schema import WRITE_AHEAD, schema_statement, shipped_tables, statements_of

__all__ = ["make_tables"]

_PATIENCE = timedelta(seconds=10)
"""How long to wait for a server, and for a lock: whoever waits for a lock on a table makes those wait who come after."""

_ALREADY = Reason.MALFORMED, "{subject} is there already, and is not like the one that ships"
_FORBIDDEN = Reason.AUTH, "{subject}: the role may not make it"
_STATES = {"42501": _FORBIDDEN, "42703": _ALREADY, "42809": _ALREADY}
"""What codes of PostgreSQL mean here: no right, no such column for an index, no table but a view."""
_UNWRITABLE = Reason.UNREADABLE, "{database} cannot be written"
_CODES = {
    sqlite3.SQLITE_ERROR: _ALREADY,
    sqlite3.SQLITE_READONLY: _UNWRITABLE,
    sqlite3.SQLITE_CANTOPEN: _UNWRITABLE,
    sqlite3.SQLITE_PERM: _UNWRITABLE,
}


def make_tables(address: Address, schema: str) -> None:
    """Makes the tables that are not there, with their indexes: all of them or none. Raises UpstreamError.

    A table that is there is left as it is, but gets the indexes that it lacks; nobody can write to it while one is made.
    """
    tables = list(shipped_tables(address.dialect, schema).values())
    if address.dialect == "sqlite":
        _in_file(address, tables)
    else:
        _on_server(address, schema, tables)


def _in_file(address: Address, tables: list[Table]) -> None:
    subject = address.called
    if not Path(address.target).absolute().parent.is_dir():
        raise UpstreamError(Reason.NOT_FOUND, f"{address.called} cannot be made: there is no such folder")
    try:
        with closing(sqlite3.connect(address.target, timeout=_PATIENCE.total_seconds(), isolation_level=None)) as database:
            database.execute(WRITE_AHEAD)
            database.execute("BEGIN IMMEDIATE")
            for table in tables:
                subject = f"the table {table.fullname}"
                for statement in statements_of(table, "sqlite"):
                    database.execute(statement)
            database.execute("COMMIT")
    except sqlite3.Error as error:
        raise _failure(error, _CODES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF), address, subject) from None


def _on_server(address: Address, schema: str, tables: list[Table]) -> None:
    psycopg = driver()
    try:
        connection = psycopg.connect(
            address.target, connect_timeout=round(_PATIENCE.total_seconds()), fallback_application_name="kpi-exporter"
        )
    except psycopg.Error as error:
        raise connection_failure(error, address) from None
    subject = f"the schema {schema}"
    try:
        # The block is one transaction, and ends the connection.
        with connection:
            connection.execute(f"SET LOCAL lock_timeout = {round(_PATIENCE.total_seconds() * 1000)}".encode())
            # To ask for one that is there takes the right to make one all the same.
            if not connection.execute("SELECT FROM pg_catalog.pg_namespace WHERE nspname = %s", [schema]).fetchall():
                connection.execute(schema_statement(schema).encode())
            for table in tables:
                subject = f"the table {table.fullname}"
                for statement in statements_of(table, "postgresql"):
                    connection.execute(statement.encode())
    except psycopg.Error as error:
        raise _failure(error, _STATES.get(error.sqlstate or ""), address, subject) from None


def _failure(error: Exception, meaning: tuple[Reason, str] | None, address: Address, subject: str) -> UpstreamError:
    if meaning is None:
        return statement_failure(error, address, subject, _PATIENCE)
    reason, sentence = meaning
    return UpstreamError(reason, sentence.format(subject=subject, database=address.called))
