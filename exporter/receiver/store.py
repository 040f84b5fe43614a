"""The warehouse as a role that writes: a batch is one transaction, and an event is stored once, however often it comes."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ARRAY, Connection, Insert, Table, bindparam, false, func, insert, inspect, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from exporter.errors import Reason, UpstreamError
from exporter.receiver.engine import engine_of
from exporter.receiver.event import Event
from exporter.receiver.failure import INIT, opening_failure, writing_failure
from exporter.sources.telemetry.address import parse_address
from exporter.sources.telemetry.warehouse.schema import EVENT_ID, shipped_tables

__all__ = ["Store"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Store:
    """Writes events to the tables that ship, in the database of a URL; any thread may use it.

    Waits at most `patience` for a connection, and as long for a lock. Raises UpstreamError where the URL cannot be used; every
    method raises it where the database cannot be written.
    """

    def __init__(self, url: str, schema: str, patience: timedelta) -> None:
        address = parse_address(url)
        self._address = address
        self._engine = engine_of(address, patience)
        self._patience = patience
        self._tables = shipped_tables(address.dialect, schema)
        self._inserts = {name: self._insert(table) for name, table in self._tables.items()}
        self._checked = False

    def check(self) -> None:
        """Looks whether events can be written to every table, and an event that comes twice be told."""
        with self._transaction() as connection:
            self._check_tables(connection)
            for table in self._tables.values():
                connection.execute(_nothing(table))
        self._checked = True

    def add(self, events: Sequence[Event]) -> int:
        """Commits the events that the warehouse does not have yet; gives how many these are."""
        if not self._checked:
            self.check()
        # In one order, so that two batches with the same events never wait for each other.
        rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for event in sorted(events, key=lambda one: (one.table, one.row[EVENT_ID])):
            rows[event.table].append({name: self._stored(value) for name, value in event.row.items()})
        with self._transaction() as connection:
            return sum(connection.execute(self._inserts[table], self._given(one)).rowcount for table, one in rows.items())

    def close(self) -> None:
        """Ends every connection that is not in use."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._connected() as connection:
            try:
                with connection.begin():
                    if self._address.dialect == "postgresql":
                        self._settle(connection)
                    yield connection
            except DBAPIError as error:
                raise writing_failure(error, self._address) from None

    def _connected(self) -> Connection:
        try:
            return self._engine.connect()
        except NoConnectionError:
            raise UpstreamError(Reason.TIMEOUT, f"every connection to {self._address.called} is busy") from None
        except DBAPIError as error:
            raise opening_failure(error, self._address) from None

    def _settle(self, connection: Connection) -> None:
        """Settings of the transaction alone, which a pooler in between does not carry to others."""
        settings = {
            "lock_timeout": f"{self._patience // _MILLISECOND}ms",
            # A statement that waits for a lock first has its own time besides.
            "statement_timeout": f"{2 * self._patience // _MILLISECOND}ms",
            # Where it is off, a commit is answered before it is on disk.
            "synchronous_commit": "on",
        }
        connection.execute(select(*(func.set_config(name, value, True) for name, value in settings.items())))

    def _check_tables(self, connection: Connection) -> None:
        schema, names = next(iter(self._tables.values())).schema, list(self._tables)
        looking = inspect(connection)
        columns = looking.get_multi_columns(schema=schema, filter_names=names)
        keys = looking.get_multi_pk_constraint(schema=schema, filter_names=names)
        if missing := [str(table) for name, table in self._tables.items() if (schema, name) not in columns]:
            raise UpstreamError(Reason.NOT_FOUND, f"{self._address.called} has no {_enumerated(missing)}: {INIT}")
        for name, table in self._tables.items():
            there = {one["name"] for one in columns[schema, name]}
            if lacking := [column.name for column in table.c if column.name not in there]:
                raise UpstreamError(Reason.NOT_FOUND, f"{table} in {self._address.called} has no column {_enumerated(lacking)}")
            key = keys.get((schema, name))
            if key is None or key["constrained_columns"] != [EVENT_ID]:
                raise UpstreamError(Reason.MALFORMED, f"{table} in {self._address.called} must have the primary key {EVENT_ID}")

    def _insert(self, table: Table) -> Insert:
        # Without a target of the conflict, so that the role needs no right to read even the ids.
        if self._address.dialect == "sqlite":
            into: Insert = sqlite.insert(table).on_conflict_do_nothing()
        else:
            lists = (func.unnest(bindparam(column.name, type_=ARRAY(column.type))) for column in table.c)
            into = postgresql.insert(table).from_select(list(table.c), select(*lists)).on_conflict_do_nothing()
        return into.execution_options(preserve_rowcount=True)

    def _given(self, rows: Sequence[dict[str, Any]]) -> Any:
        """Rows for the statement of a table: one by one in SQLite, in a list for each column in PostgreSQL."""
        if self._address.dialect == "sqlite":
            return rows
        return {name: [row[name] for row in rows] for name in rows[0]}

    def _stored(self, value: Any) -> Any:
        """What the engine is given for a value; PostgreSQL knows them all."""
        if self._address.dialect == "postgresql":
            return value
        match value:
            case datetime():
                return (value - _EPOCH) // _MILLISECOND
            case None | int() | float():
                return value
            case _:
                return str(value)


def _nothing(table: Table) -> Insert:
    """Writes no row, and needs all that writing one does."""
    columns = [table.c[EVENT_ID], table.c.timestamp]
    return insert(table).from_select(columns, select(*(literal(None, one.type) for one in columns)).where(false()))


def _enumerated(names: Sequence[str]) -> str:
    return ", ".join(names)
