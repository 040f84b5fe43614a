"""Memory: how much runs of the program take."""

from collections.abc import Iterator

from sqlalchemy import literal, select

from exporter.facts import Sample
from exporter.sources.telemetry.figures.numbers import usable
from exporter.sources.telemetry.figures.percentiles import distributions
from exporter.sources.telemetry.metrics import MEMORY_BYTES
from exporter.sources.telemetry.reading import WEEK, Reading

__all__ = ["samples"]

_KILOBYTE = 1000
_PERCENTS = {"median": 50, "p95": 95, "p99": 99}


def samples(reading: Reading) -> Iterator[Sample]:
    """Mean, median, p95 and p99 of the bytes that runs of the last 7 days took at their peak."""
    relation = reading.warehouse.relation("memory_usage", "memory_kb")
    values = select(literal("").label("word"), relation["memory_kb"].label("value")).where(
        relation.between(reading.ago(WEEK), reading.now), usable(relation, "memory_kb")
    )
    for distribution in distributions(reading.warehouse, values, _PERCENTS).values():
        for statistic, kilobytes in {"mean": distribution.mean, **distribution.percentiles}.items():
            yield MEMORY_BYTES.sample(kilobytes * _KILOBYTE, statistic=statistic, window="7d")
