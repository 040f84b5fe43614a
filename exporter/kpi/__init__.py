"""What KPIs are worth at one instant: pure functions of snapshots, catalog and clock."""

from exporter.kpi.engine import evaluate
from exporter.kpi.history import History
from exporter.kpi.row import AlertState, Row, State, Status

__all__ = ["AlertState", "History", "Row", "State", "Status", "evaluate"]
