"""The file in which figures of days and weeks are kept."""

import json
import logging
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import TypeAdapter

from exporter.database import Schema, open_database
from exporter.sources.telemetry.rollups.quantity import Period

__all__ = ["Cell", "Cells"]

log = logging.getLogger(__name__)

_PATIENCE = 5.0
"""Seconds to wait while another connection writes, such as that of a refresh which a reload left behind."""
_UNREAD = timedelta(days=30)
"""Time after which figures that nothing has read anew are no longer needed."""
_FIGURES = TypeAdapter(dict[str, float])

_TABLES = (
    "CREATE TABLE setting (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID",
    # Moments are seconds since 1970; `figures` is a JSON object of numbers.
    """CREATE TABLE cell (
        quantity TEXT NOT NULL, start REAL NOT NULL, ended REAL NOT NULL, read_at REAL NOT NULL, figures TEXT NOT NULL,
        PRIMARY KEY (quantity, start, ended)
    ) WITHOUT ROWID""",
)
_SCHEMA = Schema(0x6B706964, [_TABLES])


@dataclass(frozen=True, slots=True)
class Cell:
    """What a quantity came to in a period, and when that was read."""

    figures: Mapping[str, float]
    read_at: datetime


class Cells:
    """Figures of periods that are over, by quantity.

    They are in a file that only its owner may read. One that is damaged, of another program or of another version is moved aside
    and begun anew; under another fingerprint it is emptied. Where the file cannot be used, or not for now, nothing is kept, and
    that is all: no method raises. A kill leaves what was kept before.
    """

    def __init__(self, path: Path, fingerprint: bytes, now: datetime) -> None:
        self._told = False
        self._database: sqlite3.Connection | None = None
        with self._harmless():
            self._database = open_database(path, _SCHEMA, patience=_PATIENCE)
            self._tidy(self._database, fingerprint, now)

    def close(self) -> None:
        """Closes the file."""
        if self._database is not None:
            self._database.close()

    def kept(self, quantity: str, start: datetime, end: datetime) -> Mapping[Period, Cell]:
        """The cells of a quantity within a time."""
        cells: dict[Period, Cell] = {}
        query = "SELECT start, ended, read_at, figures FROM cell WHERE quantity = ? AND start >= ? AND ended <= ?"
        with self._harmless():
            if self._database is not None:
                for begins, ends, read_at, figures in self._database.execute(
                    query, (quantity, start.timestamp(), end.timestamp())
                ):
                    with suppress(ValueError):  # read anew, and then replaced
                        cells[Period(_moment(begins), _moment(ends))] = Cell(_FIGURES.validate_json(figures), _moment(read_at))
        return cells

    def keep(self, quantity: str, read_at: datetime, figures: Mapping[Period, Mapping[str, float]]) -> None:
        """Keeps what a quantity came to in some periods: all of it or, at a kill, nothing."""
        rows = [
            (quantity, period.start.timestamp(), period.end.timestamp(), read_at.timestamp(), json.dumps(dict(found)))
            for period, found in figures.items()
        ]
        with self._harmless():
            if self._database is not None:
                with self._database as database:
                    database.executemany("INSERT OR REPLACE INTO cell VALUES (?, ?, ?, ?, ?)", rows)

    def _tidy(self, database: sqlite3.Connection, fingerprint: bytes, now: datetime) -> None:
        with database:
            database.execute("BEGIN IMMEDIATE")
            known = database.execute("SELECT value FROM setting WHERE name = 'fingerprint'").fetchone()
            if known != (fingerprint,):
                database.execute("DELETE FROM cell")
                database.execute("INSERT OR REPLACE INTO setting VALUES ('fingerprint', ?)", (fingerprint,))
            # What was read in the future was read before a clock was set back: nobody knows whether its time was over.
            unread = (now - _UNREAD).timestamp()
            database.execute("DELETE FROM cell WHERE read_at < ? OR read_at > ?", (unread, now.timestamp()))

    @contextmanager
    def _harmless(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            if not self._told:
                self._told = True
                log.warning("figures of days are not kept", extra={"fields": {"reason": type(error).__name__}})
            with suppress(sqlite3.Error):
                self.close()
            self._database = None


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
