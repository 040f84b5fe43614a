"""What both caches promise, and what the one in a file promises beyond."""

import itertools
import os
import random
import signal
import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from exporter.http import MemoryCache, SqliteCache
from exporter.http.cache import Stored

OLD = Stored('"a1"', "Tue, 27 Jan 2026 11:00:00 GMT", b"\x00old\xff", "<https://x.test/?page=2>; rel=next")
NEW = Stored('"a2"', None, b"new")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "cache.sqlite"


@pytest.fixture(params=["memory", "file"])
def make_cache(request, tmp_path):
    """Makes caches of both kinds, each one its own."""
    opened = []

    def make(**bounds):
        if request.param == "memory":
            return MemoryCache(**bounds)
        opened.append(SqliteCache(tmp_path / f"{len(opened)}.sqlite", **bounds))
        return opened[-1]

    yield make
    for cache in opened:
        cache.close()


def test_an_answer_comes_back_as_it_was(make_cache):
    cache = make_cache()
    cache.put("key", OLD)
    assert cache.get("key") == OLD
    assert cache.get("other") is None


def test_the_last_answer_of_a_key_counts(make_cache):
    cache = make_cache()
    for stored in (NEW, OLD, NEW):
        cache.put("key", stored)
    assert cache.get("key") == NEW


def test_the_answers_used_last_are_kept(make_cache):
    cache = make_cache(max_entries=3)
    for key in "abc":
        cache.put(key, NEW)
    cache.get("a")
    cache.put("d", NEW)
    assert [key for key in "abcd" if cache.get(key)] == ["a", "c", "d"]


def test_the_bytes_of_all_answers_are_bounded(make_cache):
    cache = make_cache(max_bytes=100)
    for key in "abc":
        cache.put(key, Stored('"1"', None, b"x" * 40))
    assert [key for key in "abc" if cache.get(key)] == ["b", "c"]


def test_replacing_an_answer_frees_its_bytes(make_cache):
    cache = make_cache(max_bytes=100)
    cache.put("a", NEW)
    for _ in range(5):
        cache.put("b", Stored('"1"', None, b"x" * 80))
    assert cache.get("a") == NEW


def test_an_answer_larger_than_the_cache_pushes_nothing_out(make_cache):
    cache = make_cache(max_bytes=100)
    cache.put("a", NEW)
    cache.put("b", Stored('"1"', None, b"x" * 101))
    assert cache.get("a") == NEW
    assert cache.get("b") is None


def test_threads_do_not_disturb_each_other(make_cache):
    cache = make_cache(max_entries=5)

    def work(number):
        key = str(number % 10)
        cache.put(key, Stored(key, None, key.encode() * 100))
        return cache.get(key) in (None, Stored(key, None, key.encode() * 100))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(400)))
    assert sum(cache.get(str(number)) is not None for number in range(10)) == 5


def test_a_file_survives_a_restart(path):
    with closing(SqliteCache(path)) as cache:
        cache.put("key", OLD)
    with closing(SqliteCache(path)) as cache:
        assert cache.get("key") == OLD


def test_two_processes_may_share_a_file(path):
    with closing(SqliteCache(path)) as one, closing(SqliteCache(path)) as other:
        one.put("key", OLD)
        assert other.get("key") == OLD
        other.put("key", NEW)
        assert one.get("key") == NEW


def test_a_closed_file_keeps_nothing(path):
    cache = SqliteCache(path)
    cache.close()
    cache.put("key", NEW)
    assert cache.get("key") is None


def test_only_the_owner_may_read_the_file(path):
    path.touch(0o644)
    with closing(SqliteCache(path)) as cache:
        cache.put("key", NEW)
        modes = {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert modes == {0o600}


def test_no_key_is_written_to_the_file(path):
    with closing(SqliteCache(path)) as cache:
        cache.put("GET https://x.test/?key=planted-query Bearer planted-token", NEW)
        written = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"planted" not in written


def test_the_same_key_has_another_name_in_another_file(tmp_path):
    names = set()
    for number in range(2):
        path = tmp_path / str(number)
        with closing(SqliteCache(path)) as cache:
            cache.put("key", NEW)
        with closing(sqlite3.connect(path)) as database:
            names.update(database.execute("SELECT name FROM answer").fetchall())
    assert len(names) == 2


def damage(path):
    with closing(SqliteCache(path)) as cache:
        for number in range(50):
            cache.put(str(number), Stored('"1"', None, b"x" * 2000))
    whole = path.read_bytes()
    middle = len(whole) // 8192 * 4096
    path.write_bytes(whole[:middle] + random.Random(1).randbytes(8192) + whole[middle + 8192 :])


def cut(path):
    damage(path)
    path.write_bytes(path.read_bytes()[:5000])


def of_another_program(path):
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE answer (question TEXT)")


def of_another_version(path):
    SqliteCache(path).close()
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 99")


@pytest.mark.parametrize(
    "spoil",
    [
        damage,
        cut,
        of_another_program,
        of_another_version,
        lambda path: path.write_text("no database at all, but a text of some length\n" * 100),
        lambda path: path.mkdir(),
    ],
    ids=["damaged", "cut off", "of another program", "of another version", "a text", "a folder"],
)
def test_what_is_no_cache_is_moved_aside(path, spoil):
    spoil(path)
    content = path.read_bytes() if path.is_file() else None
    with closing(SqliteCache(path)) as cache:
        assert cache.get("1") is None
        cache.put("key", NEW)
        assert cache.get("key") == NEW
    aside = path.with_name("cache.sqlite.aside-1")
    assert content is None or aside.read_bytes() == content


def test_what_was_moved_aside_before_stays(path):
    for text in ("first", "second"):
        path.write_text(text * 200)
        SqliteCache(path).close()
    asides = sorted(file for file in path.parent.iterdir() if "aside" in file.name)
    assert [file.read_text()[:5] for file in asides] == ["first", "secon"]


def test_a_file_that_breaks_while_in_use_is_replaced(path):
    with closing(SqliteCache(path)) as cache:
        for number in range(50):
            cache.put(str(number), Stored('"1"', None, b"x" * 5000))
        with closing(sqlite3.connect(path)) as other:
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with path.open("r+b") as file:
            file.write(b"\xff" * path.stat().st_size)
        for number in range(50):
            cache.get(str(number))
        cache.put("key", NEW)
        assert cache.get("key") == NEW


def test_a_file_that_another_process_holds_costs_nothing_but_its_answers(path):
    with closing(SqliteCache(path, patience=0.01)) as cache, closing(sqlite3.connect(path)) as other:
        cache.put("key", OLD)
        other.execute("BEGIN IMMEDIATE")
        cache.put("key", NEW)
        assert cache.get("key") == OLD


def test_a_place_where_no_file_can_be_is_said_so(tmp_path):
    with pytest.raises(OSError, match="nowhere"):
        SqliteCache(tmp_path / "nowhere" / "cache.sqlite")


WRITER = """
import sys
from pathlib import Path
from exporter.http import SqliteCache
from exporter.http.cache import Stored
cache = SqliteCache(Path(sys.argv[1]), max_entries=50)
for number in range(10**9):
    cache.put(str(number % 200), Stored(str(number), None, str(number).encode() * 2000))
    print(number, flush=True)
"""


def test_a_kill_loses_no_more_than_the_last_answers(path):
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE)
    with writer, writer.stdout:
        written = [int(line) for line in itertools.islice(writer.stdout, 120)]
        os.kill(writer.pid, signal.SIGKILL)
    with closing(SqliteCache(path)) as cache:
        kept = [stored for stored in (cache.get(str(number)) for number in range(200)) if stored]
    assert len(kept) == 50
    assert all(stored.body == stored.etag.encode() * 2000 for stored in kept)
    assert max(int(stored.etag) for stored in kept) >= written[-1]
    assert [file.name for file in path.parent.iterdir() if "aside" in file.name] == []
