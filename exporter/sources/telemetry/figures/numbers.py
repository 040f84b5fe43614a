"""Which numbers in a warehouse are ones that can be reckoned with."""

from sqlalchemy import ColumnElement

from exporter.sources.telemetry.warehouse import Relation

__all__ = ["usable"]

_LARGEST = 1e12
"""The largest number that counts: of milliseconds thirty years, of kilobytes a petabyte."""
_RATINGS = (1, 2, 3, 4, 5)


def usable(relation: Relation, column: str, least: float = 0.0) -> ColumnElement[bool]:
    """Whether a column holds a number from `least` on, or the whole rating from 1 to 5; none where it holds nothing."""
    # A text that SQLite keeps among numbers is greater than all of them, as not-a-number is in PostgreSQL.
    number = relation[column]
    return number.in_(_RATINGS) if column == "rating" else number.between(least, _LARGEST)
