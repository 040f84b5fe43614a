"""Circles: no KPI is made of itself, by whatever detour."""

from collections.abc import Iterator

from exporter.catalog.checks.places import Found, kpis, terms, values
from exporter.catalog.model import Catalog
from exporter.document.reader import Where

__all__ = ["circle_problems"]

Edge = tuple[Where, str]
"""Where a term names a KPI, and which."""


def circle_problems(catalog: Catalog) -> Found:
    """The terms that close a circle, each with the way round. Linear in the size of the catalog, and it does not recurse."""
    edges = {
        kpi.id: [
            ((*place, "kpi"), term.kpi)
            for where, value in values(at, kpi)
            for place, term in terms(where, value)
            if term.kpi is not None
        ]
        for at, kpi in kpis(catalog)
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
