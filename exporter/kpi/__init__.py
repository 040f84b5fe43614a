"""What KPIs are worth at one instant: pure functions of snapshots, catalog and clock."""

from exporter.kpi.engine import History, evaluate
from exporter.kpi.row import AlertState, Row, State, Status

__all__ = ["AlertState", "History", "Row", "State", "Status", "evaluate"]
