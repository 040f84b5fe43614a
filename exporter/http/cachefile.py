"""Kept answers in a file, so that a restart costs no quota either."""

import secrets
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from exporter.database import Schema, move_aside, open_database
from exporter.http.cache import MAX_BYTES, MAX_ENTRIES, Stored, digest

__all__ = ["SqliteCache"]

# Bodies are apart, so that noting a use does not write the whole answer again.
_TABLES = (
    "CREATE TABLE secret (value BLOB NOT NULL)",
    """CREATE TABLE answer (
        id INTEGER PRIMARY KEY, name BLOB NOT NULL UNIQUE, etag TEXT, last_modified TEXT, link TEXT,
        size INTEGER NOT NULL, used INTEGER NOT NULL
    )""",
    "CREATE TABLE body (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)",
    "CREATE INDEX answer_used ON answer (used, size)",
)
_SCHEMA = Schema(0x6B706963, [_TABLES])
_BEGIN = "INSERT INTO secret (value) SELECT ? WHERE NOT EXISTS (SELECT value FROM secret)"
_FIND = "SELECT id, etag, last_modified, bytes, link FROM answer JOIN body USING (id) WHERE name = ?"
_TOUCH = "UPDATE answer SET used = (SELECT max(used) FROM answer) + 1 WHERE id = ? AND used < (SELECT max(used) FROM answer)"
_ADD = """INSERT INTO answer (name, etag, last_modified, link, size, used)
    VALUES (?, ?, ?, ?, ?, (SELECT coalesce(max(used), 0) + 1 FROM answer))"""
_BROKEN = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)

T = TypeVar("T")


class SqliteCache:
    """Keeps the answers used last, up to a number and a size, in a file that only its owner may read.

    A file that is damaged, of another program or of another version is moved aside, never deleted. Whatever goes wrong later
    (a full disk, another process that writes for more than `patience` seconds) means an answer that is not kept, nothing else.
    Raises OSError where no file can be made.
    """

    def __init__(self, path: Path, *, max_entries: int = MAX_ENTRIES, max_bytes: int = MAX_BYTES, patience: float = 2.0) -> None:
        self._path = path
        self._patience = patience
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._database, self._secret = _open(path, patience)
        self._closed = False

    def get(self, key: str) -> Stored | None:
        found = self._run(lambda: self._find(key))
        if found is None:
            return None
        number, etag, last_modified, body, link = found
        self._run(lambda: self._database.execute(_TOUCH, (number,)))
        return Stored(etag, last_modified, body, link)

    def put(self, key: str, stored: Stored) -> None:
        if stored.size <= self._max_bytes:
            self._run(lambda: self._add(key, stored))

    def close(self) -> None:
        """Closes the file; after that nothing is kept and nothing found."""
        with self._lock:
            self._closed = True
            self._database.close()

    def _run(self, action: Callable[[], T]) -> T | None:
        """What an action gives, in one transaction; None where the file does not let it happen."""
        with self._lock:
            if self._closed:
                return None
            try:
                with self._database:
                    return action()
            except sqlite3.DatabaseError as error:
                if error.sqlite_errorcode & 0xFF in _BROKEN:
                    self._start_again()
                return None

    def _start_again(self) -> None:
        self._database.close()
        try:
            move_aside(self._path)
            self._database, self._secret = _open(self._path, self._patience)
        except OSError:
            self._closed = True

    def _find(self, key: str) -> tuple[int, str | None, str | None, bytes, str | None] | None:
        found: tuple[int, str | None, str | None, bytes, str | None] | None
        found = self._database.execute(_FIND, (digest(key, self._secret),)).fetchone()
        return found

    def _add(self, key: str, stored: Stored) -> None:
        self._database.execute("BEGIN IMMEDIATE")
        name = digest(key, self._secret)
        self._drop(self._database.execute("SELECT id FROM answer WHERE name = ?", (name,)).fetchall())
        fields = (name, stored.etag, stored.last_modified, stored.link, stored.size)
        number = self._database.execute(_ADD, fields).lastrowid
        self._database.execute("INSERT INTO body (id, bytes) VALUES (?, ?)", (number, stored.body))
        self._drop(self._surplus())

    def _surplus(self) -> list[tuple[int]]:
        """The answers not used for longest, as many as there are too many."""
        count, total = self._database.execute("SELECT count(*), sum(size) FROM answer").fetchone()
        surplus = []
        for number, size in self._database.execute("SELECT id, size FROM answer ORDER BY used"):
            if count <= self._max_entries and total <= self._max_bytes:
                break
            surplus.append((number,))
            count, total = count - 1, total - size
        return surplus

    def _drop(self, numbers: list[tuple[int]]) -> None:
        self._database.executemany("DELETE FROM answer WHERE id = ?", numbers)
        self._database.executemany("DELETE FROM body WHERE id = ?", numbers)


def _open(path: Path, patience: float) -> tuple[sqlite3.Connection, bytes]:
    """A database that is ready, and its secret."""
    try:
        database = open_database(path, _SCHEMA, patience=patience)
        with database:
            database.execute(_BEGIN, (secrets.token_bytes(),))
        (secret,) = database.execute("SELECT value FROM secret").fetchone()
    except sqlite3.Error:
        raise OSError(f"{path}: cannot be opened as a database") from None
    return database, secret
