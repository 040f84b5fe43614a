"""SQLite takes every value in every column: what most rows hold decides, and single wrong ones change nothing."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from exporter.errors import Reason, UpstreamError
from exporter.sources.telemetry.warehouse import open_warehouse
from support.tools import NOW
from support.warehouses import SqliteStore

HOUR = timedelta(hours=1)
SECONDS = int(NOW.timestamp())


@pytest.fixture
def file(tmp_path: Path) -> Iterator[SqliteStore]:
    """A file whose table of crashes has no types."""
    with closing(SqliteStore(tmp_path / "events.db")) as store:
        store.execute("DROP TABLE crashes")
        store.execute("CREATE TABLE crashes (timestamp, platform)")
        yield store


def in_the_last_hour(store: SqliteStore, stamps: Sequence[Any]) -> int:
    """How many of these moments, as they are stored, lie in the hour before now."""
    store.insert("crashes", [{"timestamp": stamp} for stamp in stamps])
    with open_warehouse(store.config()) as warehouse:
        within = warehouse.relation("crashes").between(NOW - HOUR, NOW)
        number: int = warehouse.number(select(func.count()).where(within))
    return number


@pytest.mark.parametrize("wrong", [0, -5, SECONDS * 1000, SECONDS * 1_000_000])
def test_one_clock_that_went_wrong_does_not_change_the_unit_of_all(file: SqliteStore, wrong: int) -> None:
    assert in_the_last_hour(file, [SECONDS - 1, SECONDS - 2, SECONDS - 3, wrong]) == 3


@pytest.mark.parametrize("wrong", [0, SECONDS, SECONDS * 1_000_000, 4 * 10**18])
def test_nor_where_it_is_one_of_milliseconds(file: SqliteStore, wrong: int) -> None:
    assert in_the_last_hour(file, [SECONDS * 1000 - 1, SECONDS * 1000 - 2, wrong]) == 2


def test_texts_that_tell_no_moment_count_nowhere(file: SqliteStore) -> None:
    stamps = ["2026-01-27T11:59:59Z", "", "unknown", "2026-01-27", "2026-01-27 12:00:00 CET", "2026-99-99T11:59:59Z", "now"]
    stamps += ["2026-01-27T11:59:59Zulu", "2026-01-27Tplanted", "2026-01-27 11:59:59 UTC"]
    assert in_the_last_hour(file, stamps) == 1


def test_texts_and_numbers_in_one_column_are_refused(file: SqliteStore) -> None:
    with pytest.raises(UpstreamError) as caught:
        in_the_last_hour(file, ["2026-01-27T11:59:59Z", SECONDS - 1])
    assert caught.value.reason == Reason.MALFORMED


def test_missing_moments_count_nowhere(file: SqliteStore) -> None:
    assert in_the_last_hour(file, [None, SECONDS - 1, None]) == 1


def test_an_empty_table_is_like_the_shipped_one(file: SqliteStore) -> None:
    assert in_the_last_hour(file, []) == 0


def test_single_words_that_are_none_do_not_take_the_table_away(file: SqliteStore) -> None:
    rows = [{"timestamp": SECONDS - 1, "platform": "linux"}, *({"timestamp": SECONDS, "platform": 5} for _ in range(9))]
    file.insert("crashes", rows)
    with open_warehouse(file.config()) as warehouse:
        assert warehouse.relation("crashes").has("platform")


def test_a_column_is_judged_by_its_newest_rows(file: SqliteStore) -> None:
    file.insert("crashes", [{"timestamp": SECONDS - 5_000, "platform": "linux"}])
    file.insert("crashes", [{"timestamp": SECONDS - age, "platform": 5} for age in range(1_000)])
    with open_warehouse(file.config()) as warehouse, pytest.raises(UpstreamError) as caught:
        warehouse.relation("crashes")
    assert str(caught.value) == "the table crashes: the column platform must hold texts"


def test_texts_that_are_not_in_utf8_are_one_clear_error(file: SqliteStore) -> None:
    file.execute(f"INSERT INTO crashes VALUES ({SECONDS}, CAST(x'ff706c616e746564' AS TEXT))")
    with open_warehouse(file.config()) as warehouse:
        crashes = warehouse.relation("crashes")
        with pytest.raises(UpstreamError) as caught:
            warehouse.rows(select(crashes["platform"]))
    assert (caught.value.reason, str(caught.value)) == (
        Reason.MALFORMED,
        "the table crashes: what it holds is not of the type expected",
    )


def test_they_do_not_count_within_a_long_window_either(file: SqliteStore) -> None:
    file.insert(
        "crashes", [{"timestamp": stamp} for stamp in ("2026-01-20planted", "2026-01-20T10:00:00 CET", "2026-01-20T10:00:00")]
    )
    with open_warehouse(file.config()) as warehouse:
        within = warehouse.relation("crashes").between(NOW - timedelta(days=30), NOW)
        assert warehouse.number(select(func.count()).where(within)) == 1


def test_rows_that_do_not_count_are_not_judged(file: SqliteStore) -> None:
    file.execute("CREATE TABLE events (timestamp, kind, value)")
    file.insert("events", [{"timestamp": SECONDS - 1, "kind": "memory", "value": 5}])
    file.insert("events", [{"timestamp": SECONDS, "kind": "note", "value": "words"} for _ in range(9)])
    picked = {"name": "events", "columns": {"memory_kb": "value"}, "where": {"kind": "memory"}}
    with open_warehouse(file.config(tables={"memory_usage": picked})) as warehouse:
        memory = warehouse.relation("memory_usage")
        assert warehouse.number(select(memory["memory_kb"]).where(memory.counted)) == 5
