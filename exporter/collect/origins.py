"""Which sources the values of a catalog can come from."""

from collections.abc import Collection, Mapping

from exporter.catalog import Catalog
from exporter.catalog.model import Kpi
from exporter.kpi.manual import SOURCE as MANUAL
from exporter.sources.registry import sources

__all__ = ["kpi_sources"]

_REGISTRY = "registry"
"""The label whose value is the name of the source."""


def kpi_sources(catalog: Catalog, names: Collection[str]) -> Mapping[str, str]:
    """For each KPI those of the named sources that its value is made of, joined by "+"; `manual` where there are none."""
    givers: dict[str, set[str]] = {}
    for name in names:
        for metric in sources()[name].metrics:
            givers.setdefault(metric.name, set()).add(name)
    known: dict[str, frozenset[str]] = {}
    return {kpi.id: "+".join(sorted(_of(kpi, catalog, givers, known))) or MANUAL for kpi in catalog.kpis}


def _of(kpi: Kpi, catalog: Catalog, givers: Mapping[str, Collection[str]], known: dict[str, frozenset[str]]) -> frozenset[str]:
    if kpi.id not in known:
        known[kpi.id] = frozenset()  # a circle ends here
        others = filter(None, map(catalog.kpi, catalog.rests_on(kpi)))
        known[kpi.id] = _of_facts(kpi, givers).union(*(_of(other, catalog, givers, known) for other in others))
    return known[kpi.id]


def _of_facts(kpi: Kpi, givers: Mapping[str, Collection[str]]) -> frozenset[str]:
    found: set[str] = set()
    for value in kpi.values:
        for term in value.terms:
            if term.metric is not None:
                asked = term.where.get(_REGISTRY)
                found.update(name for name in givers.get(term.metric, ()) if asked in (None, name))
    return frozenset(found)
