"""A warehouse of events for a test, on either engine, with the tables that ship."""

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from exporter.sources.telemetry.config import TelemetryConfig
from exporter.sources.telemetry.warehouse.schema import shipped_statements
from support.postgres import OWNER, SCHEMA, Postgres

__all__ = ["ENGINES", "Store", "new_store"]

ENGINES = ("sqlite", "postgresql")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Store(ABC):
    """A database with the shipped tables, which are empty, as a product sees it that writes events.

    `url` is what the exporter reads it by; `writer_url` is the address for a role that may write.
    """

    engine: str
    url: str
    writer_url: str

    def config(self, **more: Any) -> TelemetryConfig:
        """The configuration of a source that reads it; `more` stands in it as in the file."""
        return TelemetryConfig(url=SecretStr(self.url), **more)

    def insert(self, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Writes events; moments have a zone and are converted to what the engine stores. Columns left out are empty."""
        grouped: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
        for row in rows:
            grouped.setdefault(tuple(row), []).append(tuple(self.stored(value) for value in row.values()))
        for columns, values in grouped.items():
            names = ", ".join(f'"{column}"' for column in columns)
            self._insert(f"INSERT INTO {self.called(table)} ({names})", len(columns), values)

    @abstractmethod
    def called(self, table: str) -> str:
        """What a statement calls a table."""

    @abstractmethod
    def stored(self, value: Any) -> Any:
        """What the engine is given for a value."""

    @abstractmethod
    def execute(self, statement: str) -> Sequence[tuple[Any, ...]]:
        """Runs a statement as the product; gives its rows, where it gives any."""

    @abstractmethod
    def close(self) -> None:
        """Ends the connection of the product, and removes the database where that is not the folder's matter."""

    @abstractmethod
    def _insert(self, into: str, columns: int, values: Sequence[tuple[Any, ...]]) -> None: ...


class SqliteStore(Store):
    """A file."""

    engine = "sqlite"

    def __init__(self, path: Path, *, shipped: bool = True) -> None:
        self.path = path
        self.url = self.writer_url = f"sqlite:///{path}"
        self._database = sqlite3.connect(path, isolation_level=None)
        self.execute("PRAGMA journal_mode = WAL")
        self.execute("PRAGMA synchronous = OFF")
        if shipped:
            for statement in shipped_statements("sqlite", SCHEMA):
                self.execute(statement)

    def called(self, table: str) -> str:
        return table

    def stored(self, value: Any) -> Any:
        return (value - _EPOCH) // timedelta(milliseconds=1) if isinstance(value, datetime) else value

    def execute(self, statement: str) -> Sequence[tuple[Any, ...]]:
        return self._database.execute(statement).fetchall()

    def close(self) -> None:
        self._database.close()

    def _insert(self, into: str, columns: int, values: Sequence[tuple[Any, ...]]) -> None:
        self._database.execute("BEGIN")
        self._database.executemany(f"{into} VALUES ({', '.join('?' * columns)})", values)
        self._database.execute("COMMIT")


class PostgresStore(Store):
    """A database of a server, read by a role that may do nothing else."""

    engine = "postgresql"

    def __init__(self, server: Postgres, *, shipped: bool = True) -> None:
        self.server = server
        self.database = server.create(shipped=shipped)
        self.url = server.url(self.database)
        self.writer_url = server.url(self.database, OWNER)
        self._connection = server.connect(self.database, OWNER)

    def called(self, table: str) -> str:
        return f"{SCHEMA}.{table}"

    def stored(self, value: Any) -> Any:
        return value

    def execute(self, statement: str) -> Sequence[tuple[Any, ...]]:
        done = self._connection.execute(statement.encode())
        return done.fetchall() if done.description else []

    def reconnect(self) -> None:
        """Connects anew, once the server has ended all sessions."""
        self._connection.close()
        self._connection = self.server.connect(self.database, OWNER)

    def close(self) -> None:
        self._connection.close()
        self.server.drop(self.database)

    def _insert(self, into: str, columns: int, values: Sequence[tuple[Any, ...]]) -> None:
        with self._connection.transaction(), self._connection.cursor() as cursor:
            cursor.executemany(f"{into} VALUES ({', '.join(['%s'] * columns)})".encode(), values)


@contextmanager
def new_store(engine: str, folder: Path, server: Postgres | None, *, shipped: bool = True) -> Iterator[Store]:
    """An empty warehouse of an engine, from here to the end of the block: in `folder` for SQLite, else on `server`."""
    store: Store
    if engine == "sqlite":
        store = SqliteStore(folder / "events.db", shipped=shipped)
    else:
        assert server is not None
        store = PostgresStore(server, shipped=shipped)
    try:
        yield store
    finally:
        store.close()
