"""Means and continuous percentiles, as `percentile_cont` of SQL has them, the same on every engine."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, Select, and_, cast, func, or_, select

from exporter.sources.telemetry.warehouse import Warehouse

__all__ = ["Distribution", "distributions"]


@dataclass(frozen=True, slots=True)
class Distribution:
    """What a number of values is like: how many they are, their mean, and percentiles by name."""

    size: int
    mean: float
    percentiles: Mapping[str, float]


def distributions(warehouse: Warehouse, values: Select[Any], percents: Mapping[str, int]) -> Mapping[str, Distribution]:
    """The distribution of the column `value` for each `word`, with percentiles of the names given; raises UpstreamError.

    The engine picks the two values on either side of a percentile, and what lies between them is reckoned here.
    """
    given = values.subquery()
    # Equal values are put together first: there are many events, and of milliseconds few different ones.
    times = cast(func.count(), Integer).label("times")
    counted = select(given.c.word, given.c.value, times).group_by(given.c.word, given.c.value).subquery()
    word, value = counted.c.word, counted.c.value
    ordered = select(
        word,
        value,
        counted.c.times,
        func.sum(counted.c.times).over(partition_by=word, order_by=value).label("reached"),
        func.sum(counted.c.times).over(partition_by=word).label("size"),
        func.sum(value * counted.c.times).over(partition_by=word).label("total"),
    ).subquery()
    below = [(ordered.c.size - 1) * percent // 100 for percent in percents.values()]
    places = [place for one in below for place in (one, one + 1)]
    holds = (and_(place < ordered.c.reached, place >= ordered.c.reached - ordered.c.times) for place in places)
    rows: defaultdict[str, list[Any]] = defaultdict(list)
    for row in warehouse.rows(select(ordered).where(or_(*holds)).order_by(ordered.c.value)):
        rows[row.word].append(row)
    return {word: _distribution(picked, percents) for word, picked in rows.items()}


def _distribution(picked: list[Any], percents: Mapping[str, int]) -> Distribution:
    """The distribution of which these values are picked, in their order."""
    size = int(picked[0].size)

    def at(place: int) -> float:
        return float(next(row.value for row in picked if place < row.reached))

    def percentile(percent: int) -> float:
        below, rest = divmod((size - 1) * percent, 100)
        return at(below) + (at(min(below + 1, size - 1)) - at(below)) * rest / 100

    return Distribution(size, float(picked[0].total) / size, {name: percentile(one) for name, one in percents.items()})
