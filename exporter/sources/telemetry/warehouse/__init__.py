"""The database that holds the events: a session that only reads, where tables and columns are, and what a moment is there."""

from exporter.sources.telemetry.warehouse.layout import LackingError
from exporter.sources.telemetry.warehouse.relation import Relation
from exporter.sources.telemetry.warehouse.session import Warehouse, open_warehouse

__all__ = ["LackingError", "Relation", "Warehouse", "open_warehouse"]
