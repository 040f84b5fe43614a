"""Small catalogs and snapshots, and the rows that the engine makes of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from exporter.catalog.model import Catalog, Kpi
from exporter.errors import Reason
from exporter.facts import Labels, Part, Sample, Snapshot
from exporter.kpi import History, Row, evaluate

__all__ = [
    "LAUNCH",
    "NOW",
    "Remembered",
    "catalog_of",
    "entered",
    "figures",
    "kpi",
    "part",
    "row_of",
    "rows_of",
    "sample",
    "snapshot",
]

LAUNCH = date(2026, 1, 15)
NOW = datetime(2026, 1, 27, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Remembered:
    """A past that says the same of every row, but for what rests on the past: `now` has it by KPI and segment."""

    before: float | None = None
    highest: float | None = None
    now: Mapping[tuple[str, str], float] = field(default_factory=dict)

    def value(self, kpi: str, segment: str, over: timedelta) -> float | None:
        return self.before

    def peak(self, kpi: str, segment: str) -> float | None:
        return self.highest

    def derived(self, kpi: str, segment: str) -> float | None:
        return self.now.get((kpi, segment))


def kpi(id_: str = "stars", **fields: Any) -> Kpi:
    """A KPI that says only what its test is about."""
    rest = {"title": "Title", "definition": "What it counts.", "unit": "count", "direction": "up", "tier": "kpi", "category": "c"}
    return Kpi.model_validate({"id": id_, **rest, **fields})


def catalog_of(*kpis: Kpi) -> Catalog:
    return Catalog(project="acme", launch=LAUNCH, kpis=kpis)


def sample(name: str, value: float, **labels: str) -> Sample:
    return Sample(name, tuple(labels.items()), value)


def part(*samples: Sample, time: datetime = NOW, failure: Reason | None = None, **labels: str) -> Part:
    """A part with these labels, which its samples get too where they lack them."""
    own: Labels = tuple(labels.items())
    return Part(own, time, tuple(Sample(s.name, (*own, *s.labels), s.value) for s in samples), failure)


def snapshot(*parts: Part, source: str = "github", declared: Iterable[str] = (), project: str = "acme") -> Snapshot:
    """A snapshot that declares the metrics of its samples and those of `declared`."""
    return Snapshot(project, source, frozenset({s.name for p in parts for s in p.samples} | set(declared)), parts)


def entered(day: date, **values: float) -> Snapshot:
    """Figures that people entered on a day: `stars=5`, or `bugs__P0=1` for a segment."""
    keys = {name: name.partition("__") for name in values}
    return figures({(id_, segment): values[name] for name, (id_, _, segment) in keys.items()}, day)


def figures(values: Mapping[tuple[str, str], float], day: date = LAUNCH) -> Snapshot:
    """Figures that people entered on a day, by KPI and segment."""
    time = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
    samples = []
    for (id_, segment), value in values.items():
        samples += [
            sample("manual_figure", value, kpi=id_, segment=segment),
            sample("manual_figure_timestamp_seconds", time, kpi=id_, segment=segment),
        ]
    return snapshot(part(*samples), source="manual")


def rows_of(
    kpis: Kpi | Iterable[Kpi], *snapshots: Snapshot, now: datetime = NOW, history: History | None = None
) -> dict[tuple[str, str], Row]:
    """The rows by KPI and segment, in the order of the engine."""
    catalog = catalog_of(*([kpis] if isinstance(kpis, Kpi) else kpis))
    rows = evaluate(catalog, snapshots, now, history=history)
    found = {(row.kpi, row.segment): row for row in rows}
    assert len(found) == len(rows), "a KPI and segment has one row"
    return found


def row_of(kpi: Kpi, *snapshots: Snapshot, segment: str = "", now: datetime = NOW, history: History | None = None) -> Row:
    return rows_of(kpi, *snapshots, now=now, history=history)[kpi.id, segment]
