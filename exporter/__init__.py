"""Monitoring as code for open-source projects: one process that reads what a project measures itself by."""

from importlib.metadata import version

__all__ = ["URL", "__version__"]

__version__ = version("kpi-exporter")
URL = "https://github.com/kpi-exporter/kpi-exporter"
"""Where the project lives; sent to upstreams with every request, so that they know whom to ask."""
