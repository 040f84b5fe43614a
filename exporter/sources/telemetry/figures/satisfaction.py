"""Satisfaction: how users rate the program from 1 to 5."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func

from exporter.facts import Sample
from exporter.sources.telemetry.figures.counts import Tally, by_window, how_many
from exporter.sources.telemetry.figures.numbers import usable
from exporter.sources.telemetry.metrics import RATING_MEAN, RATINGS, SATISFIED_RATINGS
from exporter.sources.telemetry.reading import Reading
from exporter.sources.telemetry.warehouse import Relation

__all__ = ["samples"]

_SATISFIED = 4
"""The least rating of a user who is satisfied."""


def _ratings(relation: Relation) -> Mapping[str, ColumnElement[Any]]:
    rating, whole = relation["rating"], usable(relation, "rating")
    return {
        "ratings": how_many(whole),
        "satisfied": how_many(and_(whole, rating >= _SATISFIED)),
        "sum": func.sum(case((whole, rating))),
    }


_RATINGS = Tally("ratings", "satisfaction_survey", _ratings, "rating")


def samples(reading: Reading) -> Iterator[Sample]:
    """Ratings, satisfied ones and their mean by window; what is no whole number from 1 to 5 is no rating."""
    reading.warehouse.relation("satisfaction_survey", "rating")
    for window, sums in by_window(reading, _RATINGS):
        ratings = sums.get("ratings", 0)
        yield RATINGS.sample(ratings, window=window)
        yield SATISFIED_RATINGS.sample(sums.get("satisfied", 0), window=window)
        if ratings:
            yield RATING_MEAN.sample(sums.get("sum", 0) / ratings, window=window)
