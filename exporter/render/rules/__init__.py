"""Catalogs as rules of Prometheus: recorded series, alerts, and the alerts on the exporter itself."""

from exporter.render.rules.files import rule_files
from exporter.render.rules.links import Links

__all__ = ["Links", "rule_files"]
