"""What the documents say, as data: the KPIs of a project, how their values are had, targets and alerts."""

from exporter.catalog.loader import load, shipped
from exporter.catalog.model import Catalog

__all__ = ["Catalog", "load", "shipped"]
