"""Files of our own in the form of databases."""

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from exporter.database import Schema, open_database

FIRST = ("CREATE TABLE star (at INTEGER)",)
SECOND = ("ALTER TABLE star ADD COLUMN kind TEXT", "UPDATE star SET kind = 'old'")
OLD, NEW = Schema(0x74657374, [FIRST]), Schema(0x74657374, [FIRST, SECOND])


def test_an_older_version_is_brought_to_this_one_with_all_it_holds() -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        OLD.apply(database)
        database.execute("INSERT INTO star (at) VALUES (5)")
        database.commit()
        NEW.apply(database)
        assert database.execute("SELECT at, kind FROM star").fetchall() == [(5, "old")]
        assert database.execute("PRAGMA user_version").fetchone() == (NEW.version,) == (2,)
        NEW.apply(database)
        assert database.execute("SELECT at, kind FROM star").fetchall() == [(5, "old")], "once is enough"
        with pytest.raises(sqlite3.DatabaseError, match="of another program or version"):
            OLD.apply(database)


def test_a_version_that_cannot_be_reached_leaves_the_one_that_was() -> None:
    broken = Schema(OLD.application, [FIRST, ("UPDATE star SET at = 7", "UPDATE nothing SET at = 8")])
    with closing(sqlite3.connect(":memory:")) as database:
        OLD.apply(database)
        database.execute("INSERT INTO star (at) VALUES (5)")
        database.commit()
        with pytest.raises(sqlite3.OperationalError):
            broken.apply(database)
        assert database.execute("SELECT at FROM star").fetchall() == [(5,)]
        assert database.execute("PRAGMA user_version").fetchone() == (1,)


@pytest.mark.parametrize("stranger", [Schema(0x6F746865, [FIRST]), Schema(OLD.application, [FIRST, SECOND])])
def test_a_file_of_another_program_or_of_a_version_yet_to_come_goes_aside_unchanged(tmp_path: Path, stranger: Schema) -> None:
    path = tmp_path / "own.sqlite"
    with closing(open_database(path, stranger, patience=1)) as database, database:
        database.execute("INSERT INTO star (at) VALUES (5)")
    with closing(open_database(path, OLD, patience=1)) as database:
        assert database.execute("SELECT * FROM star").fetchall() == []
    with closing(sqlite3.connect(path.with_name("own.sqlite.aside-1"))) as database:
        assert database.execute("SELECT at FROM star").fetchall() == [(5,)]


def test_what_another_process_has_written_and_not_moved_into_the_file_yet_goes_aside_with_it(tmp_path: Path) -> None:
    """A newer version still runs, with the file open, when an older one is started beside it."""
    path = tmp_path / "own.sqlite"
    with closing(open_database(path, NEW, patience=1)) as used:
        with used:
            used.execute("INSERT INTO star VALUES (5, 'kept')")
        open_database(path, OLD, patience=1).close()
        with used:
            used.execute("INSERT INTO star VALUES (6, 'kept')")
    with closing(sqlite3.connect(path.with_name("own.sqlite.aside-1"))) as aside:
        assert aside.execute("SELECT at FROM star").fetchall() == [(5,), (6,)]
    with closing(sqlite3.connect(path)) as begun:
        assert begun.execute("SELECT at FROM star").fetchall() == []


def test_only_the_owner_may_read_the_file(tmp_path: Path) -> None:
    path = tmp_path / "own.sqlite"
    path.touch(mode=0o644)
    with closing(open_database(path, OLD, patience=1)) as database, database:
        database.execute("INSERT INTO star (at) VALUES (5)")
        assert {stat.filemode(file.stat().st_mode) for file in tmp_path.iterdir()} == {"-rw-------"}
