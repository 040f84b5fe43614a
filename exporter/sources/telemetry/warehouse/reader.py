"""One connection to a warehouse that only reads: statements in, rows or clear errors out."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, Executable, TableClause, create_engine
from sqlalchemy.exc import DBAPIError, PendingRollbackError
from sqlalchemy.pool import NullPool
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import ClauseElement

from exporter.sources.telemetry.address import Address
from exporter.sources.telemetry.warehouse.connection import connect_postgresql, connect_sqlite, driver, hang_up
from exporter.sources.telemetry.warehouse.deadline import deadline
from exporter.sources.telemetry.warehouse.failure import statement_failure

__all__ = ["Reader", "open_reader"]

_GRACE = 2.0
"""Seconds that a server gets to end a statement by itself, after its time."""


class Reader:
    """Every statement is a transaction of its own, so that no snapshot is held between two of them."""

    def __init__(self, connection: Connection, address: Address, timeout: timedelta) -> None:
        self._connection = connection
        self._address = address
        self._timeout = timeout
        driver: Any = connection.connection.driver_connection
        if self.dialect == "sqlite":
            self._bound, self._end = timeout.total_seconds(), driver.interrupt
        else:
            self._bound, self._end = timeout.total_seconds() + _GRACE, partial(hang_up, driver)

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._connection.dialect.name

    @property
    def called(self) -> str:
        """What a sentence calls the warehouse."""
        return self._address.called

    def rows(self, statement: Executable, subject: str | None = None) -> Sequence[Any]:
        """What a statement gives; raises UpstreamError, which names the `subject`, or else the tables that are read."""
        with deadline(self._bound, self._end) as passed:
            try:
                return self._connection.execute(statement).all()
            except (DBAPIError, PendingRollbackError, UnicodeDecodeError) as error:
                # The second one stands for every statement after the one that lost the connection.
                cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
        read = subject or self._tables_of(statement)
        raise statement_failure(cause, self._address, read, self._timeout, ended=passed.is_set())

    def _tables_of(self, statement: Executable) -> str:
        """The tables that a statement reads, for a sentence."""
        assert isinstance(statement, ClauseElement)
        names = sorted({element.fullname for element in visitors.iterate(statement) if isinstance(element, TableClause)})
        if not names:
            return self.called
        return f"the table {names[0]}" if len(names) == 1 else f"the tables {', '.join(names[:-1])} and {names[-1]}"


@contextmanager
def open_reader(address: Address, timeout: timedelta) -> Iterator[Reader]:
    """A connection from here to the end of the block; raises UpstreamError."""
    embedded = address.dialect == "sqlite"
    connect = connect_sqlite if embedded else connect_postgresql
    engine = create_engine(
        "sqlite://" if embedded else "postgresql+psycopg://",
        module=sqlite3 if embedded else driver(),
        creator=lambda: connect(address, timeout),
        poolclass=NullPool,
        # There is never a transaction that could be rolled back.
        pool_reset_on_return=None,
    )
    try:
        connection = engine.connect()
    except (DBAPIError, sqlite3.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    else:
        with connection:
            yield Reader(connection, address, timeout)
        return
    raise statement_failure(cause, address, address.called, timeout)
