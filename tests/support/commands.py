"""Commands of users in a warehouse, and what the topics about users say of them."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from exporter.facts import Sample
from exporter.sources.telemetry.groups import Groups
from exporter.sources.telemetry.reading import Reading
from exporter.sources.telemetry.rollups import open_sums
from exporter.sources.telemetry.warehouse import open_warehouse
from support.tools import NOW, make_tools
from support.warehouses import Store

__all__ = ["had_commands", "shown", "told"]

Samples = Callable[[Reading], Iterator[Sample]]


def had_commands(store: Store, user: str | None, *moments: datetime) -> None:
    """Writes a command of a user at each of some moments."""
    store.insert("command_generated", [{"timestamp": moment, "user_id": user} for moment in moments])


def told(
    store: Store, folder: Path, *topics: Samples, now: datetime = NOW, launch: date | None = None, **config: Any
) -> dict[str, float]:
    """The samples of some topics in one refresh, as `shown` gives them.

    What is over is kept in `folder`. Groups of one user may be told, unless `min_group` says otherwise.
    """
    settings = store.config(**{"min_group": 1, **config})
    with open_warehouse(settings) as warehouse, open_sums(settings, make_tools(folder), warehouse, now) as sums:
        reading = Reading(warehouse, settings, sums, Groups(settings), now, launch)
        return shown(sample for topic in topics for sample in topic(reading))


def shown(samples: Iterable[Sample]) -> dict[str, float]:
    """Samples as `name{label,…}: value` without the prefix `telemetry_`."""
    found: dict[str, float] = {}
    for sample in samples:
        name = f"{sample.name.removeprefix('telemetry_')}{{{','.join(value for _, value in sample.labels)}}}"
        assert name not in found, f"{name} stands twice"
        found[name] = sample.value
    return found
