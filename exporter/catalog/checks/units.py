"""Units: what a value is made of gives the unit that its KPI has."""

from collections.abc import Mapping, Sequence

from exporter.catalog.checks.places import Found, kpis, terms, values
from exporter.catalog.model import Catalog, Kpi, Term, Value
from exporter.document.reader import Where
from exporter.facts import Metric

__all__ = ["unit_problems"]

_SCORED = {"index", "score_-100_100"}
"""Units that a weighted score, which lies between 0 and 100, can have."""


def unit_problems(catalog: Catalog, declared: Mapping[str, Metric]) -> Found:
    """Values whose unit is not that of their KPI, as far as it can be told."""
    known = {kpi.id: kpi for kpi in catalog.kpis}
    for at, kpi in kpis(catalog):
        for where, value in values(at, kpi):
            units = [(place, _unit(term, known, declared)) for place, term in terms(where, value)]
            yield from _of_value(where, value, kpi, units)


def _of_value(at: Where, value: Value, kpi: Kpi, units: Sequence[tuple[Where, str | None]]) -> Found:
    if value.weighted is not None:
        if kpi.unit not in _SCORED:
            yield (*at, "weighted"), f"gives a score from 0 to 100, but the KPI has the unit {kpi.unit}"
    elif value.ratio is not None:
        yield from _of_ratio((*at, "ratio"), kpi, units[0][1], units[1][1])
    else:
        for place, unit in units:
            if unit not in (None, kpi.unit):
                yield place, f"has the unit {unit}, but the KPI has the unit {kpi.unit}"


def _of_ratio(at: Where, kpi: Kpi, upper: str | None, lower: str | None) -> Found:
    """Equal units cancel out; of different ones the first stays, as in seconds for each of a count."""
    if upper is None or lower is None:
        return
    if upper == lower:
        if kpi.unit not in ("ratio", "count", "index") and not kpi.unit.startswith("score_"):
            yield at, f"{upper} ÷ {lower} has no unit, but the KPI has the unit {kpi.unit}"
    elif upper != kpi.unit:
        yield at, f"{upper} ÷ {lower} has the unit {upper}, but the KPI has the unit {kpi.unit}"


def _unit(term: Term, known: Mapping[str, Kpi], declared: Mapping[str, Metric]) -> str | None:
    """The unit of a term; None where it fits any, or what it names does not exist."""
    if term.kpi is not None:
        return known[term.kpi].unit if term.kpi in known else None
    if term.metric is None:
        return None
    if term.aggregate == "count":
        return "count"
    metric = declared.get(term.metric)
    return metric.unit if metric and metric.unit != "any" else None
