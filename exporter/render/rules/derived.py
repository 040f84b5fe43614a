"""The series of KPIs that rest on the past, which the exporter does not keep: growth, forecasts, and what is made of them."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from exporter.catalog.model import Kpi, Target, Term, Value, Weighted, window_name
from exporter.catalog.past import resting_on_past, values_by_row
from exporter.catalog.value import Forecast, Grown
from exporter.promql import matchers, number, quoted, selector, span
from exporter.render.projects import Project
from exporter.render.rules.model import Recording
from exporter.render.rules.recordings import ENOUGH, POSITIVE_UNITS, SPREAD
from exporter.render.rules.series import (
    ATTAINMENT,
    ATTAINMENT_DERIVED,
    CURRENT,
    DERIVED,
    HOURLY,
    KNOWN_DERIVED,
    PASTS,
    TARGET,
    now,
    past,
    then,
)

__all__ = ["derived_recordings"]


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of a KPI with how it is had."""

    kpi: Kpi
    segment: str
    value: Value

    @property
    def targets(self) -> Sequence[Target]:
        """The targets of the row: those of its segment, or those of the KPI over the window that it stands for."""
        for segment in self.kpi.segments:
            if segment.name == self.segment:
                return segment.targets
        return [target for target in self.kpi.targets if self._window(target) == self.segment]

    def _window(self, target: Target) -> str:
        window = self.kpi.other_window(target)
        return window_name(window) if window is not None else ""


def derived_recordings(project: Project) -> Iterator[Recording]:
    """What each row that rests on the past is worth, how far it reaches its target, and which share of it is known.

    First comes what was long ago, as far as growth looks there; every row has its value of a week and a month ago anyway.
    """
    resting = resting_on_past(project.catalog)
    rows = [
        _Row(kpi, segment, value)
        for kpi in project.catalog.kpis
        for segment, value in values_by_row(kpi)
        if (kpi.id, segment) in resting
    ]
    looks = {(growth.kpi, growth.over) for row in rows if (growth := row.value.growth) is not None}
    for kpi, over in sorted(looks):
        if over not in PASTS:
            labels = {"project": project.name, "kpi": kpi}
            yield Recording(past(over), then(over, matchers(**labels)), labels)
    for row in rows:
        expr = _expr(project, row)
        if expr is None:
            continue
        labels = {"project": project.name, "kpi": row.kpi.id, "segment": row.segment}
        yield Recording(DERIVED, expr, {**labels, "unit": row.kpi.unit_of(row.segment)})
        if known := _known(project, row.value):
            yield Recording(KNOWN_DERIVED, known, labels)
        if attainment := _attainment(row, labels):
            yield Recording(ATTAINMENT_DERIVED, attainment, labels)


def _expr(project: Project, row: _Row) -> str | None:
    """What a row is worth; None for a score whose parts the rules cannot tell apart."""
    value = row.value
    if value.growth is not None:
        return _growth(project, value.growth)
    if value.forecast is not None:
        return _forecast(project, value.forecast)
    if value.attainment is not None:
        return selector(ATTAINMENT, project=project.name, kpi=value.attainment.kpi, segment=value.attainment.segment)
    if value.on_target is not None:
        return f"avg by (project) ({_aims(project, value.on_target, ATTAINMENT)} >= bool 1)"
    if value.weighted is not None:
        return _score(project, value.weighted) if _distinct(value.weighted) else None
    terms = [_term(project, term) for term in value.terms]
    if value.ratio is not None:
        divisor = terms[1] if value.ratio[1].kpi is None else f"({terms[1]} != 0)"
        return f"{terms[0]}\n/ {divisor}"
    return ("\n- " if value.difference is not None else "\n+ ").join(terms)


def _growth(project: Project, growth: Grown) -> str:
    row = {"project": project.name, "kpi": growth.kpi, "segment": growth.segment}
    current, before = selector(CURRENT, **row), selector(past(growth.over), **row)
    return f"(\n  {current}\n  - {before}\n)\n/ ({before} > 0)"


def _forecast(project: Project, forecast: Forecast) -> str:
    kpi = project.catalog.kpi(forecast.kpi)
    assert kpi is not None
    trend = f"{selector(HOURLY, project=project.name, kpi=kpi.id, segment=forecast.segment)}[{span(forecast.over)}]"
    change = f"deriv({trend}) * {number(forecast.ahead.total_seconds())}"
    end = f"{now(project.name, kpi.id, forecast.segment)}\n+ {change}"
    if forecast.scenario != "realistic":
        better = (forecast.scenario == "optimistic") == (kpi.direction != "down")
        end += f"\n{'+' if better else '-'} {SPREAD} * abs({change})"
    # A week, or half of a shorter span, which would never hold one.
    enough = min(ENOUGH, forecast.over // timedelta(hours=2))
    end = f"{end}\nand\ncount_over_time({trend}) >= {enough}"
    return f"clamp_min({end}, 0)" if kpi.unit_of(forecast.segment) in POSITIVE_UNITS else end


def _distinct(terms: Sequence[Weighted]) -> bool:
    """Whether all terms are rows of KPIs, each once: the parts of a score are told apart by their labels."""
    rows = [(term.kpi, term.segment) for term in terms]
    return all(term.kpi is not None for term in terms) and len(rows) == len(set(rows))


def _term(project: Project, term: Term) -> str:
    if term.kpi is None:
        assert term.constant is not None
        return number(term.constant)
    return f"max by (project) ({now(project.name, term.kpi, term.segment)})"


def _score(project: Project, terms: Sequence[Weighted]) -> str:
    """100 × the weighted mean of the known terms, each brought to 0..1 between its worst and its best."""
    parts = [
        f"{number(term.weight)} * clamp(({_figure(project, term)} - {_signed(term.worst)})"
        f" / {_signed(term.best - term.worst)}, 0, 1)"
        for term in terms
    ]
    return f"100\n* sum by (project) (\n  {_either(parts)}\n)\n/ sum by (project) (\n  {_either(_weights(project, terms))}\n)"


def _known(project: Project, value: Value) -> str | None:
    """Which share of what a figure rests upon is known, for the forms that do without the rest."""
    if value.on_target is not None:
        known, asked = (_aims(project, value.on_target, metric) for metric in (ATTAINMENT, TARGET))
        return f"count by (project) ({known})\n/ count by (project) ({asked})"
    if value.weighted is not None:
        whole = number(math.fsum(term.weight for term in value.weighted))
        return f"sum by (project) (\n  {_either(_weights(project, value.weighted))}\n)\n/ {whole}"
    return None


def _aims(project: Project, categories: Sequence[str], metric: str) -> str:
    """A series of every KPI whose targets count in `on_target` of these categories."""
    ids = "|".join(kpi.id for kpi in project.catalog.counted(categories))
    return f"{metric}{{project={quoted(project.name)},kpi=~{quoted(ids)}}}"


def _weights(project: Project, terms: Sequence[Weighted]) -> list[str]:
    return [f"{number(term.weight)} + 0 * {_figure(project, term)}" for term in terms]


def _figure(project: Project, term: Weighted) -> str:
    assert term.kpi is not None
    return now(project.name, term.kpi, term.segment)


def _either(parts: Sequence[str]) -> str:
    return "\n  or ".join(parts)


def _signed(value: float) -> str:
    return number(value) if value >= 0 else f"({number(value)})"


def _attainment(row: _Row, labels: dict[str, str]) -> str | None:
    """As `exporter.kpi.targets.attainment`; None where the targets of a row are not all of one kind."""
    kinds = {target.at_least is not None for target in row.targets}
    if len(kinds) != 1:
        return None
    value, bound = selector(DERIVED, **labels), selector(TARGET, **labels)
    if kinds.pop():
        ratio, met = f"{value}\n    / ({bound} > 0)", f"{value}\n    >= bool ({bound} <= 0)"
    else:
        ratio, met = f"2 - {value}\n    / ({bound} > 0)", f"{value}\n    <= bool ({bound} <= 0)"
    return f"max without (unit) (\n  clamp_min(\n    {ratio},\n    0\n  )\n  or\n  (\n    {met}\n  )\n)"
