"""Small catalogs and snapshots, and the rows that the engine makes of them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from exporter.catalog.model import Catalog, Kpi
from exporter.errors import Reason
from exporter.facts import Labels, Part, Sample, Snapshot
from exporter.kpi import History, Row, evaluate

__all__ = ["LAUNCH", "NOW", "catalog_of", "entered", "kpi", "part", "row_of", "rows_of", "sample", "snapshot"]

LAUNCH = date(2026, 1, 15)
NOW = datetime(2026, 1, 27, 12, 0, tzinfo=UTC)


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


def entered(day: date, **figures: float) -> Snapshot:
    """Figures that people entered on a day: `stars=5`, or `bugs__P0=1` for a segment."""
    samples = []
    for name, value in figures.items():
        id_, _, segment = name.partition("__")
        time = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
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
