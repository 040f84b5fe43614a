"""Latency: mean, median, p95 and p99 of response times by complexity, in seconds."""

import pytest

from exporter.sources.telemetry.figures import latency
from exporter.sources.telemetry.warehouse import LackingError
from support.telemetry import ago, figures
from support.tools import NOW
from support.warehouses import Store


def respond(store: Store, complexity: str | None, *milliseconds: float | None, days: float = 1) -> None:
    names = ("timestamp", "query_complexity", "duration_ms")
    store.insert(
        "command_generation_latency",
        [dict(zip(names, (ago(days=days), complexity, duration), strict=True)) for duration in milliseconds],
    )


def test_mean_and_percentiles_by_complexity_in_seconds(store: Store) -> None:
    respond(store, "simple", 55, 10, 40, 20, 30)
    respond(store, "complex", 1500)
    assert figures(store, latency.samples) == pytest.approx(
        {
            "response_seconds{simple,mean,7d}": 0.031,
            "response_seconds{simple,median,7d}": 0.030,
            "response_seconds{simple,p95,7d}": 0.052,
            "response_seconds{simple,p99,7d}": 0.0544,
            "response_seconds{complex,mean,7d}": 1.5,
            "response_seconds{complex,median,7d}": 1.5,
            "response_seconds{complex,p95,7d}": 1.5,
            "response_seconds{complex,p99,7d}": 1.5,
        }
    )


@pytest.mark.parametrize("number", [None, -1, 1e300, float("inf"), float("nan")])
def test_what_is_no_duration_counts_nowhere(store: Store, number: float | None) -> None:
    respond(store, "simple", 10, 30, number)
    assert figures(store, latency.samples)["response_seconds{simple,median,7d}"] == 0.020


def test_a_text_is_no_duration(store: Store) -> None:
    if store.engine == "sqlite":
        store.execute("DROP TABLE command_generation_latency")
        store.execute("CREATE TABLE command_generation_latency (timestamp INTEGER, duration_ms, query_complexity TEXT)")
        stamp = store.stored(ago(days=1))
        store.execute(f"INSERT INTO command_generation_latency VALUES ({stamp}, '20', 'simple'), ({stamp}, 'fast', 'simple')")
    respond(store, "simple", 10)
    assert figures(store, latency.samples)["response_seconds{simple,p99,7d}"] == 0.010


def test_a_complexity_of_few_events_is_not_told(store: Store) -> None:
    respond(store, "simple", *[10] * 5)
    respond(store, "complex", *[10] * 4, -1)
    assert {name.split(",")[0] for name in figures(store, latency.samples, min_group=5)} == {"response_seconds{simple"}


def test_of_a_complexity_without_events_nothing_is_told(store: Store) -> None:
    respond(store, None, 10)
    respond(store, "planted@example.org", 10)
    respond(store, "simple", 10, days=8)
    store.insert("command_generation_latency", [{"timestamp": NOW, "duration_ms": 10, "query_complexity": "simple"}])
    assert figures(store, latency.samples, known={"query_complexity": ["simple"]}) == {}


def test_without_complexities_nothing_can_be_told(store: Store) -> None:
    with pytest.raises(LackingError, match="no column query_complexity"):
        figures(store, latency.samples, tables={"command_generation_latency": {"columns": {"query_complexity": None}}})
