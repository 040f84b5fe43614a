"""What is kept between refreshes, and what becomes of it when the file, the configuration or the version is another one."""

import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from exporter.errors import Reason, UpstreamError
from exporter.sources.github.store import Store
from exporter.sources.github.store.marks import SETTLED, Mark
from exporter.sources.github.store.schema import SCHEMA


def noted(store: Store, key: int, mark: Mark, name: str = "issues") -> None:
    with store.transaction() as database:
        store.set_mark(database, key, name, mark)


def test_a_repository_keeps_its_number(tmp_path: Path) -> None:
    store = Store(tmp_path / "facts.sqlite", "same")
    first, second = store.key("R_1"), store.key("R_2")
    assert first != second
    store.close()
    assert Store(tmp_path / "facts.sqlite", "same").key("R_1") == first


def test_a_mark_comes_back_as_it_was_noted() -> None:
    store = Store(None, "")
    mark = Mark(read_at=90, upto=80, complete=True, newest=85, cursor="Y3Vyc29y", note="abc")
    key = store.key("R_1")
    assert store.mark(key, "issues") is None
    noted(store, key, mark)
    assert store.mark(key, "issues") == mark
    assert store.mark(key, "stars") is None
    noted(store, key, Mark(read_at=91))
    assert store.mark(key, "issues") == Mark(read_at=91)


def test_people_are_told_apart_and_not_told(tmp_path: Path) -> None:
    store = Store(tmp_path / "facts.sqlite", "")
    assert store.person("planted-ada") == store.person("Planted-Ada") != store.person("planted-bob")
    again = store.person("planted-ada")
    store.close()
    assert Store(tmp_path / "facts.sqlite", "").person("planted-ada") == again
    assert Store(None, "").person("planted-ada") != again, "the key is this store's own"


def test_another_configuration_reads_everything_anew(tmp_path: Path) -> None:
    store = Store(tmp_path / "facts.sqlite", "bots: none")
    noted(store, store.key("R_1"), Mark(read_at=1, complete=True))
    store.close()
    store = Store(tmp_path / "facts.sqlite", "bots: some")
    assert store.mark(store.key("R_1"), "issues") is None


def test_what_is_no_longer_configured_is_forgotten_with_all_its_facts() -> None:
    store = Store(None, "")
    kept, gone = store.key("R_1"), store.key("R_2")
    for key in (kept, gone):
        noted(store, key, Mark(read_at=1))
        with store.transaction() as database:
            database.execute("INSERT INTO star (repository, at) VALUES (?, 5)", (key,))
    store.keep_only([kept])
    assert list(store.rows("SELECT repository FROM star")) == [(kept,)]
    assert store.mark(kept, "issues") == Mark(read_at=1)
    assert store.mark(gone, "issues") is None


def test_a_transaction_that_raises_keeps_nothing() -> None:
    store = Store(None, "")
    key = store.key("R_1")

    def fail() -> None:
        with store.transaction() as database:
            store.set_mark(database, key, "issues", Mark(read_at=1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert store.mark(key, "issues") is None


KILLED = """
import os, sys
from pathlib import Path
from exporter.sources.github.store import Store
from exporter.sources.github.store.marks import Mark
store = Store(Path(sys.argv[1]), "")
key = store.key("R_1")
with store.transaction() as database:
    store.set_mark(database, key, "issues", Mark(read_at=1))
with store.transaction() as database:
    store.set_mark(database, key, "issues", Mark(read_at=2))
    os.kill(os.getpid(), 9)
"""


def test_a_kill_in_the_middle_loses_that_transaction_alone(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "facts.sqlite")], check=False)
    assert done.returncode == -9
    store = Store(tmp_path / "facts.sqlite", "")
    assert store.mark(store.key("R_1"), "issues") == Mark(read_at=1)


def test_only_the_owner_may_read_the_file(tmp_path: Path) -> None:
    path = tmp_path / "facts.sqlite"
    Store(path, "")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"not a database, but long enough to be looked at" * 50, b""])
def test_a_file_that_is_no_store_goes_aside(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "facts.sqlite"
    path.write_bytes(content)
    assert Store(path, "").key("R_1") == 1
    aside = path.with_name("facts.sqlite.aside-1")
    assert (aside.read_bytes() == content) if content else not aside.exists()


def test_the_database_of_another_program_goes_aside_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "facts.sqlite"
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE precious (value)")
    database.commit()
    database.close()
    Store(path, "")
    database = sqlite3.connect(path.with_name("facts.sqlite.aside-1"))
    assert database.execute("SELECT name FROM sqlite_schema").fetchall() == [("precious",)]
    database.close()


def test_a_store_of_a_newer_version_goes_aside(tmp_path: Path) -> None:
    path = tmp_path / "facts.sqlite"
    Store(path, "").close()
    database = sqlite3.connect(path)
    database.execute(f"PRAGMA user_version = {SCHEMA.version + 1}")
    database.close()
    store = Store(path, "")
    assert path.with_name("facts.sqlite.aside-1").exists()
    assert list(store.rows("PRAGMA user_version")) == [(SCHEMA.version,)]
    assert list(store.rows("PRAGMA application_id")) == [(SCHEMA.application,)]


def test_where_no_file_can_be_made_memory_does(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = Store(tmp_path / "missing" / "facts.sqlite", "")
    assert store.key("R_1") == 1
    assert "facts are kept in memory" in caplog.text


def test_what_the_database_refuses_is_told_as_an_upstream_that_cannot_be_read() -> None:
    store = Store(None, "")
    store.close()
    with pytest.raises(UpstreamError) as error:
        store.key("R_1")
    assert error.value.reason is Reason.UNREADABLE


@pytest.mark.parametrize(
    ("mark", "last", "settled"),
    [
        (Mark(read_at=1000, upto=500, complete=True), 500, True),
        (Mark(read_at=1000, upto=500, complete=True), 501, False),
        (Mark(read_at=500 + SETTLED, upto=500, complete=True), 500, False),
        (Mark(read_at=501 + SETTLED, upto=500, complete=True), 500, True),
        (Mark(read_at=1000, upto=500, complete=False), 500, False),
        (Mark(read_at=1000, upto=500, complete=True, cursor="on the way"), 500, False),
        (Mark(read_at=1000, complete=True), None, True),
        (Mark(read_at=1000, upto=500, complete=True), None, False),
    ],
)
def test_a_list_is_settled_when_nothing_can_have_come_since(mark: Mark, last: int | None, settled: bool) -> None:
    assert mark.settled(last) is settled
