"""Latency: how long commands take to make."""

from collections.abc import Iterator

from sqlalchemy import Text, cast, select

from exporter.facts import Sample
from exporter.sources.telemetry.figures.numbers import usable
from exporter.sources.telemetry.figures.percentiles import distributions
from exporter.sources.telemetry.metrics import RESPONSE_SECONDS
from exporter.sources.telemetry.reading import WEEK, Reading

__all__ = ["samples"]

_PERCENTS = {"median": 50, "p95": 95, "p99": 99}


def samples(reading: Reading) -> Iterator[Sample]:
    """Mean, median, p95 and p99 of the seconds that commands of the last 7 days took, by complexity."""
    relation = reading.warehouse.relation("command_generation_latency", "duration_ms", "query_complexity")
    start, known = reading.ago(WEEK), usable(relation, "duration_ms")
    groups = reading.groups.of(reading.warehouse, relation, "query_complexity", start, reading.now, known)
    complexity = cast(relation["query_complexity"], Text)
    values = select(complexity.label("word"), relation["duration_ms"].label("value")).where(
        relation.between(start, reading.now), known, complexity.in_([group.word for group in groups])
    )
    for word, distribution in distributions(reading.warehouse, values, _PERCENTS).items():
        for statistic, milliseconds in {"mean": distribution.mean, **distribution.percentiles}.items():
            yield RESPONSE_SECONDS.sample(milliseconds / 1000, complexity=word, statistic=statistic, window="7d")
