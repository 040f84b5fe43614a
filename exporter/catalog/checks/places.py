"""The parts of a catalog with the paths at which they stand."""

from collections.abc import Iterator, Mapping

from exporter.catalog.model import Catalog, Kpi, Segment, Term, Value
from exporter.document.reader import Where
from exporter.facts import Metric

__all__ = ["Found", "carriers", "facts", "kpis", "terms"]

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


def terms(at: Where, kpi: Kpi) -> Iterator[tuple[Where, Term]]:
    """The terms of a KPI's value; one that is given in place stands where the value does."""
    if kpi.value is None:
        return
    form = _form(kpi.value)
    for index, term in enumerate(kpi.value.terms):
        yield (*at, "value", *((form, index) if form else ())), term


def facts(at: Where, kpi: Kpi, declared: Mapping[str, Metric]) -> Iterator[tuple[Where, Term, Metric]]:
    """The terms on declared metrics."""
    for place, term in terms(at, kpi):
        if term.metric is not None and term.metric in declared:
            yield place, term, declared[term.metric]


def _form(value: Value) -> str | None:
    return next((form for form in ("ratio", "difference", "sum", "weighted") if getattr(value, form) is not None), None)
