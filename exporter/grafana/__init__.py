"""Access levels of Grafana that its files cannot set: teams, permissions of folders and the home page, by its HTTP API."""

from exporter.grafana.api import Grafana
from exporter.grafana.levels import Access, load
from exporter.grafana.plan import plan, shut_out
from exporter.grafana.state import State, read
from exporter.grafana.steps import Step

__all__ = ["Access", "Grafana", "State", "Step", "load", "plan", "read", "shut_out"]
