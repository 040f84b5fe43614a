"""Memory: mean, median, p95 and p99 of peaks, in bytes."""

from exporter.sources.telemetry.figures import memory
from support.telemetry import ago, figures
from support.tools import NOW
from support.warehouses import Store


def test_mean_and_percentiles_in_bytes(store: Store) -> None:
    """Kilobytes are of 1,000 bytes; what is negative, old or to come counts nowhere."""
    week = [{"timestamp": ago(days=7), "memory_kb": kilobytes} for kilobytes in (30_000, 10_000, 60_000, 20_000, -1, None)]
    edges = [{"timestamp": at, "memory_kb": 90_000} for at in (ago(days=7, milliseconds=1), NOW)]
    store.insert("memory_usage", [*week, *edges])
    assert figures(store, memory.samples) == {
        "memory_bytes{mean,7d}": 30_000_000,
        "memory_bytes{median,7d}": 25_000_000,
        "memory_bytes{p95,7d}": 55_500_000,
        "memory_bytes{p99,7d}": 59_100_000,
    }


def test_of_no_runs_nothing_is_told(store: Store) -> None:
    assert figures(store, memory.samples) == {}
