"""What a project knows of its tracking issues without asking GitHub; all of it may be lost."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from exporter.database import Schema, open_database
from exporter.errors import KpiExporterError
from exporter.tracking.marker import Marker

__all__ = ["Ledger"]

_PATIENCE = 2.0

_TABLES = (
    """CREATE TABLE issue (
        place TEXT NOT NULL, fingerprint TEXT NOT NULL, number INTEGER NOT NULL,
        episode INTEGER NOT NULL, since TEXT NOT NULL, until TEXT, PRIMARY KEY (place, fingerprint)
    )""",
    "CREATE TABLE sent (place TEXT NOT NULL, fingerprint TEXT NOT NULL, moment TEXT NOT NULL, PRIMARY KEY (place, fingerprint))",
)
_SCHEMA = Schema(0x6B706974, [_TABLES])

T = TypeVar("T")


class Ledger:
    """Issues by the fingerprints of their alerts, and what was sent to GitHub without an answer yet, in a file.

    Everything belongs to a place, the URL of a repository. Whatever goes wrong with the file later means that something is not
    known, nothing else. Thread-safe. Raises KpiExporterError where no file can be made.
    """

    def __init__(self, path: Path) -> None:
        self._turn = threading.Lock()
        self._lock = threading.Lock()
        try:
            self._database = open_database(path, _SCHEMA, patience=_PATIENCE)
        except (OSError, sqlite3.Error):
            raise KpiExporterError(f"{path}: cannot be opened as a database") from None

    @contextmanager
    def turn(self, seconds: float) -> Iterator[bool]:
        """Waits at most so long until nobody else works on the issues; gives whether that worked."""
        taken = self._turn.acquire(timeout=max(0.0, seconds))
        try:
            yield taken
        finally:
            if taken:
                self._turn.release()

    def find(self, place: str, fingerprint: str) -> tuple[int, Marker] | None:
        """The number of an issue and the last that it was told."""
        query = "SELECT number, episode, since, until FROM issue WHERE place = ? AND fingerprint = ?"
        found = self._run(lambda: self._database.execute(query, (place, fingerprint)).fetchone())
        if found is None:
            return None
        number, episode, since, until = found
        marker = Marker(fingerprint, episode, datetime.fromisoformat(since), datetime.fromisoformat(until) if until else None)
        return number, marker

    def keep(self, place: str, number: int, marker: Marker) -> None:
        """An issue of that number was told this."""
        until = marker.until.isoformat() if marker.until else None
        row = (place, marker.fingerprint, number, marker.episode, marker.since.isoformat(), until)
        self._run(lambda: self._database.execute("INSERT OR REPLACE INTO issue VALUES (?, ?, ?, ?, ?, ?)", row))

    def forget(self, place: str, fingerprint: str) -> None:
        """There is no such issue any more."""
        statement = "DELETE FROM issue WHERE place = ? AND fingerprint = ?"
        self._run(lambda: self._database.execute(statement, (place, fingerprint)))

    def sent_at(self, place: str, fingerprint: str) -> datetime | None:
        """When something was sent about an alert of which it is not known what became of it (UTC); None where all is known."""
        query = "SELECT moment FROM sent WHERE place = ? AND fingerprint = ?"
        found = self._run(lambda: self._database.execute(query, (place, fingerprint)).fetchone())
        return None if found is None else datetime.fromisoformat(found[0])

    def sending(self, place: str, fingerprint: str, now: datetime) -> None:
        """Something is about to be sent; remembered until `answered`, also by the next process."""
        row = (place, fingerprint, now.isoformat())
        self._run(lambda: self._database.execute("INSERT OR REPLACE INTO sent VALUES (?, ?, ?)", row))

    def answered(self, place: str, fingerprint: str) -> None:
        """It is known what became of what was sent."""
        self._run(lambda: self._database.execute("DELETE FROM sent WHERE place = ? AND fingerprint = ?", (place, fingerprint)))

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._database.close()

    def _run(self, action: Callable[[], T]) -> T | None:
        with self._lock:
            try:
                with self._database:
                    return action()
            except sqlite3.Error:
                return None
