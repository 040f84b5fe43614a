"""Catalogs as rules of Prometheus: recorded series, alerts, and the alerts on the exporter itself."""

from exporter.render.rules.files import OURS, rule_files
from exporter.render.rules.links import Links

__all__ = ["OURS", "Links", "rule_files"]
