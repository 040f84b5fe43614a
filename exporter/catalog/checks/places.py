"""The parts of a catalog with the paths at which they stand."""

from collections.abc import Iterator, Mapping

from exporter.catalog.model import Catalog, Kpi, Segment, Term, Value
from exporter.document.reader import Where
from exporter.facts import Metric

__all__ = ["Found", "carriers", "facts", "kpis", "references", "terms", "values"]

Found = Iterator[tuple[Where, str]]
"""Problems: where each stands, and what it is."""


def kpis(catalog: Catalog) -> Iterator[tuple[Where, Kpi]]:
    """The KPIs."""
    for index, kpi in enumerate(catalog.kpis):
        yield ("kpis", index), kpi


def carriers(at: Where, kpi: Kpi) -> Iterator[tuple[Where, Kpi | Segment]]:
    """What of a KPI carries targets and a limit: the KPI itself and its segments."""
    yield at, kpi
    for index, segment in enumerate(kpi.segments):
        yield (*at, "segments", index), segment


def values(at: Where, kpi: Kpi) -> Iterator[tuple[Where, Value]]:
    """How a KPI and its segments are had."""
    for place, carrier in carriers(at, kpi):
        if carrier.value is not None:
            yield (*place, "value"), carrier.value


def terms(at: Where, value: Value) -> Iterator[tuple[Where, Term]]:
    """The terms of a value that stands at `at`; one that is given in place stands where the value does."""
    in_place = value.metric is not None or value.kpi is not None
    for index, term in enumerate(value.terms):
        yield (*at, *(() if in_place else (value.form, index))), term


def references(at: Where, value: Value) -> Iterator[tuple[Where, str, str]]:
    """The figures of other KPIs that a value names: KPI and segment."""
    if value.other is not None:
        yield (*at, value.form), value.other.kpi, value.other.segment
    for place, term in terms(at, value):
        if term.kpi is not None:
            yield place, term.kpi, term.segment


def facts(at: Where, kpi: Kpi, declared: Mapping[str, Metric]) -> Iterator[tuple[Where, Term, Metric]]:
    """The terms of a KPI's own value that are on declared metrics."""
    if kpi.value is None:
        return
    for place, term in terms((*at, "value"), kpi.value):
        if term.metric is not None and term.metric in declared:
            yield place, term, declared[term.metric]
