"""Alerts in, tracking issues out: the channel `github-issue` of Alertmanager."""

from exporter.tracking.examine import examine
from exporter.tracking.service import PATH, Tracking

__all__ = ["PATH", "Tracking", "examine"]
