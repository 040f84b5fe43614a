"""Warehouse: how fresh its tables are, and what in them was not fit to be counted or exported."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import and_, false, func, not_, select

from exporter.errors import Reason, UpstreamError
from exporter.facts import Sample
from exporter.sources.telemetry.figures.numbers import usable
from exporter.sources.telemetry.metrics import FUTURE_EVENTS, NEWEST_EVENT, REFUSED_NUMBERS, REFUSED_WORDS
from exporter.sources.telemetry.reading import WEEK, Reading
from exporter.sources.telemetry.tables import TABLES, Kind
from exporter.sources.telemetry.warehouse import Relation

__all__ = ["samples"]

_UNUSABLE = frozenset({Reason.NOT_FOUND, Reason.MALFORMED})
_ZONES = timedelta(days=2)
"""By how much the order of texts may differ from that of their moments, at the very most."""
_MILLISECONDS = 3


def samples(reading: Reading) -> Iterator[Sample]:
    """Of each table that there is the newest event and the number of future ones; and what was refused, so this comes last.

    Which events were in the future at a moment that is over, nobody knows.
    """
    for relation in _tables(reading):
        newest = _newest(reading, relation)
        if newest is not None:
            yield NEWEST_EVENT.sample(round(newest, _MILLISECONDS), table=relation.table)
        if not reading.over:
            late = relation.since(reading.now + reading.config.clock_skew)
            future = select(func.count()).select_from(relation.rows).where(late)
            yield FUTURE_EVENTS.sample(reading.warehouse.number(future), table=relation.table)
        for column in TABLES[relation.table].columns:
            if column.kind is Kind.NUMBER and relation.has(column.name):
                refused = _refused_numbers(reading, relation, column.name, needed=column.required)
                yield REFUSED_NUMBERS.sample(refused, table=relation.table, column=column.name)
    for (table, name), words in reading.groups.refused.items():
        yield REFUSED_WORDS.sample(words, table=table, column=name)


def _tables(reading: Reading) -> Iterator[Relation]:
    """The tables that can be used; what is wrong with another is told by the topic that is about it."""
    for table in TABLES:
        try:
            relation = reading.warehouse.relation(table)
        except UpstreamError as error:
            if error.reason not in _UNUSABLE:
                raise
        else:
            yield relation


def _newest(reading: Reading, relation: Relation) -> float | None:
    """The moment of the newest event that is not in the future, in seconds since 1970; None where there is none."""
    # An index gives the last one in its own order, and the moments around that one decide.
    before = and_(relation.before(reading.now), relation.seconds.is_not(None))
    last = select(relation.seconds).where(before).order_by(relation["timestamp"].desc()).limit(1)
    for (seconds,) in reading.warehouse.rows(last):
        around = relation.between(datetime.fromtimestamp(seconds, UTC) - _ZONES, reading.now)
        return float(reading.warehouse.number(select(func.max(relation.seconds)).where(around)))
    return None


def _refused_numbers(reading: Reading, relation: Relation, column: str, *, needed: bool) -> int:
    """How many events of the last 7 days have no usable number in a column; a missing one matters only where it is `needed`."""
    unusable = not_(func.coalesce(usable(relation, column), false()))
    given = [] if needed else [relation[column].is_not(None)]
    counted = select(func.count()).select_from(relation.rows)
    number: int = reading.warehouse.number(counted.where(relation.between(reading.ago(WEEK), reading.now), unusable, *given))
    return number
