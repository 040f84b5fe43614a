"""Circles: no KPI is made of itself, by whatever detour."""

from collections.abc import Iterator

from exporter.catalog.checks.places import Found, kpis, references, values
from exporter.catalog.model import Catalog
from exporter.catalog.value import Value
from exporter.document.reader import Where

__all__ = ["circle_problems"]

Edge = tuple[Where, str]
"""Where a value names a KPI, or a category that it is of, and which."""


def circle_problems(catalog: Catalog) -> Found:
    """The references that close a circle, each with the way round. Linear in their number, and it does not recurse."""
    edges = {
        kpi.id: [edge for where, value in values(at, kpi) for edge in _edges(catalog, where, value)] for at, kpi in kpis(catalog)
    }
    done: set[str] = set()
    for start in edges:
        way: dict[str, Iterator[Edge]] = {} if start in done else {start: iter(edges[start])}
        while way:
            last = next(reversed(way))
            edge = next(way[last], None)
            if edge is None:
                done.add(last)
                del way[last]
                continue
            place, other = edge
            if other in way:
                steps = list(way)
                yield place, f"makes a circle: {' -> '.join([*steps[steps.index(other) :], other])}"
            elif other in edges and other not in done:
                way[other] = iter(edges[other])


def _edges(catalog: Catalog, at: Where, value: Value) -> Iterator[Edge]:
    for place, other, _ in references(at, value):
        yield (*place, "kpi"), other
    for index, category in enumerate(value.on_target or ()):
        for kpi in catalog.counted([category]):
            yield (*at, "on_target", index), kpi.id
