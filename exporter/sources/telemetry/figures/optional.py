"""Tables that a figure can do without."""

from exporter.sources.telemetry.reading import Reading
from exporter.sources.telemetry.warehouse import LackingError, Relation

__all__ = ["optional"]


def optional(reading: Reading, table: str, *columns: str) -> Relation | None:
    """A table with the columns asked for, None where the warehouse lacks it or one of them; raises UpstreamError."""
    try:
        return reading.warehouse.relation(table, *columns)
    except LackingError:
        return None
