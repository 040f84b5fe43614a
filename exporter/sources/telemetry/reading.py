"""What every topic is read with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from exporter.sources.telemetry.config import TelemetryConfig
from exporter.sources.telemetry.groups import Groups

if TYPE_CHECKING:
    from exporter.sources.telemetry.rollups import Sums
    from exporter.sources.telemetry.warehouse import Warehouse

__all__ = ["WEEK", "WINDOWS", "Reading"]

WEEK = timedelta(days=7)
WINDOWS: Mapping[str, timedelta] = MappingProxyType(
    {"24h": timedelta(hours=24), "7d": WEEK, "28d": 4 * WEEK, "30d": timedelta(days=30)}
)
"""The windows of totals, by their names in the label `window`; figures by group and statistics are of `7d` alone."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of the warehouse: windows end at `now` (UTC); `launch`, if there is one, begins the calendar of cohorts."""

    warehouse: "Warehouse"
    config: TelemetryConfig
    sums: "Sums"
    groups: Groups
    now: datetime
    launch: date | None
    over: bool = False
    """Whether `now` is past, so that events after it are no events of the future."""

    def ago(self, span: timedelta) -> datetime:
        """The moment so long before now."""
        return self.now - span
