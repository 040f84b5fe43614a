"""Warehouse: how fresh its tables are, what lies in the future, and what was refused."""

from datetime import timedelta, timezone
from pathlib import Path

import pytest

from exporter.sources.telemetry.figures import commands, features, latency, warehouse
from exporter.sources.telemetry.tables import TABLES
from support.telemetry import ago, figures
from support.tools import NOW
from support.warehouses import Store, new_store


def test_the_newest_event_that_is_not_in_the_future(store: Store) -> None:
    moments = (ago(days=90), ago(minutes=1, milliseconds=250), NOW, ago(minutes=-3))
    store.insert("downloads", [{"timestamp": at, "user_id": "ann"} for at in moments])
    told = figures(store, warehouse.samples)
    assert told["newest_event_timestamp_seconds{downloads}"] == ago(minutes=1, milliseconds=250).timestamp()


def test_of_empty_tables_there_is_no_newest_event(store: Store) -> None:
    told = figures(store, warehouse.samples)
    assert not any(name.startswith("newest") for name in told)
    assert {name: value for name, value in told.items() if name.startswith("future")} == {
        f"future_events{{{table}}}": 0 for table in TABLES
    }


def test_texts_with_zones_are_compared_as_the_moments_they_are(store: Store) -> None:
    """Twelve o'clock in Auckland is before eleven o'clock in London, although its text is the greater one."""
    table = store.called("downloads")
    london, auckland = ago(hours=1), ago(hours=2).astimezone(timezone(timedelta(hours=13)))
    if store.engine == "sqlite":
        store.execute(f"DROP TABLE {table}")
        store.execute(f"CREATE TABLE {table} (timestamp TEXT, user_id TEXT)")
        for at in (london, auckland):
            store.execute(f"INSERT INTO {table} VALUES ('{at.isoformat()}', 'ann')")
    else:
        store.insert("downloads", [{"timestamp": at, "user_id": "ann"} for at in (london, auckland)])
    assert auckland.isoformat() > london.isoformat()
    assert figures(store, warehouse.samples)["newest_event_timestamp_seconds{downloads}"] == london.timestamp()


def test_a_text_that_is_no_moment_is_not_the_newest_event(tmp_path: Path) -> None:
    with new_store("sqlite", tmp_path, None, shipped=False) as store:
        store.execute("CREATE TABLE crashes (timestamp TEXT)")
        store.execute("INSERT INTO crashes VALUES ('2026-01-20T12:00:00Z'), ('2026-01-2planted')")
        told = figures(store, warehouse.samples)
    assert told["newest_event_timestamp_seconds{crashes}"] == ago(days=7).timestamp()


def test_events_further_in_the_future_than_clocks_may_differ(store: Store) -> None:
    moments = (NOW, ago(minutes=-4, seconds=-59), ago(minutes=-5), ago(days=-400))
    store.insert("crashes", [{"timestamp": at} for at in moments])
    assert figures(store, warehouse.samples)["future_events{crashes}"] == 2
    assert figures(store, warehouse.samples, clock_skew="10m")["future_events{crashes}"] == 1


def test_a_table_that_is_missing_takes_nothing_from_the_others(store: Store) -> None:
    store.insert("crashes", [{"timestamp": ago(days=1)}])
    store.execute(f"DROP TABLE {store.called('downloads')}")
    told = figures(store, warehouse.samples, tables={"sessions": {"missing": True}, "crashes": {"columns": {"version": None}}})
    assert {name for name in told if name.startswith("future")} == {
        f"future_events{{{table}}}" for table in TABLES.keys() - {"downloads", "sessions"}
    }
    assert told["newest_event_timestamp_seconds{crashes}"] == ago(days=1).timestamp()


def test_a_table_of_the_wrong_types_takes_nothing_from_the_others(store: Store) -> None:
    table = store.called("downloads")
    store.execute(f"DROP TABLE {table}")
    kind, value = ("integer", "1") if store.engine == "postgresql" else ("blob", "x'00'")
    store.execute(f"CREATE TABLE {table} (timestamp {kind}, user_id text)")
    store.execute(f"INSERT INTO {table} VALUES ({value}, 'ann')")
    told = figures(store, warehouse.samples)
    assert {name for name in told if name.startswith("future")} == {
        f"future_events{{{table}}}" for table in TABLES.keys() - {"downloads"}
    }


@pytest.mark.parametrize(
    ("table", "column", "numbers", "refused"),
    [
        ("satisfaction_survey", "rating", [1, 5, 0, 6, 2.5, None], 4),
        ("command_generation_latency", "duration_ms", [0, 1e9, -1, 1e13, float("inf"), None], 4),
        ("memory_usage", "memory_kb", [0, 40_000, -0.5, float("nan"), None], 3),
        # That nobody counted the retries is no mistake.
        ("command_generated", "retries", [0, 3, -1, None], 1),
    ],
)
def test_numbers_that_are_none_or_out_of_bounds_are_counted(
    store: Store, table: str, column: str, numbers: list[float | None], refused: int
) -> None:
    store.insert(table, [{"timestamp": ago(days=7), column: number} for number in numbers])
    store.insert(table, [{"timestamp": at, column: -1} for at in (ago(days=7, milliseconds=1), NOW)])
    told = figures(store, warehouse.samples)
    counted = {name: value for name, value in told.items() if name.startswith("refused_numbers")}
    assert len(counted) == 4
    assert {name: value for name, value in counted.items() if value} == {f"refused_numbers{{{table},{column}}}": refused}


def test_words_that_others_refused_are_counted(store: Store) -> None:
    rows = [("ann", "git", "macos"), ("bob", "planted@example.org", "macos"), ("cat", "/planted", "macos"), ("dan", None, "~")]
    names = ("user_id", "category", "platform")
    store.insert("command_generated", [{"timestamp": ago(days=1), **dict(zip(names, row, strict=True))} for row in rows])
    told = figures(store, commands.samples, features.samples, warehouse.samples)
    assert {name: value for name, value in told.items() if name.startswith("refused_words")} == {
        "refused_words{command_generated,category}": 2,
        "refused_words{command_generated,platform}": 1,
        "refused_words{feature_used,feature}": 0,
    }


def test_planted_texts_come_out_nowhere(
    store: Store, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("DEBUG")
    planted = ("planted@example.org", "/home/planted", "rm -rf planted", "https://planted.example.org")
    store.insert(
        "command_generated", [{"timestamp": ago(days=1), "user_id": "planted-ann", "category": text} for text in planted]
    )
    store.insert("feature_used", [{"timestamp": ago(days=1), "user_id": "planted-ann", "feature": text} for text in planted])
    store.insert(
        "command_generation_latency",
        [{"timestamp": ago(days=1), "duration_ms": 10, "query_complexity": text} for text in planted],
    )
    told = figures(store, commands.samples, features.samples, latency.samples, warehouse.samples)
    refused = [value for name, value in told.items() if name.startswith("refused_words")]
    assert sum(refused) == 12
    assert "planted" not in str(told) + caplog.text + "".join(capfd.readouterr())
