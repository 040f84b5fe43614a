"""Databases that hang, are locked or go away: the exporter is bound in time, and the product does not wait for it."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from exporter.errors import Reason, UpstreamError
from exporter.sources.telemetry.warehouse import Warehouse, open_warehouse
from support.postgres import Postgres
from support.programs import eventually
from support.tools import NOW
from support.warehouses import PostgresStore, SqliteStore, Store

SHORT = timedelta(seconds=1)
LONG = timedelta(seconds=30)

ENDLESS = {
    "sqlite": "CREATE VIEW slow AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
    "SELECT i AS timestamp, platform FROM n, crashes",
    "postgresql": "CREATE VIEW analytics.slow AS SELECT timestamp, platform FROM analytics.crashes, pg_sleep(60)",
}
SLOW_CRASHES = {"sessions": {"name": "slow"}}
"""What is called sessions takes for ever to read."""
ASLEEP, IDLE = "wait_event = 'PgSleep'", "state = 'idle'"


def count(warehouse: Warehouse, table: str) -> int:
    number: int = warehouse.number(select(func.count()).select_from(warehouse.relation(table).rows))
    return number


def failure(warehouse: Warehouse, table: str) -> tuple[Reason, str]:
    with pytest.raises(UpstreamError) as caught:
        count(warehouse, table)
    return caught.value.reason, str(caught.value)


@pytest.fixture
def slow(store: Store) -> Store:
    """A warehouse with a crash, and a view `slow` that would take for ever."""
    store.insert("crashes", [{"timestamp": NOW, "platform": "linux"}])
    store.execute(ENDLESS[store.engine])
    return store


@pytest.fixture
def kept(postgres: Postgres) -> Iterator[PostgresStore]:
    """A warehouse with a crash on the server of all tests."""
    with closing(PostgresStore(postgres)) as store:
        store.insert("crashes", [{"timestamp": NOW, "platform": "linux"}])
        yield store


@contextmanager
def reading(store: Store, timeout: timedelta) -> Iterator["Future[tuple[Reason, str]]"]:
    """A reading of `slow` that is under way in another thread; its result is the failure that it ends with."""

    def read() -> tuple[Reason, str]:
        with open_warehouse(store.config(timeout=timeout, tables=SLOW_CRASHES)) as warehouse:
            begun.set()
            return failure(warehouse, "sessions")

    begun = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        result = pool.submit(read)
        assert begun.wait(10)
        if isinstance(store, PostgresStore):
            eventually(lambda: backends(store, ASLEEP))
        else:
            time.sleep(0.2)
        yield result


def backends(store: PostgresStore, doing: str) -> list[int]:
    """The processes of the server that work for the exporter on this database."""
    with store.server.connect("postgres") as administrator:
        found: list[Any] = administrator.execute(
            f"SELECT pid FROM pg_stat_activity WHERE application_name = 'kpi-exporter' AND datname = %s AND {doing}".encode(),
            [store.database],
        ).fetchall()
    return [pid for (pid,) in found]


def test_a_query_that_hangs_is_ended_and_the_next_one_is_answered(slow: Store) -> None:
    before = time.monotonic()
    with open_warehouse(slow.config(timeout=SHORT, tables=SLOW_CRASHES)) as warehouse:
        reason, text = failure(warehouse, "sessions")
        assert reason == Reason.TIMEOUT
        assert text == f"the table {slow.called('slow')}: a statement took longer than 1s"
        assert time.monotonic() - before < 6
        assert count(warehouse, "crashes") == 1


def test_a_table_that_cannot_be_looked_at_is_not_looked_at_again(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "events.db")) as store:
        store.insert("crashes", [{"timestamp": NOW}])
        store.execute(ENDLESS["sqlite"])
        with open_warehouse(store.config(timeout=SHORT, tables=SLOW_CRASHES)) as warehouse:
            first = failure(warehouse, "sessions")
            before = time.monotonic()
            assert failure(warehouse, "sessions") == first
            assert time.monotonic() - before < SHORT.total_seconds() / 2


def test_a_writer_does_not_wait_while_a_reading_is_under_way(slow: Store) -> None:
    with reading(slow, timedelta(seconds=3)) as result:
        if isinstance(slow, PostgresStore):
            slow.execute("SET lock_timeout = '100ms'")
        else:
            slow.execute("PRAGMA busy_timeout = 0")
        slow.insert("crashes", [{"timestamp": NOW, "platform": "macos"}])
        slow.execute(f"DELETE FROM {slow.called('crashes')} WHERE platform = 'linux'")
        assert not result.done()
        assert result.result()[0] == Reason.TIMEOUT
    assert slow.execute(f"SELECT platform FROM {slow.called('crashes')}") == [("macos",)]


def test_a_table_that_is_locked_is_given_up_before_the_timeout(kept: PostgresStore) -> None:
    with kept.server.connect(kept.database) as other, other.transaction():
        other.execute("LOCK TABLE analytics.crashes IN ACCESS EXCLUSIVE MODE")
        with open_warehouse(kept.config(timeout=SHORT)) as warehouse:
            expected = "the table analytics.crashes: somebody keeps it locked for longer than 500ms"
            assert failure(warehouse, "crashes") == (Reason.TIMEOUT, expected)
            assert count(warehouse, "downloads") == 0


def test_a_file_that_a_writer_keeps_locked(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "events.db")) as store:
        store.execute("PRAGMA journal_mode = DELETE")
        store.execute("BEGIN EXCLUSIVE")
        expected = f"the database {store.path} is kept locked by a writer for longer than 500ms"
        with pytest.raises(UpstreamError) as caught, open_warehouse(store.config(timeout=SHORT)):
            pass
        assert (caught.value.reason, str(caught.value)) == (Reason.TIMEOUT, expected)
        store.execute("ROLLBACK")
        with open_warehouse(store.config(timeout=SHORT)) as warehouse:
            assert count(warehouse, "crashes") == 0


def test_a_file_that_is_written_to_just_now_is_read_as_it_was(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "events.db")) as store:
        store.execute("BEGIN IMMEDIATE")
        store.execute("INSERT INTO crashes (timestamp) VALUES (1)")
        with open_warehouse(store.config(timeout=SHORT)) as warehouse:
            assert count(warehouse, "crashes") == 0
        store.execute("COMMIT")


def test_a_session_that_is_ended_by_the_administrator(kept: PostgresStore, caplog: pytest.LogCaptureFixture) -> None:
    kept.execute(ENDLESS["postgresql"])
    with reading(kept, LONG) as result:
        for pid in backends(kept, ASLEEP):
            kept.server.execute("postgres", f"SELECT pg_terminate_backend({pid})")
        lost = f"the connection to the database {kept.database} on 127.0.0.1:{kept.server.port} was lost"
        assert result.result() == (Reason.CONNECTION, lost)
    assert caplog.records == []


def test_a_server_that_freezes_is_left(kept: PostgresStore) -> None:
    with open_warehouse(kept.config(timeout=SHORT)) as warehouse:
        (pid,) = eventually(lambda: backends(kept, IDLE))
        os.kill(pid, signal.SIGSTOP)
        with ThreadPoolExecutor(1) as pool:
            found = pool.submit(failure, warehouse, "crashes")
            try:
                expected = "the table analytics.crashes: a statement took longer than 1s"
                assert found.result(20) == (Reason.TIMEOUT, expected)
                # The connection is gone with it, and says so at once.
                assert failure(warehouse, "downloads")[0] == Reason.CONNECTION
            finally:
                os.kill(pid, signal.SIGCONT)


def test_a_server_that_stops_and_starts_again(caplog: pytest.LogCaptureFixture) -> None:
    with Postgres() as server, closing(PostgresStore(server)) as store:
        config = store.config(timeout=SHORT)
        with open_warehouse(config) as warehouse:
            assert count(warehouse, "crashes") == 0
            server.stop()
            lost = f"the connection to the database {store.database} on 127.0.0.1:{server.port} was lost"
            assert failure(warehouse, "crashes") == (Reason.CONNECTION, lost)
            assert failure(warehouse, "downloads") == (Reason.CONNECTION, lost)
        with pytest.raises(UpstreamError) as caught, open_warehouse(config):
            pass
        away = f"the database {store.database} on 127.0.0.1:{server.port} cannot be reached"
        assert (caught.value.reason, str(caught.value)) == (Reason.CONNECTION, away)
        server.start()
        with open_warehouse(config) as warehouse:
            assert count(warehouse, "crashes") == 0
    assert caplog.records == []


def test_a_table_that_is_dropped_in_the_middle_fails_alone(store: Store) -> None:
    with open_warehouse(store.config()) as warehouse:
        crashes = select(func.count()).select_from(warehouse.relation("crashes").rows)
        store.execute(f"DROP TABLE {store.called('crashes')}")
        with pytest.raises(UpstreamError) as caught:
            warehouse.number(crashes)
        assert (caught.value.reason, str(caught.value)) == (
            Reason.NOT_FOUND,
            f"the table {store.called('crashes')}: it, or a column of it, is not there",
        )
        assert count(warehouse, "downloads") == 0
