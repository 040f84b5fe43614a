"""Catalogs become dashboards of Grafana: small functions that give panels, and the files that hold them."""

from exporter.render.dashboards.files import OURS, dashboard_files

__all__ = ["OURS", "dashboard_files"]
