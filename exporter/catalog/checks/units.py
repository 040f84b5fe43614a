"""Units: what a value is made of gives the unit that its KPI has."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from exporter.catalog.checks.places import Found, carriers, kpis, terms
from exporter.catalog.model import Catalog, Kpi, KpiUnit, Term, Value
from exporter.document.reader import Where
from exporter.facts import Metric

__all__ = ["unit_problems"]

_SCORED = {"index", "score_-100_100"}
"""Units that a weighted score, which lies between 0 and 100, can have."""
_SHARES = ("growth", "attainment", "on_target")
"""Forms that give a ratio, whatever the unit of what they look at."""


def unit_problems(catalog: Catalog, declared: Mapping[str, Metric]) -> Found:
    """Values whose unit is not that of their KPI or segment, as far as it can be told."""
    known = {kpi.id: kpi for kpi in catalog.kpis}
    for at, kpi in kpis(catalog):
        for place, carrier in carriers(at, kpi):
            if carrier.value is not None:
                where = (*place, "value")
                units = [(place, _unit(term, known, declared)) for place, term in terms(where, carrier.value)]
                owner = "KPI" if carrier is kpi or carrier.unit is None else "segment"
                yield from _of_value(where, carrier.value, _Wanted(owner, carrier.unit or kpi.unit), units, known)
            elif carrier.unit != kpi.unit and carrier.unit is not None and kpi.value is not None and kpi.value.by:
                yield (*place, "unit"), f"must be that of the KPI, {kpi.unit}: the segment is a part of it"


class _Wanted(NamedTuple):
    """The unit that a figure has, and whether the KPI or its segment says so."""

    owner: str
    unit: KpiUnit

    def instead(self) -> str:
        """The end of a sentence that has said another unit."""
        return f"but the {self.owner} has the unit {self.unit}"


def _of_value(
    at: Where, value: Value, wanted: _Wanted, units: Sequence[tuple[Where, str | None]], known: Mapping[str, Kpi]
) -> Found:
    if value.weighted is not None:
        if wanted.unit not in _SCORED:
            yield (*at, "weighted"), f"gives a score from 0 to 100, {wanted.instead()}"
    elif value.form in _SHARES:
        if wanted.unit != "ratio":
            yield (*at, value.form), f"gives a ratio, {wanted.instead()}"
    elif value.ratio is not None:
        yield from _of_ratio((*at, "ratio"), wanted, units[0][1], units[1][1])
    else:
        if value.forecast is not None and value.forecast.kpi in known:
            units = [((*at, "forecast"), known[value.forecast.kpi].unit_of(value.forecast.segment))]
        for place, unit in units:
            if unit not in (None, wanted.unit):
                yield place, f"has the unit {unit}, {wanted.instead()}"


def _of_ratio(at: Where, wanted: _Wanted, upper: str | None, lower: str | None) -> Found:
    """Equal units cancel out; of different ones the first stays, as in seconds for each of a count."""
    if upper is None or lower is None:
        return
    if upper == lower:
        if wanted.unit not in ("ratio", "count", "index") and not wanted.unit.startswith("score_"):
            yield at, f"{upper} ÷ {lower} has no unit, {wanted.instead()}"
    elif upper != wanted.unit:
        yield at, f"{upper} ÷ {lower} has the unit {upper}, {wanted.instead()}"


def _unit(term: Term, known: Mapping[str, Kpi], declared: Mapping[str, Metric]) -> str | None:
    """The unit of a term; None where it fits any, or what it names does not exist."""
    if term.kpi is not None:
        return known[term.kpi].unit_of(term.segment) if term.kpi in known else None
    if term.metric is None:
        return None
    if term.aggregate == "count":
        return "count"
    metric = declared.get(term.metric)
    return metric.unit if metric and metric.unit != "any" else None
