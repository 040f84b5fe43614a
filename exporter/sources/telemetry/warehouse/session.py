"""A warehouse as the figures see it, for the length of a refresh."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Row, Select, text

from exporter.errors import Reason, UpstreamError
from exporter.sources.telemetry.address import parse_address
from exporter.sources.telemetry.config import TelemetryConfig
from exporter.sources.telemetry.warehouse.layout import Layout
from exporter.sources.telemetry.warehouse.reader import Reader, open_reader
from exporter.sources.telemetry.warehouse.relation import Relation

__all__ = ["Warehouse", "open_warehouse"]

_SCHEMA = text("SELECT pg_catalog.has_schema_privilege(oid, 'USAGE') FROM pg_catalog.pg_namespace WHERE nspname = :schema")
_FILE = text("SELECT count(*) FROM sqlite_master")


class Warehouse:
    """An open warehouse; every statement is a transaction of its own, ends within the timeout and gives few rows."""

    def __init__(self, reader: Reader, layout: Layout) -> None:
        self._reader = reader
        self._layout = layout

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._reader.dialect

    def relation(self, table: str, *columns: str) -> Relation:
        """A table with the columns asked for; raises LackingError where there is none, UpstreamError where it is unusable."""
        return self._layout.relation(table, *columns)

    def rows(self, statement: Select[*tuple[Any, ...]]) -> Sequence[Row[*tuple[Any, ...]]]:
        """What a statement gives; raises UpstreamError."""
        return self._reader.rows(statement)

    def number(self, statement: Select[*tuple[Any, ...]]) -> Any:
        """The one value that a statement gives; raises UpstreamError."""
        ((value,),) = self._reader.rows(statement)
        return value


@contextmanager
def open_warehouse(config: TelemetryConfig) -> Iterator[Warehouse]:
    """The warehouse of a configuration, from here to the end of the block; raises UpstreamError."""
    with open_reader(parse_address(config.url.get_secret_value()), config.timeout) as reader:
        _look(reader, config)
        yield Warehouse(reader, Layout(reader, config))


def _look(reader: Reader, config: TelemetryConfig) -> None:
    """Raises UpstreamError where there is nothing at all to be had."""
    if reader.dialect == "sqlite":
        reader.rows(_FILE)
        return
    allowed = reader.rows(_SCHEMA.bindparams(schema=config.db_schema))
    if not allowed:
        raise UpstreamError(Reason.NOT_FOUND, f"{reader.called} has no schema {config.db_schema}")
    if not allowed[0][0]:
        raise UpstreamError(Reason.AUTH, f"{reader.called}: the role may not use the schema {config.db_schema}")
