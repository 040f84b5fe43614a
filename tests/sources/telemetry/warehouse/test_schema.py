"""The tables that ship: one row an event, and no more indexes than the figures need."""

from datetime import timedelta

import pytest
from sqlalchemy import Select, func, select
from sqlalchemy.dialects import postgresql, sqlite

from exporter.sources.telemetry.tables import TABLES
from exporter.sources.telemetry.warehouse import Warehouse, open_warehouse
from exporter.sources.telemetry.warehouse.schema import EVENT_ID, shipped_statements, shipped_tables
from support.tools import NOW
from support.warehouses import Store

ALL = [(dialect, name) for dialect in ("sqlite", "postgresql") for name in TABLES]


@pytest.mark.parametrize(("dialect", "name"), ALL)
def test_a_table_has_the_columns_that_are_read_and_an_id(dialect: str, name: str) -> None:
    table = shipped_tables(dialect, "analytics")[name]
    assert [column.name for column in table.columns] == [EVENT_ID, *(column.name for column in TABLES[name].columns)]
    assert [column.name for column in table.primary_key] == [EVENT_ID]


@pytest.mark.parametrize(("dialect", "name"), ALL)
def test_a_table_has_an_index_by_time_and_at_most_one_more(dialect: str, name: str) -> None:
    indexes = shipped_tables(dialect, "analytics")[name].indexes
    assert f"{name}_by_time" in {index.name for index in indexes}
    assert len(indexes) <= 2


def test_moments_are_whole_milliseconds_in_sqlite_and_have_a_zone_in_postgresql() -> None:
    assert "    timestamp INTEGER NOT NULL" in "\n".join(shipped_statements("sqlite", ""))
    assert "    timestamp TIMESTAMP WITH TIME ZONE NOT NULL" in "\n".join(shipped_statements("postgresql", "analytics"))


def week(warehouse: Warehouse) -> "dict[str, Select[*tuple[object, ...]]]":
    """What every refresh asks for, and the index that is to answer it."""
    commands, latency = warehouse.relation("command_generated"), warehouse.relation("command_generation_latency")
    within = commands.between(NOW - timedelta(days=7), NOW)
    return {
        "command_generated_by_time": select(func.count()).where(within),
        "command_generated_by_time ": select(commands["user_id"]).where(within).distinct(),
        "command_generated_by_user": select(commands.first).where(commands["user_id"] == "somebody"),
        "command_generation_latency_by_time": select(latency["query_complexity"], latency["duration_ms"]).where(
            latency.between(NOW - timedelta(days=7), NOW)
        ),
    }


@pytest.mark.parametrize("index", range(4))
def test_an_index_alone_answers_what_every_refresh_asks(store: Store, index: int) -> None:
    with open_warehouse(store.config()) as warehouse:
        name, statement = list(week(warehouse).items())[index]
    if store.engine == "sqlite":
        compiled = statement.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
        plan = store.execute(f"EXPLAIN QUERY PLAN {compiled}")
    else:
        # Of a table without rows PostgreSQL would rather read all of it.
        store.execute("SET enable_seqscan = off")
        store.execute("SET enable_bitmapscan = off")
        compiled = statement.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
        plan = store.execute(f"EXPLAIN {compiled}")
    wanted = "USING COVERING INDEX" if store.engine == "sqlite" else "Index Only Scan using"
    assert [row for row in plan if f"{wanted} {name.strip()} " in f"{row[-1]} "]
