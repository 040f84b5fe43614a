"""The figures of every KPI, from facts, from other KPIs, and from what people entered."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from exporter.catalog.model import Catalog, Kpi, Target, Term, Value
from exporter.catalog.value import Reached
from exporter.facts import Snapshot
from exporter.kpi import manual
from exporter.kpi.figure import Figure, absent
from exporter.kpi.forms import formed
from exporter.kpi.index import Index
from exporter.kpi.reached import attained, share_met
from exporter.kpi.segments import Slice, slices
from exporter.kpi.targets import Aim

__all__ = ["PROMETHEUS", "Values"]

PROMETHEUS = "prometheus"
"""Stands among the sources of a figure that rests on the past."""

Aimed = Callable[[Sequence[Target]], Aim]
Derived = Callable[[str, str], float | None]


class Values:
    """The figures of a catalog's KPIs, each had once, when it is first asked for; so KPIs may rest on one another.

    `aimed` gives what targets come to at this instant. `derived` tells what a row that rests on the past is worth, None where
    nobody can be asked.
    """

    def __init__(self, catalog: Catalog, snapshots: Sequence[Snapshot], aimed: Aimed, derived: Derived | None) -> None:
        self._catalog = catalog
        self._kpis = {kpi.id: kpi for kpi in catalog.kpis}
        self._index = Index(snapshots)
        self._entered = manual.entered(self._index)
        self._aimed = aimed
        self._derived = derived
        self._known: dict[str, Mapping[str, tuple[Slice, Figure]]] = {}
        self._begun: set[str] = set()

    def of(self, kpi: Kpi) -> Mapping[str, tuple[Slice, Figure]]:
        """The rows of a KPI by segment, in their order.

        A figure that people entered fills in for a row whose source gives nothing. A KPI always has a row: where its total is
        left out and no segment is known, it is one without segment and value, so that the KPI is not lost from sight.
        """
        if kpi.id not in self._known:
            self._begun.add(kpi.id)
            entered = self._entered.get(kpi.id, {})
            rows = {}
            for row in slices(kpi, self._found(kpi.value), entered):
                figure = self._recorded(kpi.id, row.segment, self._figure(kpi, row))
                if figure.value is None and row.segment in entered:
                    figure = replace(entered[row.segment], past=figure.past)
                rows[row.segment] = row, figure
            self._known[kpi.id] = rows or {"": (Slice(""), absent("no segment is known"))}
        return self._known[kpi.id]

    def _found(self, value: Value | None) -> Mapping[str, set[str]]:
        """The values of each label of `by` among the facts."""
        if value is None:
            return {}
        return {
            label: {
                name
                for term in value.terms
                if term.metric is not None
                for name in self._index.values_of(term.metric, term.where, label)
            }
            for label in value.by
        }

    def _figure(self, kpi: Kpi, row: Slice) -> Figure:
        """What the facts of this instant give for one row."""
        if row.value is None:
            if row.window is not None and kpi.value is not None:
                return absent(f"no source gives it over {row.segment}")
            return absent(self._index.gap(manual.VALUE, {}) or "no figure entered")
        if row.label is not None:
            return self._of_segment(row.value, row.label, row.segment)
        return self._of_value(row.value)

    def _of_value(self, value: Value) -> Figure:
        if value.attainment is not None:
            return self._of_attainment(value.attainment)
        if value.on_target is not None:
            return share_met(list(self._standing(value.on_target)))
        if value.other is not None:
            base = self._of_kpi(value.other.kpi, value.other.segment)
            why = "Prometheus alone knows its past" if self._derived is None else "Prometheus has not recorded it yet"
            return Figure(None, base.sources, why=why, past=True)
        return formed(value, [self._of_term(term) for term in value.terms])

    def _recorded(self, kpi: str, segment: str, figure: Figure) -> Figure:
        """What Prometheus has recorded of a row that rests on the past goes before what this instant gives."""
        number = self._derived(kpi, segment) if figure.past and self._derived is not None else None
        return figure if number is None else replace(figure, value=number, sources=figure.sources | {PROMETHEUS}, why="")

    def _of_segment(self, value: Value, label: str, name: str) -> Figure:
        """The form over one value of a label. Terms without the label stay whole, and alone they say nothing of a segment."""
        figures, own = [], []
        for term in value.terms:
            if term.metric is None or not self._index.has_label(term.metric, label):
                figures.append(self._of_term(term))
                continue
            own.append(self._of_part(term.metric, term, label, name))
            figures.append(own[-1])
        if all(figure.value is None for figure in own):
            unknown = [figure for figure in own or figures if figure.value is None]
            return unknown[0] if unknown else absent(f"no fact has the label {label}")
        return formed(value, figures)

    def _of_part(self, metric: str, term: Term, label: str, name: str) -> Figure:
        if term.where.get(label, name) != name:
            return absent(f"{metric} is not asked for {label}={name}")
        return self._index.figure(metric, {**term.where, label: name}, term.aggregate)

    def _of_term(self, term: Term) -> Figure:
        if term.metric is not None:
            return self._index.figure(term.metric, term.where, term.aggregate)
        if term.kpi is not None:
            return self._of_kpi(term.kpi, term.segment)
        return Figure(term.constant)

    def _of_kpi(self, id_: str, segment: str) -> Figure:
        """The figure of one row of another KPI."""
        row = self._rows(id_).get(segment)
        figure = row[1] if row is not None else absent("")
        if figure.value is not None:
            return figure
        waits = figure.past and self._derived is None
        return absent(f"{id_}{' ' if segment else ''}{segment} {'needs history' if waits else 'has no value'}", past=figure.past)

    def _of_attainment(self, reached: Reached) -> Figure:
        row = self._rows(reached.kpi).get(reached.segment)
        target = self._aimed(row[0].targets).target if row is not None else None
        return attained(target, self._of_kpi(reached.kpi, reached.segment))

    def _standing(self, categories: Iterable[str]) -> Iterator[tuple[Target, Figure]]:
        """Every row of the KPIs of these categories that has a target in force, and its figure."""
        for kpi in self._catalog.counted(categories):
            for row, figure in self._rows(kpi.id).values():
                target = self._aimed(row.targets).target
                if target is not None:
                    yield target, figure

    def _rows(self, id_: str) -> Mapping[str, tuple[Slice, Figure]]:
        """The rows of another KPI; none where that KPI waits for the very figure that is being made."""
        kpi = self._kpis.get(id_)
        return self.of(kpi) if kpi is not None and (id_ in self._known or id_ not in self._begun) else {}
