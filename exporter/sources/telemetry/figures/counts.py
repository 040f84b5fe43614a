"""What events add up to in the windows of totals, and by word in the last 7 days."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from exporter.facts import Metric, Sample
from exporter.sources.telemetry.groups import MOST_WORDS, Group
from exporter.sources.telemetry.reading import WEEK, WINDOWS, Reading
from exporter.sources.telemetry.warehouse import Relation, Warehouse

__all__ = ["EVENTS", "Events", "Tally", "by_window", "by_word", "events_with", "how_many", "of_week"]

EVENTS = "events"
"""What a count of events is called in what a quantity gives."""

Aggregates = Callable[[Relation], Mapping[str, ColumnElement[Any]]]


class Tally:
    """A quantity: what the events of one table add up to, by the names of its aggregates.

    What it came to on days that are over is kept under its name and the configuration.
    """

    def __init__(self, name: str, table: str, aggregates: Aggregates, *columns: str) -> None:
        self.name = name
        self._table = table
        self._aggregates = aggregates
        self._columns = columns

    def __call__(self, warehouse: Warehouse, start: datetime, end: datetime) -> Mapping[str, float]:
        """What they come to between two moments; raises LackingError where the table or one of `columns` is missing."""
        relation = warehouse.relation(self._table, *self._columns)
        aggregates = self._aggregates(relation)
        row = warehouse.rows(select(*aggregates.values()).where(relation.between(start, end)))[0]
        return {name: float(value or 0) for name, value in zip(aggregates, row, strict=True)}


class Events(Tally):
    """A quantity: how many events of a table there are."""

    def __init__(self, table: str) -> None:
        super().__init__(f"events of {table}", table, lambda _: {EVENTS: func.count()})


def how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """Of how many events a condition holds."""
    return func.count(case((condition, 1)))


def by_window(reading: Reading, quantity: Tally) -> Iterator[tuple[str, Mapping[str, float]]]:
    """What a quantity comes to in each window, by the name of the window."""
    for window, span in WINDOWS.items():
        yield window, reading.sums.over(quantity, reading.ago(span), reading.now)


def of_week(reading: Reading, relation: Relation, column: str, among: ColumnElement[bool] | None = None) -> Mapping[str, Group]:
    """All groups of the last 7 days by word, whether or not they may be told."""
    return reading.groups.with_small_ones(reading.warehouse, relation, column, reading.ago(WEEK), reading.now, among)


def events_with(word: str, groups: Mapping[str, Group]) -> int | None:
    """How many events have a word; None where there are so many words that it may be one of those left out."""
    if word in groups:
        return groups[word].events
    return 0 if len(groups) < MOST_WORDS else None


def by_word(reading: Reading, metric: Metric, relation: Relation, column: str) -> Iterator[Sample]:
    """The events of the last 7 days by the words of a column, which is the label too; nothing where there is no such column."""
    if relation.has(column):
        for group in reading.groups.of(reading.warehouse, relation, column, reading.ago(WEEK), reading.now):
            yield metric.sample(group.events, **{column: group.word, "window": "7d"})
