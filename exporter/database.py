"""Files of our own in the form of SQLite databases, which may be lost and never stand in the way."""

import itertools
import os
import sqlite3
import stat
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Schema", "move_aside", "open_database"]

_LOG_BYTES = 4 * 2**20
"""Size to which the write-ahead log is cut back."""


@dataclass(frozen=True, slots=True)
class Schema:
    """What a file of ours holds.

    `application` tells it from the files of others (PRAGMA application_id). `migrations` are the statements that lead from each
    version (PRAGMA user_version) to the next, the first of them from an empty file.
    """

    application: int
    migrations: Sequence[Sequence[str]]

    @property
    def version(self) -> int:
        """The newest version."""
        return len(self.migrations)

    def apply(self, database: sqlite3.Connection) -> None:
        """Brings a database from its version to the newest, at once or not at all; an empty one is begun.

        Raises sqlite3.DatabaseError where it is of another program or of a version yet to come.
        """
        with database:
            database.execute("BEGIN IMMEDIATE")
            empty = database.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,)
            (application,) = database.execute("PRAGMA application_id").fetchone()
            (version,) = database.execute("PRAGMA user_version").fetchone()
            if not empty and (application != self.application or not 1 <= version <= self.version):
                raise sqlite3.DatabaseError("of another program or version")
            ahead = self.migrations[0 if empty else version :]
            for statement in itertools.chain.from_iterable(ahead):
                database.execute(statement)
            if ahead:
                # Else nothing is written: what turns out to be damaged is to go aside as it was.
                database.execute(f"PRAGMA application_id = {self.application}")
                database.execute(f"PRAGMA user_version = {self.version}")


def open_database(path: Path, schema: Schema, *, patience: float) -> sqlite3.Connection:
    """A database in a file that only its owner may read, with writes that a kill or a power cut undoes and never halves.

    What stands in the place of the file and is damaged, of another program or of a version yet to come is moved aside, never
    deleted; so is what is no regular file. `patience` is how many seconds to wait while another connection writes. Any thread may
    use the connection.

    Raises OSError where no file can be made or moved, and sqlite3.Error where one cannot be used for now.
    """
    try:
        return _connect(path, schema, patience)
    except sqlite3.OperationalError:
        # Locked, or a disk that is full or read-only: the file itself may be sound.
        raise
    except (sqlite3.DatabaseError, IsADirectoryError):
        move_aside(path)
        return _connect(path, schema, patience)


def _connect(path: Path, schema: Schema, patience: float) -> sqlite3.Connection:
    # Made here, so that there is no moment in which others may read it; SQLite gives its other files the same mode.
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            # A device or a pipe that a link leads to: its mode is not ours to change.
            raise sqlite3.DatabaseError("not a regular file")
        os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)
    database = sqlite3.connect(path, timeout=patience, check_same_thread=False)
    try:
        schema.apply(database)
        if database.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("damaged")
        # What was written last may be lost, which is no harm to what can be read again.
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute(f"PRAGMA journal_size_limit = {_LOG_BYTES}")
    except BaseException:
        database.close()
        raise
    return database


def move_aside(path: Path) -> None:
    """Gives a file another name, so that a new one can be begun; raises OSError."""
    aside = next(name for n in itertools.count(1) if not (name := path.with_name(f"{path.name}.aside-{n}")).exists())
    path.rename(aside)
    for suffix in ("-wal", "-shm", "-journal"):
        # They belong to the old file, which may be in use, and would be taken for the new one's.
        with suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(aside.with_name(aside.name + suffix))
