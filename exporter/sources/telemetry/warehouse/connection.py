"""Connections that can only read, as each engine makes them."""

import os
import socket
import sqlite3
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING
from urllib.parse import quote

from exporter.errors import Reason, UpstreamError
from exporter.sources.telemetry.address import Address
from exporter.sources.telemetry.warehouse.deadline import deadline
from exporter.sources.telemetry.warehouse.failure import PATIENCE, connection_failure

if TYPE_CHECKING:
    import psycopg

    PostgresConnection = psycopg.Connection[tuple[object, ...]]

__all__ = ["connect_postgresql", "connect_sqlite", "driver", "hang_up"]

_CACHE_KIB = 32 * 1024
"""What SQLite may keep of a file in memory during a refresh."""


def driver() -> ModuleType:
    """psycopg, which comes with an extra; raises UpstreamError where it is not installed."""
    try:
        import psycopg
    except ImportError:
        text = "a warehouse in PostgreSQL needs the extra postgres: pip install 'kpi-exporter[postgres]'"
        raise UpstreamError(Reason.CLIENT_ERROR, text) from None
    return psycopg


def connect_sqlite(address: Address, timeout: timedelta) -> sqlite3.Connection:
    """A file, opened for reading only; it is never made. Raises UpstreamError where there is none, and sqlite3.Error.

    The watchdog that interrupts a statement is another thread.
    """
    path = Path(address.target).absolute()
    try:
        # SQLite's word for a folder is a disk that fails.
        if not path.is_file():
            reason = Reason.UNREADABLE if path.exists() else Reason.NOT_FOUND
            raise UpstreamError(reason, f"{address.called} {'is not a file' if path.exists() else 'does not exist'}")
    except OSError as error:
        raise UpstreamError(Reason.UNREADABLE, f"{address.called} cannot be read: {error.strerror}") from None
    uri = f"file:{quote(str(path))}?mode=ro"
    patience = timeout.total_seconds() * PATIENCE
    connection = sqlite3.connect(uri, uri=True, timeout=patience, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA query_only = ON")
        # Sorting never spills into files: they would hold pseudonyms of users, outside of the warehouse.
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        # A file mapped to memory would take the whole process with it when the product cuts it short.
        connection.execute("PRAGMA mmap_size = 0")
    except BaseException:
        connection.close()
        raise
    return connection


def connect_postgresql(address: Address, timeout: timedelta) -> "PostgresConnection":
    """A session that only reads and whose statements are bounded by the server too; raises UpstreamError.

    All settings are sent with the greeting: a pooler then makes them part of a session of its own, or says no. Settings made
    later could stay behind on a connection that the product uses next.
    """
    milliseconds = round(timeout.total_seconds() * 1000)
    # With its own defaults PostgreSQL sorts the users of a week on disk, and may compile what runs quicker than it is compiled.
    advised = "-c work_mem=64MB -c jit=off"
    settings = {
        "default_transaction_read_only": "on",
        "statement_timeout": milliseconds,
        "lock_timeout": max(1, round(milliseconds * PATIENCE)),
        "TimeZone": "UTC",
    }
    ours = " ".join(f"-c {name}={value}" for name, value in settings.items())
    psycopg = driver()
    try:
        given = psycopg.conninfo.conninfo_to_dict(address.target).get("options") or ""
        connection: PostgresConnection = psycopg.connect(
            address.target,
            autocommit=True,
            prepare_threshold=None,
            connect_timeout=max(1, round(timeout.total_seconds())),
            fallback_application_name="kpi-exporter",
            client_encoding="utf8",
            # Of two settings the later one counts.
            options=f"{advised} {given} {ours}",
        )
    except (psycopg.Error, UnicodeError) as error:
        # The latter for a name of a host that cannot be one.
        raise connection_failure(error, address) from None
    with deadline(timeout.total_seconds(), partial(hang_up, connection)):
        _made_sure(connection, address)
    return connection


def _made_sure(connection: "PostgresConnection", address: Address) -> None:
    """Closes a connection again whose settings something in between has left out, and raises UpstreamError."""
    try:
        found = connection.execute(
            "SELECT current_setting('default_transaction_read_only'), current_setting('TimeZone')"
        ).fetchone()
    except driver().Error as error:
        connection.close()
        raise connection_failure(error, address) from None
    if found != ("on", "UTC"):
        connection.close()
        raise UpstreamError(Reason.CLIENT_ERROR, f"{address.called} does not take settings: read it without a pooler in between")


def hang_up(connection: "PostgresConnection") -> None:
    """Ends a connection whose server does not answer, from another thread than the one that waits for it."""
    with suppress(OSError), socket.socket(fileno=os.dup(connection.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)
