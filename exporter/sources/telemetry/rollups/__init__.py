"""What days and weeks that are over came to, kept so that they are not counted again."""

from exporter.sources.telemetry.rollups.quantity import ByPeriod, Period, Quantity
from exporter.sources.telemetry.rollups.sums import Sums, midnight, open_sums

__all__ = ["ByPeriod", "Period", "Quantity", "Sums", "midnight", "open_sums"]
