"""Terms: the metrics, labels, KPIs, segments and categories that a value is made of exist."""

from collections.abc import Collection, Mapping, Sequence

from exporter.catalog.checks.places import Found, facts, kpis, references, terms, values
from exporter.catalog.checks.rows import has_row, named_rows, targets_by_row
from exporter.catalog.model import Catalog, Kpi, Term
from exporter.catalog.past import resting_on_past
from exporter.catalog.value import ALL_CATEGORIES, Reached, Value
from exporter.document import did_you_mean, found
from exporter.document.reader import Where
from exporter.facts import Metric

__all__ = ["term_problems"]


def term_problems(catalog: Catalog, declared: Mapping[str, Metric]) -> Found:
    """Metrics, labels, KPIs, segments and categories that do not exist, and targets that are missing."""
    known = {kpi.id: kpi for kpi in catalog.kpis}
    past = resting_on_past(catalog)
    for at, kpi in kpis(catalog):
        for where, value in values(at, kpi):
            yield from _of_past(where, value, past)
            for place, term in terms(where, value):
                if term.metric is not None:
                    yield from _of_metric(place, term, term.metric, declared)
            for place, id_, segment in references(where, value):
                yield from _of_kpi(place, id_, segment, known)
            if value.attainment is not None:
                yield from _of_attainment((*where, "attainment"), value.attainment, known)
            yield from _of_categories((*where, "on_target"), value.on_target or (), catalog)
        yield from _of_by(at, kpi, declared)


def _of_metric(place: Where, term: Term, name: str, declared: Mapping[str, Metric]) -> Found:
    metric = declared.get(name)
    if metric is None:
        yield (*place, "metric"), f'unknown metric "{name}", {did_you_mean(name, declared)}'
        return
    for label in term.where:
        if label not in metric.labels:
            yield (*place, "where", label), f'unknown label "{label}" of {name}, {did_you_mean(label, metric.labels)}'


def _of_kpi(place: Where, id_: str, segment: str, known: Mapping[str, Kpi]) -> Found:
    kpi = known.get(id_)
    if kpi is None:
        yield (*place, "kpi"), f'unknown KPI "{id_}", {did_you_mean(id_, known)}'
    elif not segment and not kpi.has_total:
        yield (*place, "segment"), f"is missing: {id_} has no figure without segment"
    elif not has_row(kpi, segment):
        names = did_you_mean(segment, named_rows(kpi))
        yield (*place, "segment"), f"unknown segment {found(segment)} of {id_}, {names}"


def _of_past(at: Where, value: Value, past: Collection[tuple[str, str]]) -> Found:
    """What rests on the past is had from recorded series, among which there are no facts."""
    resting = next((id_ for id_, segment in value.figures if (id_, segment) in past), None)
    for place, term in terms(at, value):
        if term.metric is not None and resting is not None:
            yield (*place, "metric"), f"does not go with {resting}, which rests on the past; give the metric a KPI of its own"


def _of_attainment(place: Where, reached: Reached, known: Mapping[str, Kpi]) -> Found:
    kpi = known.get(reached.kpi)
    if kpi is not None and has_row(kpi, reached.segment) and not targets_by_row(kpi).get(reached.segment):
        whose = f"the segment {found(reached.segment)} of {reached.kpi}" if reached.segment else reached.kpi
        yield place, f"needs a target, but {whose} has none"


def _of_categories(place: Where, categories: Sequence[str], catalog: Catalog) -> Found:
    known = {kpi.category for kpi in catalog.kpis}
    for index, category in enumerate(categories):
        if category not in (ALL_CATEGORIES, *known):
            yield (*place, index), f"unknown category {found(category)}, {did_you_mean(category, known)}"
        elif not any(any(targets_by_row(kpi).values()) for kpi in catalog.counted([category])):
            yield (*place, index), "needs targets, but no KPI of it has one that counts"


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
