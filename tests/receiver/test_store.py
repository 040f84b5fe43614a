"""What a row is, and what a warehouse says that cannot be written, on both engines."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

from exporter.errors import Reason, UpstreamError
from exporter.receiver.engine import engine_of
from exporter.receiver.event import Event
from exporter.receiver.store import Store as Warehouse
from exporter.sources.telemetry.address import parse_address
from support.postgres import PASSWORD, READER, Postgres
from support.receiver import ids
from support.warehouses import ENGINES, PostgresStore, SqliteStore, Store, new_store

ID = UUID("0b9fdd4c-3c2a-4f0e-9a55-2f3f3a1d7c11")
MOMENT = datetime(2026, 1, 20, 9, 0, 0, 123_000, UTC)
INIT = "run `kpi-exporter telemetry init` with a role that may make tables"


def crash(event_id: UUID | None = None) -> Event:
    return Event("crashes", {"event_id": event_id or uuid4(), "timestamp": MOMENT, "platform": "macos", "version": "1.0.0"})


def warehouse_of(store: Store, url: str | None = None, schema: str = "analytics") -> Warehouse:
    return Warehouse(url or store.writer_url, schema, timedelta(seconds=0.5))


@pytest.fixture
def warehouse(store: Store) -> Iterator[Warehouse]:
    warehouse = warehouse_of(store)
    yield warehouse
    warehouse.close()


def failure(warehouse: Warehouse) -> UpstreamError:
    """How a warehouse fails, which is the same for a look and for a batch."""
    failures = []
    for attempt in (warehouse.check, lambda: warehouse.add([crash()])):
        with pytest.raises(UpstreamError) as raised:
            attempt()
        failures.append(raised.value)
    first, second = failures
    assert (first.reason, str(first)) == (second.reason, str(second))
    assert PASSWORD not in str(first)
    return first


@contextmanager
def locked(store: Store) -> Iterator[None]:
    """Somebody else writes, and takes long."""
    if isinstance(store, SqliteStore):
        with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
    else:
        assert isinstance(store, PostgresStore)
        with psycopg.connect(store.writer_url) as other:
            other.execute("LOCK TABLE analytics.crashes IN ACCESS EXCLUSIVE MODE")
            yield
            other.rollback()


def test_a_row_holds_what_the_engine_stores_for_each_kind_of_value(warehouse: Warehouse, store: Store) -> None:
    row = {"event_id": ID, "timestamp": MOMENT, "user_id": "hash", "category": "git", "success": True}
    assert warehouse.add([Event("command_feedback", row)]) == 1
    stored = {
        "sqlite": (str(ID), 1_768_899_600_123, "hash", "git", 1),
        "postgresql": (ID, MOMENT, "hash", "git", True),
    }
    columns = "event_id, timestamp, user_id, category, success"
    assert store.execute(f"SELECT {columns} FROM {store.called('command_feedback')}") == [stored[store.engine]]


def test_new_events_are_counted_exactly(warehouse: Warehouse, store: Store) -> None:
    events = [crash() for _ in range(10)]
    assert warehouse.add(events[:6]) == 6
    assert warehouse.add([*events, events[9]]) == 4
    assert len(ids(store)) == 10


def test_an_id_is_one_within_its_table(warehouse: Warehouse, store: Store) -> None:
    memory = Event("memory_usage", {"event_id": ID, "timestamp": MOMENT, "memory_kb": 1.0})
    assert warehouse.add([crash(ID), memory]) == 2
    assert ids(store) == [ID, ID]


def test_a_batch_is_stored_whole_or_not_at_all(warehouse: Warehouse, store: Store) -> None:
    broken = Event("sessions", {"event_id": uuid4(), "timestamp": None, "user_id": None, "platform": None})
    with pytest.raises(UpstreamError):
        warehouse.add([crash(), broken])
    assert ids(store) == []


def test_the_same_events_from_many_clients_at_once_are_stored_once(warehouse: Warehouse, store: Store) -> None:
    events = [crash() for _ in range(200)]
    batches = [events[::-1] if turn % 2 else events for turn in range(12)]
    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(lambda batch: patient(warehouse, batch), batches)) == 200
    assert sorted(ids(store)) == sorted(event.row["event_id"] for event in events)


def patient(warehouse: Warehouse, batch: list[Event]) -> int:
    """Comes again when it is told to."""
    while True:
        try:
            return warehouse.add(batch)
        except UpstreamError as error:
            if error.reason is not Reason.TIMEOUT:
                raise


def test_a_lock_is_waited_for_only_so_long_and_the_next_batch_comes_through(warehouse: Warehouse, store: Store) -> None:
    warehouse.check()
    began = datetime.now(UTC)
    with locked(store), pytest.raises(UpstreamError, match=r"is locked by others for too long$") as raised:
        warehouse.add([crash()])
    assert raised.value.reason is Reason.TIMEOUT
    assert datetime.now(UTC) - began < timedelta(seconds=3)
    assert warehouse.add([crash()]) == 1


@pytest.mark.parametrize("engine", ENGINES)
def test_without_the_tables_it_says_how_they_are_made(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    server = request.getfixturevalue("postgres") if engine == "postgresql" else None
    with new_store(engine, tmp_path, server, shipped=False) as store:
        warehouse = warehouse_of(store)
        error = failure(warehouse)
        warehouse.close()
        assert error.reason is Reason.NOT_FOUND
        assert str(error).endswith(f"{store.called('memory_usage')}: {INIT}")


def test_a_table_that_is_taken_away_is_said_the_same_way(warehouse: Warehouse, store: Store) -> None:
    warehouse.check()
    store.execute(f"DROP TABLE {store.called('crashes')}")
    with pytest.raises(UpstreamError, match=rf"lacks tables for events, or columns of them: {INIT}$"):
        warehouse.add([crash()])


def test_a_table_that_lacks_a_column_is_named(warehouse: Warehouse, store: Store) -> None:
    store.execute(f"ALTER TABLE {store.called('command_generated')} DROP COLUMN retries")
    assert str(failure(warehouse)).endswith("has no column retries")


def test_a_table_that_could_hold_an_event_twice_is_refused(warehouse: Warehouse, store: Store) -> None:
    name = store.called("crashes")
    store.execute(f"DROP TABLE {name}")
    store.execute(f"CREATE TABLE {name} (event_id TEXT, timestamp INTEGER, platform TEXT, version TEXT)")
    error = failure(warehouse)
    assert error.reason is Reason.MALFORMED
    assert str(error).endswith("must have the primary key event_id")


def test_a_role_that_may_only_insert_is_enough(postgres: Postgres, tmp_path: Path) -> None:
    with new_store("postgresql", tmp_path, postgres) as store:
        store.execute(f"REVOKE SELECT ON ALL TABLES IN SCHEMA analytics FROM {READER}")
        store.execute(f"GRANT INSERT ON ALL TABLES IN SCHEMA analytics TO {READER}")
        warehouse = warehouse_of(store, store.url)
        warehouse.check()
        event = crash()
        assert [warehouse.add([event]), warehouse.add([event])] == [1, 0]
        warehouse.close()


def test_a_role_that_may_only_read_is_told_what_it_needs(postgres: Postgres, tmp_path: Path) -> None:
    with new_store("postgresql", tmp_path, postgres) as store:
        warehouse = warehouse_of(store, store.url)
        error = failure(warehouse)
        warehouse.close()
    assert error.reason is Reason.AUTH
    assert str(error).startswith("the role may not write to the database")
    assert str(error).endswith("it needs USAGE of the schema and INSERT on every table of it")


def test_a_session_that_only_reads_is_told_apart(postgres: Postgres, tmp_path: Path) -> None:
    with new_store("postgresql", tmp_path, postgres) as store:
        warehouse = warehouse_of(store, f"{store.writer_url}?options=-cdefault_transaction_read_only%3Don")
        error = failure(warehouse)
        warehouse.close()
    assert (error.reason, str(error).endswith(" may only be read")) == (Reason.AUTH, True)


def test_a_wrong_password_is_told_without_it(postgres: Postgres, tmp_path: Path) -> None:
    with new_store("postgresql", tmp_path, postgres) as store:
        assert isinstance(store, PostgresStore)
        warehouse = warehouse_of(store, postgres.url(store.database, READER, "planted-wrong"))
        error = failure(warehouse)
        warehouse.close()
    assert error.reason is Reason.AUTH
    assert "planted" not in str(error)


def test_a_server_that_is_away_is_told_and_its_return_is_noticed(tmp_path: Path) -> None:
    with Postgres() as server, new_store("postgresql", tmp_path, server) as store:
        warehouse = warehouse_of(store)
        assert warehouse.add([crash()]) == 1
        server.stop()
        error = failure(warehouse)
        assert (error.reason, str(error).startswith("the database ")) == (Reason.CONNECTION, True)
        server.start()
        assert warehouse.add([crash()]) == 1
        warehouse.close()


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    error = failure(Warehouse(f"sqlite:///{path}", "analytics", timedelta(seconds=0.5)))
    assert (error.reason, str(error)) == (
        Reason.UNREADABLE,
        f"the database {path} cannot be opened: where it is not made yet, {INIT}",
    )
    assert not path.exists()


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "text.db"
    path.write_text("planted " * 500)
    error = failure(Warehouse(f"sqlite:///{path}", "analytics", timedelta(seconds=0.5)))
    assert (error.reason, str(error)) == (Reason.MALFORMED, f"the database {path} is no SQLite database")


def test_what_sqlite_commits_is_on_disk(tmp_path: Path) -> None:
    with new_store("sqlite", tmp_path, None) as store:
        engine = engine_of(parse_address(store.writer_url), timedelta(seconds=1))
        with engine.connect() as connection:
            settings = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")]
        engine.dispose()
    assert settings == ["wal", 2]


def test_what_postgresql_commits_is_on_disk_whatever_the_role_says(postgres: Postgres, tmp_path: Path) -> None:
    with new_store("postgresql", tmp_path, postgres) as store:
        store.execute(
            "CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS "
            "$$BEGIN NEW.version := current_setting('synchronous_commit'); RETURN NEW; END$$"
        )
        store.execute("CREATE TRIGGER noted BEFORE INSERT ON analytics.crashes FOR EACH ROW EXECUTE FUNCTION noted()")
        assert store.execute("SHOW synchronous_commit") == [("off",)]
        warehouse = warehouse_of(store)
        warehouse.add([crash()])
        warehouse.close()
        assert store.execute("SELECT version FROM analytics.crashes") == [("on",)]
