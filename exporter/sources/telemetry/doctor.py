"""What `doctor` finds about a warehouse: whether it can be read, and which tables and columns it has."""

from collections.abc import Iterator

from exporter.errors import UpstreamError
from exporter.sources.base import Finding
from exporter.sources.telemetry.config import TelemetryConfig
from exporter.sources.telemetry.tables import TABLES, Table
from exporter.sources.telemetry.warehouse import LackingError, Warehouse, open_warehouse

__all__ = ["examine"]


def examine(config: TelemetryConfig) -> Iterator[Finding]:
    """A finding for the warehouse, and one for each table; raises nothing."""
    try:
        with open_warehouse(config) as warehouse:
            yield Finding("telemetry warehouse", True, "can be read")
            for table in TABLES.values():
                yield _of_table(warehouse, table)
    except UpstreamError as error:
        yield Finding("telemetry warehouse", False, str(error))


def _of_table(warehouse: Warehouse, table: Table) -> Finding:
    subject = f"telemetry table {table.name}"
    try:
        relation = warehouse.relation(table.name)
    except LackingError as error:
        return Finding(subject, None if error.expected else False, f"{error}; its figures are left out")
    except UpstreamError as error:
        return Finding(subject, False, str(error))
    lacking = [column for column in table.columns if not relation.has(column.name)]
    if not lacking:
        return Finding(subject, True, "has all columns")
    names = ", ".join(column.name for column in lacking)
    needed = any(column.required for column in lacking)
    return Finding(
        subject,
        not needed,
        f"lacks {names}; figures that need {'them' if len(lacking) > 1 else 'it'} are left out",
    )
