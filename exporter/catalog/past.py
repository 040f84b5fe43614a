"""Which figures rest on the past, at once or through others, so that the facts of one moment do not give them."""

from collections import defaultdict
from collections.abc import Iterator

from exporter.catalog.model import Catalog, Kpi, window_name
from exporter.catalog.value import Value

__all__ = ["resting_on_past", "values_by_row"]

_Row = tuple[str, str]
"""KPI and segment."""


def values_by_row(kpi: Kpi) -> Iterator[tuple[str, Value]]:
    """How the rows of a KPI are had that are no part of another: total, other windows, segments with an origin of their own."""
    if kpi.value is not None and kpi.has_total:
        yield "", kpi.value
        for window in sorted({window for target in kpi.targets if (window := kpi.other_window(target)) is not None}):
            if (value := kpi.value.over(window)) is not None:
                yield window_name(window), value
    for segment in kpi.segments:
        if segment.value is not None:
            yield segment.name, segment.value


def resting_on_past(catalog: Catalog) -> frozenset[_Row]:
    """The rows, by KPI and segment, that have the form growth or forecast, or rest on a row that does."""
    users: dict[_Row, list[_Row]] = defaultdict(list)
    waiting: list[_Row] = []
    for kpi in catalog.kpis:
        for segment, value in values_by_row(kpi):
            if value.needs_history:
                waiting.append((kpi.id, segment))
            for figure in (*value.figures, *_counted(catalog, value)):
                users[figure].append((kpi.id, segment))
    found: set[_Row] = set()
    while waiting:
        row = waiting.pop()
        if row not in found:
            found.add(row)
            waiting += users[row]
    return frozenset(found)


def _counted(catalog: Catalog, value: Value) -> Iterator[_Row]:
    """The rows whose targets `on_target` counts, as far as they have an origin of their own."""
    for kpi in catalog.counted(value.on_target or ()):
        yield from ((kpi.id, segment) for segment, _ in values_by_row(kpi))
