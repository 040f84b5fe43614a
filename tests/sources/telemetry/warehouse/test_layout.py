"""Where tables and columns are found, by whatever names and in whatever types, and what is said where they are not."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from exporter.errors import Reason, UpstreamError
from exporter.sources.telemetry.warehouse import LackingError, Relation, Warehouse, open_warehouse
from support.postgres import READER, Postgres
from support.tools import NOW
from support.warehouses import PostgresStore, SqliteStore, Store

Tables = Mapping[str, Mapping[str, Any]]


def one_second_before(seconds: int) -> Any:
    return NOW - timedelta(seconds=seconds)


def values(store: Store, table: str, column: str, tables: Tables | None = None) -> list[Any]:
    """What a column of a table holds, as this source reads it, in the order of time."""
    with open_warehouse(store.config(tables=tables or {})) as warehouse:
        relation = warehouse.relation(table, column)
        counted = select(relation[column]).where(relation.counted)
        return [value for (value,) in warehouse.rows(counted.order_by(relation["timestamp"]))]


def lacking(store: Store, table: str, *columns: str, tables: Tables | None = None) -> tuple[str, bool]:
    """What is said where a table or column is missing, and whether that was to be expected."""
    with open_warehouse(store.config(tables=tables or {})) as warehouse, pytest.raises(LackingError) as caught:
        warehouse.relation(table, *columns)
    assert caught.value.reason == Reason.NOT_FOUND
    return str(caught.value), caught.value.expected


def made(store: Store, table: str, columns: str) -> None:
    """Makes a table anew, with other columns than the shipped one."""
    store.execute(f"DROP TABLE IF EXISTS {store.called(table)}")
    store.execute(f"CREATE TABLE {store.called(table)} ({columns})")


def moment(store: Store) -> str:
    return "timestamptz" if store.engine == "postgresql" else "INTEGER"


def test_every_shipped_table_is_found_with_all_its_columns(store: Store) -> None:
    from exporter.sources.telemetry.tables import TABLES

    with open_warehouse(store.config()) as warehouse:
        for table in TABLES.values():
            names = [column.name for column in table.columns]
            assert warehouse.relation(table.name, *names).has(*names)


def test_a_required_table_that_is_missing_is_a_failure(store: Store) -> None:
    store.execute(f"DROP TABLE {store.called('crashes')}")
    assert lacking(store, "crashes") == (f"the table {store.called('crashes')} is missing", False)


def test_an_optional_table_may_be_missing(store: Store) -> None:
    store.execute(f"DROP TABLE {store.called('sessions')}")
    assert lacking(store, "sessions") == (f"the table {store.called('sessions')} is missing", True)


def test_an_optional_table_that_the_configuration_names_must_be_there(store: Store) -> None:
    expected = f"the table {store.called('runs')} is missing", False
    assert lacking(store, "sessions", tables={"sessions": {"name": "runs"}}) == expected


def test_a_table_that_the_product_lacks_is_not_looked_for(store: Store) -> None:
    assert lacking(store, "crashes", tables={"crashes": {"missing": True}}) == ("the product has no table crashes", True)


def test_a_required_column_that_is_missing_is_a_failure(store: Store) -> None:
    made(store, "crashes", f"timestamp {moment(store)}, platform text")
    assert lacking(store, "crashes", "version") == (f"the table {store.called('crashes')} has no column version", False)


def test_an_optional_column_may_be_missing(store: Store) -> None:
    made(store, "command_generated", f"timestamp {moment(store)}, user_id text")
    assert lacking(store, "command_generated", "retries")[1] is True


def test_a_column_that_the_product_lacks_may_be_missing(store: Store) -> None:
    tables = {"crashes": {"columns": {"version": None}}}
    assert lacking(store, "crashes", "version", tables=tables) == (
        f"the table {store.called('crashes')} has no column version",
        True,
    )


def test_an_optional_column_that_the_configuration_names_must_be_there(store: Store) -> None:
    tables = {"sessions": {"columns": {"user_id": "device"}}}
    expected = f"the table {store.called('sessions')} has no column device", False
    assert lacking(store, "sessions", "user_id", tables=tables) == expected


def test_a_table_without_its_time_is_of_no_use(store: Store) -> None:
    made(store, "crashes", "platform text")
    assert lacking(store, "crashes") == (f"the table {store.called('crashes')} has no column timestamp", False)
    assert lacking(store, "crashes", tables={"crashes": {"columns": {"timestamp": None}}})[1] is True


def test_a_column_of_a_condition_must_be_there(store: Store) -> None:
    tables = {"crashes": {"where": {"kind": "crash"}}}
    assert lacking(store, "crashes", tables=tables) == (f"the table {store.called('crashes')} has no column kind", False)


def test_what_is_missing_in_one_table_takes_nothing_from_another(store: Store) -> None:
    store.execute(f"DROP TABLE {store.called('crashes')}")
    with open_warehouse(store.config()) as warehouse:
        with pytest.raises(LackingError):
            warehouse.relation("crashes")
        assert warehouse.relation("sessions").has("user_id")


@pytest.mark.parametrize("name", ["Crash Reports", "select", 'say "hi"', "100%", "a.b", "crash:all", "CRASHES2"])
def test_a_table_and_columns_of_any_name_are_found(store: Store, name: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    table = f"analytics.{quoted}" if store.engine == "postgresql" else quoted
    store.execute(f'CREATE TABLE {table} ({quoted} {moment(store)}, "Order By" text)')
    store.execute(f"INSERT INTO {table} (\"Order By\") VALUES ('linux')")
    columns = {"timestamp": name, "platform": "Order By"}
    assert values(store, "crashes", "platform", {"crashes": {"name": name, "columns": columns}}) == ["linux"]


def test_sqlite_finds_names_in_any_case(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "events.db")) as store:
        made(store, "crashes", "TimeStamp INTEGER, PLATFORM text")
        store.execute("INSERT INTO crashes VALUES (1, 'linux')")
        tables = {"crashes": {"name": "Crashes", "columns": {"platform": "Platform"}, "where": {"platform": "linux"}}}
        assert values(store, "crashes", "platform", tables) == ["linux"]


def test_a_view_is_as_good_as_a_table(store: Store) -> None:
    store.insert("crashes", [{"timestamp": NOW, "platform": "linux"}, {"timestamp": NOW, "platform": "linux"}])
    distinct = f"SELECT DISTINCT timestamp, platform FROM {store.called('crashes')}"
    store.execute(f"CREATE VIEW {store.called('once')} AS {distinct}")
    assert values(store, "crashes", "platform", {"crashes": {"name": "once"}}) == ["linux"]


@pytest.fixture
def kept(postgres: Postgres) -> Iterator[PostgresStore]:
    """A warehouse on the server of all tests."""
    with closing(PostgresStore(postgres)) as store:
        yield store


def test_a_materialised_view_and_a_partitioned_table_are_as_good(kept: PostgresStore) -> None:
    kept.insert("crashes", [{"timestamp": NOW, "platform": "linux"}])
    kept.execute("CREATE MATERIALIZED VIEW analytics.kept AS SELECT * FROM analytics.crashes")
    kept.execute("CREATE TABLE analytics.parts (timestamp timestamptz, platform text) PARTITION BY RANGE (timestamp)")
    kept.execute("CREATE TABLE analytics.part PARTITION OF analytics.parts DEFAULT")
    kept.insert("parts", [{"timestamp": NOW, "platform": "macos"}])
    assert values(kept, "crashes", "platform", {"crashes": {"name": "kept"}}) == ["linux"]
    assert values(kept, "crashes", "platform", {"crashes": {"name": "parts"}}) == ["macos"]


def test_another_schema(kept: PostgresStore) -> None:
    kept.execute('CREATE SCHEMA "Product Events"')
    kept.execute('CREATE TABLE "Product Events".crashes (timestamp timestamptz, platform text)')
    kept.execute(f'GRANT USAGE ON SCHEMA "Product Events" TO {READER}')
    kept.execute(f'GRANT SELECT ON "Product Events".crashes TO {READER}')
    kept.execute("INSERT INTO \"Product Events\".crashes VALUES (now(), 'linux')")
    with open_warehouse(kept.config(schema="Product Events")) as warehouse:
        assert warehouse.number(select(warehouse.relation("crashes")["platform"])) == "linux"


EVENTS = "kind text, internal {flag}, ts {moment}, device text, os text"
ONE_TABLE = {
    "downloads": {"name": "events", "columns": {"timestamp": "ts", "user_id": "device"}, "where": {"kind": "install"}},
    "command_generated": {
        "name": "events",
        "columns": {"timestamp": "ts", "user_id": "device", "platform": "os"},
        "where": {"kind": ["run", "rerun"], "internal": False},
    },
    "crashes": {
        "name": "events",
        "columns": {"timestamp": "ts", "platform": "os"},
        "where": {"kind": "crash", "os": ["mac", None]},
    },
}


@pytest.mark.parametrize("flag", ["boolean", "integer"])
def test_several_tables_are_picked_out_of_one(store: Store, flag: str) -> None:
    made(store, "events", EVENTS.format(flag=flag, moment=moment(store)))

    def event(kind: str, device: str, os: str | None = None, internal: bool = False) -> dict[str, Any]:
        stored: Any = internal if store.engine == "postgresql" and flag == "boolean" else int(internal)
        return {"kind": kind, "internal": stored, "ts": NOW, "device": device, "os": os}

    rows = [event("install", "a"), event("install", "b"), event("run", "a", "mac"), event("rerun", "a", "linux")]
    rows += [event("run", "c", internal=True), event("crash", "a", "mac"), event("crash", "a"), event("crash", "a", "linux")]
    store.insert("events", rows)
    with open_warehouse(store.config(tables=ONE_TABLE)) as warehouse:
        downloads, commands, crashes = (warehouse.relation(name) for name in ONE_TABLE)
        assert [of(warehouse, one) for one in (downloads, commands, crashes)] == [2, 2, 2]
        # Both in one statement, as activation has them.
        users = select(downloads["user_id"]).where(
            downloads.counted, commands.counted, downloads["user_id"] == commands["user_id"]
        )
        assert [tuple(row) for row in warehouse.rows(users.distinct())] == [("a",)]
        again = commands.another()
        pairs = select(func.count()).where(commands.counted, again.counted, commands["user_id"] == again["user_id"])
        assert warehouse.number(pairs) == 4


def of(warehouse: Warehouse, relation: Relation) -> int:
    number: int = warehouse.number(select(func.count()).select_from(relation.rows).where(relation.counted))
    return number


FLAGS = [("postgresql", "boolean", [True, False, None]), ("postgresql", "smallint", [1, 0, None])]
FLAGS += [("postgresql", "numeric", [1, 0, None]), ("sqlite", "BOOLEAN", [True, False, None]), ("sqlite", "", [1, 0, None])]


@pytest.mark.parametrize(("engine", "declared", "stored"), FLAGS)
def test_a_flag_is_read_as_one_however_it_is_stored(
    engine: str, declared: str, stored: Sequence[Any], postgres: Postgres, tmp_path: Path
) -> None:
    with closing(PostgresStore(postgres) if engine == "postgresql" else SqliteStore(tmp_path / "events.db")) as store:
        made(store, "command_feedback", f"timestamp {moment(store)}, success {declared}")
        times = [one_second_before(seconds) for seconds in (3, 2, 1)]
        store.insert("command_feedback", [{"timestamp": at, "success": one} for at, one in zip(times, stored, strict=True)])
        found = values(store, "command_feedback", "success")
        assert [None if value is None else bool(value) for value in found] == [True, False, None]
        with open_warehouse(store.config()) as warehouse:
            feedback = warehouse.relation("command_feedback")
            yes, no = feedback["success"].is_(True), feedback["success"].is_(False)
            assert [of(warehouse, feedback), warehouse.number(select(func.count()).where(yes))] == [3, 1]
            assert warehouse.number(select(func.count()).where(no)) == 1


@pytest.mark.parametrize("declared", ["integer", "bigint", "real", "numeric(10,2)", "double precision"])
def test_a_number_is_a_float_however_it_is_stored(kept: PostgresStore, declared: str) -> None:
    made(kept, "memory_usage", f"timestamp timestamptz, memory_kb {declared}")
    kept.insert("memory_usage", [{"timestamp": NOW, "memory_kb": 1024}])
    (number,) = values(kept, "memory_usage", "memory_kb")
    assert (number, type(number)) == (1024.0, float)


@pytest.mark.parametrize("declared", ["varchar(20)", "char(20)", "name", "platforms", "word"])
def test_a_word_is_a_text_however_it_is_stored(kept: PostgresStore, declared: str) -> None:
    kept.execute("CREATE TYPE platforms AS ENUM ('macos', 'linux')")
    kept.execute("CREATE DOMAIN word AS text CHECK (value <> '')")
    made(kept, "crashes", f"timestamp timestamptz, platform {declared}")
    kept.insert("crashes", [{"timestamp": NOW, "platform": "linux"}, {"timestamp": NOW, "platform": "macos"}])
    assert values(kept, "crashes", "platform", {"crashes": {"where": {"platform": ["linux"]}}}) == ["linux"]


@pytest.mark.parametrize(("declared", "user"), [("uuid", "6f1c0a52-0000-4000-8000-000000000001"), ("bigint", 7), ("text", "a")])
def test_a_user_is_whatever_the_product_tells_users_by(kept: PostgresStore, declared: str, user: Any) -> None:
    made(kept, "sessions", f"timestamp timestamptz, user_id {declared}")
    kept.insert("sessions", [{"timestamp": NOW, "user_id": user}])
    assert [str(found) for found in values(kept, "sessions", "user_id")] == [str(user)]


ILL_TYPED = [
    ("crashes", "timestamp text", "timestamp", "a timestamp"),
    ("crashes", "timestamp date", "timestamp", "a timestamp"),
    ("crashes", "timestamp bigint", "timestamp", "a timestamp"),
    ("crashes", "timestamp timestamptz, platform integer", "platform", "a text or an enum"),
    ("crashes", "timestamp timestamptz, platform jsonb", "platform", "a text or an enum"),
    ("command_feedback", "timestamp timestamptz, success text", "success", "a boolean, or 0 and 1"),
    ("memory_usage", "timestamp timestamptz, memory_kb text", "memory_kb", "a number"),
    ("memory_usage", "timestamp timestamptz, memory_kb money", "memory_kb", "a number"),
    ("sessions", "timestamp timestamptz, user_id jsonb", "user_id", "a text, a uuid or an integer"),
]


@pytest.mark.parametrize(("table", "columns", "column", "expected"), ILL_TYPED)
def test_a_column_of_a_wrong_type_is_named(kept: PostgresStore, table: str, columns: str, column: str, expected: str) -> None:
    made(kept, table, columns)
    with open_warehouse(kept.config()) as warehouse:
        with pytest.raises(UpstreamError) as caught:
            warehouse.relation(table)
        assert (caught.value.reason, str(caught.value)) == (
            Reason.MALFORMED,
            f"the table analytics.{table}: the column {column} must hold {expected}",
        )
        assert warehouse.relation("downloads").has("user_id")


TIMES = "ISO 8601 texts, or numbers since 1970, and not both"
ILL_FILLED = [
    ("crashes", {"timestamp": "yesterday"}, "timestamp", TIMES),
    ("crashes", {"timestamp": "2026-01-27 12:00:00 CET"}, "timestamp", TIMES),
    ("crashes", {"timestamp": b"2026"}, "timestamp", TIMES),
    ("crashes", {"timestamp": 1, "platform": 5}, "platform", "texts"),
    ("command_feedback", {"timestamp": 1, "success": "yes"}, "success", "0 and 1"),
    ("command_feedback", {"timestamp": 1, "success": 7}, "success", "0 and 1"),
    ("memory_usage", {"timestamp": 1, "memory_kb": "much"}, "memory_kb", "numbers"),
]


@pytest.mark.parametrize(("table", "row", "column", "expected"), ILL_FILLED)
def test_a_column_that_holds_nothing_it_should_is_named(
    tmp_path: Path, table: str, row: Mapping[str, Any], column: str, expected: str
) -> None:
    with closing(SqliteStore(tmp_path / "events.db")) as store:
        made(store, table, ", ".join(row))
        store.insert(table, [row, row])
        with open_warehouse(store.config()) as warehouse:
            with pytest.raises(UpstreamError) as caught:
                warehouse.relation(table)
            assert (caught.value.reason, str(caught.value)) == (
                Reason.MALFORMED,
                f"the table {table}: the column {column} must hold {expected}",
            )
            assert warehouse.relation("downloads").has("user_id")
