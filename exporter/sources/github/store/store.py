"""A database of facts, in a file or in memory."""

import logging
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any

from exporter.database import open_database
from exporter.errors import Reason, UpstreamError
from exporter.sources.github.store.marks import Mark
from exporter.sources.github.store.schema import SCHEMA

__all__ = ["Store"]

log = logging.getLogger(__name__)

_PATIENCE = 10.0
"""Seconds to wait while another connection writes, such as that of a refresh which a reload left behind."""
_DIGEST = 16
"""Bytes of the hash of a person: two of a million people share one with a chance of 1e-27."""
_MARK = "upto, read_at, complete, newest, cursor, note"


class Store:
    """The facts that one source of one project keeps.

    With a `path` they are in a file that only its owner may read, else in memory. A file that is damaged, of another program or
    of a newer version is moved aside, never deleted, and begun anew; where no file can be made, memory does. `fingerprint` names
    everything in the configuration that the facts depend on: under another one all lists are read again. Methods that read or
    write raise UpstreamError(UNREADABLE) where the database does not let them.
    """

    def __init__(self, path: Path | None, fingerprint: str, *, patience: float = _PATIENCE) -> None:
        self._database = _open(path, patience)
        with self.transaction() as database:
            self._secret = _setting(database, "secret") or secrets.token_bytes(32)
            # Only a hash of it, because it names the bots.
            depends_on = blake2b(fingerprint.encode("utf-8", "surrogatepass"), key=self._secret, digest_size=_DIGEST).digest()
            if _setting(database, "fingerprint") != depends_on:
                database.execute("DELETE FROM repository")
            for name, value in (("secret", self._secret), ("fingerprint", depends_on)):
                database.execute("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", (name, value))

    def close(self) -> None:
        """Closes the database."""
        self._database.close()

    def person(self, identity: str) -> bytes:
        """What stands for a person: a hash of login or e-mail address, keyed with a secret of this store, in any case."""
        return blake2b(identity.casefold().encode("utf-8", "surrogatepass"), key=self._secret, digest_size=_DIGEST).digest()

    def setting(self, name: str) -> bytes | None:
        """What is kept under a name, whatever the fingerprint; None where nothing is."""
        return next((bytes(value) for (value,) in self.rows("SELECT value FROM setting WHERE name = ?", (name,))), None)

    def set_setting(self, name: str, value: bytes) -> None:
        """Keeps something under a name."""
        with self.transaction() as database:
            database.execute("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", (name, value))

    def key(self, repository: str) -> int:
        """The number of the repository with this node id, which it keeps under every name."""
        with self.transaction() as database:
            database.execute("INSERT OR IGNORE INTO repository (id) VALUES (?)", (repository,))
            (key,) = database.execute("SELECT key FROM repository WHERE id = ?", (repository,)).fetchone()
        return int(key)

    def keep_only(self, keys: Iterable[int]) -> None:
        """Forgets all other repositories."""
        kept = set(keys)
        with self.transaction() as database:
            known = {key for (key,) in database.execute("SELECT key FROM repository")}
            database.executemany("DELETE FROM repository WHERE key = ?", [(key,) for key in known - kept])

    def mark(self, repository: int, name: str) -> Mark | None:
        """How far the list of that name of a repository has been read; None where it has not."""
        query = f"SELECT {_MARK} FROM mark WHERE repository = ? AND list = ?"  # noqa: S608 - a constant
        row = next(self.rows(query, (repository, name)), None)
        if row is None:
            return None
        upto, read_at, complete, newest, cursor, note = row
        return Mark(read_at, upto, bool(complete), newest, cursor, note)

    def set_mark(self, database: sqlite3.Connection, repository: int, name: str, mark: Mark) -> None:
        """Notes how far a list has been read, in the transaction that keeps what was read."""
        values = (mark.upto, mark.read_at, mark.complete, mark.newest, mark.cursor, mark.note)
        statement = f"INSERT OR REPLACE INTO mark (repository, list, {_MARK}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
        database.execute(statement, (repository, name, *values))

    def rows(self, query: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> Iterator[tuple[Any, ...]]:
        """What a query selects, read as it is asked for."""
        with _told():
            yield from self._database.execute(query, parameters)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all that is written in it is kept together, or nothing where it raises or the process is killed."""
        with _told(), self._database:
            self._database.execute("BEGIN IMMEDIATE")
            yield self._database


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error:
        raise UpstreamError(Reason.UNREADABLE, "the facts that are kept cannot be read or written") from None


def _setting(database: sqlite3.Connection, name: str) -> bytes | None:
    row = database.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
    return bytes(row[0]) if row else None


def _open(path: Path | None, patience: float) -> sqlite3.Connection:
    database = _opened(path, patience)
    database.execute("PRAGMA foreign_keys = ON")
    return database


def _opened(path: Path | None, patience: float) -> sqlite3.Connection:
    if path is not None:
        with suppress(OSError, sqlite3.Error):
            return open_database(path, SCHEMA, patience=patience)
        log.warning("facts are kept in memory", extra={"fields": {"reason": "their file cannot be used"}})
    database = sqlite3.connect(":memory:", check_same_thread=False)
    SCHEMA.apply(database)
    return database
