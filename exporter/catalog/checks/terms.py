"""Terms: the metrics, labels, KPIs and segments that a value is made of exist."""

from collections.abc import Mapping

from exporter.catalog.checks.places import Found, facts, kpis, terms, values
from exporter.catalog.checks.rows import has_row, named_rows
from exporter.catalog.model import Catalog, Kpi, Term
from exporter.document import did_you_mean, found
from exporter.document.reader import Where
from exporter.facts import Metric

__all__ = ["term_problems"]


def term_problems(catalog: Catalog, declared: Mapping[str, Metric]) -> Found:
    """Metrics, labels, KPIs and segments that do not exist."""
    known = {kpi.id: kpi for kpi in catalog.kpis}
    for at, kpi in kpis(catalog):
        for where, value in values(at, kpi):
            for place, term in terms(where, value):
                if term.metric is not None:
                    yield from _of_metric(place, term, term.metric, declared)
                elif term.kpi is not None:
                    yield from _of_kpi(place, term, term.kpi, known)
        yield from _of_by(at, kpi, declared)


def _of_metric(place: Where, term: Term, name: str, declared: Mapping[str, Metric]) -> Found:
    metric = declared.get(name)
    if metric is None:
        yield (*place, "metric"), f'unknown metric "{name}", {did_you_mean(name, declared)}'
        return
    for label in term.where:
        if label not in metric.labels:
            yield (*place, "where", label), f'unknown label "{label}" of {name}, {did_you_mean(label, metric.labels)}'


def _of_kpi(place: Where, term: Term, id_: str, known: Mapping[str, Kpi]) -> Found:
    kpi = known.get(id_)
    if kpi is None:
        yield (*place, "kpi"), f'unknown KPI "{id_}", {did_you_mean(id_, known)}'
    elif not term.segment and not kpi.has_total:
        yield (*place, "segment"), f"is missing: {id_} has no figure without segment"
    elif not has_row(kpi, term.segment):
        names = did_you_mean(term.segment, named_rows(kpi))
        yield (*place, "segment"), f"unknown segment {found(term.segment)} of {id_}, {names}"


def _of_by(at: Where, kpi: Kpi, declared: Mapping[str, Metric]) -> Found:
    """Labels of `by` that split nothing, as far as the metrics are known."""
    if kpi.value is None or any(term.metric not in (None, *declared) for term in kpi.value.terms):
        return
    asked = list(facts(at, kpi, declared))
    for index, label in enumerate(kpi.value.by):
        place = (*at, "value", "by", index)
        labels = {name for _, _, metric in asked for name in metric.labels}
        if label not in labels:
            yield place, f'unknown label "{label}", {did_you_mean(label, labels)}'
        elif all(label in term.where for _, term, metric in asked if label in metric.labels):
            yield place, f'"{label}" is held to one value by where, so there is nothing to split'
