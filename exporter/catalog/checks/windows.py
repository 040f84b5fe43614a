"""Windows: a target for another window than the KPI's needs figures over that window."""

from collections.abc import Mapping
from datetime import timedelta

from exporter.catalog.checks.places import Found, carriers, facts, kpis
from exporter.catalog.model import Catalog, Kpi, window_name
from exporter.document import found, parse_duration
from exporter.document.reader import Where
from exporter.facts import Metric

__all__ = ["window_problems"]

_LABEL = "window"


def window_problems(catalog: Catalog, declared: Mapping[str, Metric]) -> Found:
    """Targets for another window where the KPI cannot have figures over it."""
    for at, kpi in kpis(catalog):
        others: list[tuple[Where, timedelta]] = []
        for place, carrier in carriers(at, kpi):
            for index, target in enumerate(carrier.targets):
                window = kpi.other_window(target)
                where = (*place, "targets", index, _LABEL)
                if window is None:
                    continue
                if kpi.window is None:
                    yield where, "needs a window of the KPI itself, which has none"
                elif carrier is not kpi:
                    yield where, f"must be that of the KPI, {window_name(kpi.window)}: a segment has no other windows"
                else:
                    others.append((where, window))
        if others and kpi.window is not None:
            yield from _sources(at, kpi, kpi.window, others[0], declared)


def _sources(at: Where, kpi: Kpi, own: timedelta, other: tuple[Where, timedelta], declared: Mapping[str, Metric]) -> Found:
    """What the other window is had through: the span that a growth is over, or the terms on metrics."""
    if kpi.value is not None and kpi.value.growth is not None:
        if kpi.value.growth.over != own:
            over = window_name(kpi.value.growth.over)
            yield (*at, "value", "growth", "over"), f'must be the window of the KPI, {window_name(own)}, found "{over}"'
        return
    if kpi.value is not None and not kpi.value.terms:
        yield other[0], f"does not go with {kpi.value.form}, which gives no figures over another window"
        return
    asked = list(facts(at, kpi, declared))
    windowed = [(place, term) for place, term, metric in asked if _LABEL in metric.labels]
    if asked and not windowed:
        yield other[0], "needs a metric with the label window: figures over another window come through it"
    for place, term in windowed:
        window = term.where.get(_LABEL)
        if window is None:
            yield (*place, "where"), f"must hold window: {window_name(own)}, because a target is for {window_name(other[1])}"
        elif _length(window) != own:
            yield (*place, "where", _LABEL), f"must be the window of the KPI, {window_name(own)}, found {found(window)}"


def _length(text: str) -> timedelta | None:
    try:
        return parse_duration(text)
    except ValueError:
        return None
