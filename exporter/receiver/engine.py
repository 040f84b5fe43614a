"""Connections that write, few of them."""

import sqlite3
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import QueuePool

from exporter.sources.telemetry.address import Address
from exporter.sources.telemetry.warehouse.connection import driver

if TYPE_CHECKING:
    import psycopg

__all__ = ["engine_of"]

_SESSIONS = {"sqlite": 1, "postgresql": 4}
"""Connections at once: SQLite has one writer, and four keep two processors busy."""


def engine_of(address: Address, patience: timedelta) -> Engine:
    """What connects to a database, and waits at most `patience` for each thing; a file of SQLite must be there already.

    Raises UpstreamError where the driver is not installed.
    """
    seconds = patience.total_seconds()
    if address.dialect == "postgresql":
        driver()

    def file() -> sqlite3.Connection:
        database = sqlite3.connect(f"file:{quote(address.target)}?mode=rw", uri=True, timeout=seconds, check_same_thread=False)
        try:
            # Readers and the writer do not wait for each other, and what is committed outlasts a power cut.
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = FULL")
        except sqlite3.Error:
            database.close()
            raise
        return database

    def server() -> "psycopg.Connection[tuple[object, ...]]":
        connection: psycopg.Connection[tuple[object, ...]] = driver().connect(
            address.target,
            prepare_threshold=None,  # a pooler in between may not know what was prepared
            fallback_application_name="kpi-exporter receiver",
            connect_timeout=max(2, round(seconds)),  # libpq takes no less
            # A server whose machine is gone says nothing at all.
            tcp_user_timeout=round(1000 * seconds),
            keepalives_idle=max(1, round(seconds)),
            keepalives_interval=1,
            keepalives_count=3,
        )
        return connection

    return create_engine(
        "sqlite://" if address.dialect == "sqlite" else "postgresql+psycopg://",
        creator=file if address.dialect == "sqlite" else server,
        poolclass=QueuePool,
        pool_size=_SESSIONS[address.dialect],
        max_overflow=0,
        pool_timeout=seconds,
        pool_pre_ping=True,
        hide_parameters=True,
    )
