"""One topic of telemetry read from a warehouse, without keeping any sums."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from exporter.facts import Sample
from exporter.sources.telemetry.config import TelemetryConfig
from exporter.sources.telemetry.groups import Groups
from exporter.sources.telemetry.reading import Reading
from exporter.sources.telemetry.rollups import Quantity
from exporter.sources.telemetry.warehouse import Warehouse, open_warehouse
from support.tools import NOW
from support.warehouses import Store

__all__ = ["Direct", "ago", "figures", "reading_of"]

Samples = Callable[[Reading], Iterator[Sample]]


@dataclass(frozen=True)
class Direct:
    """Sums that are asked of the warehouse each time."""

    warehouse: Warehouse

    def over(self, quantity: Quantity, start: datetime, end: datetime) -> Mapping[str, float]:
        return quantity(self.warehouse, start, end)


def ago(**length: float) -> datetime:
    """The moment so long before NOW."""
    return NOW - timedelta(**length)


def reading_of(warehouse: Warehouse, config: TelemetryConfig, launch: date | None = None) -> Reading:
    """A reading that ends at NOW."""
    return Reading(warehouse, config, Direct(warehouse), Groups(config), NOW, launch)


def figures(store: Store, *topics: Samples, **config: Any) -> dict[str, float]:
    """The samples of topics, read one after the other, as `name{label,…}: value` without the prefix `telemetry_`.

    Groups of one user may be told, unless `min_group` says otherwise.
    """
    settings = store.config(**{"min_group": 1, **config})
    told: dict[str, float] = {}
    with open_warehouse(settings) as warehouse:
        reading = reading_of(warehouse, settings)
        for samples in topics:
            for sample in samples(reading):
                name = f"{sample.name.removeprefix('telemetry_')}{{{','.join(value for _, value in sample.labels)}}}"
                assert name not in told, f"{name} stands twice"
                told[name] = sample.value
    return told
