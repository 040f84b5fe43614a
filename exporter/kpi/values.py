"""The figures of every KPI, from facts, from other KPIs, and from what people entered."""

from collections.abc import Mapping, Sequence

from exporter.catalog.model import Catalog, Kpi, Term, Value
from exporter.facts import Snapshot
from exporter.kpi import manual
from exporter.kpi.figure import Figure, absent
from exporter.kpi.forms import formed
from exporter.kpi.index import Index
from exporter.kpi.segments import Slice, slices

__all__ = ["Values"]


class Values:
    """The figures of a catalog's KPIs, each had once, when it is first asked for; so KPIs may rest on one another."""

    def __init__(self, catalog: Catalog, snapshots: Sequence[Snapshot]) -> None:
        self._kpis = {kpi.id: kpi for kpi in catalog.kpis}
        self._index = Index(snapshots)
        self._entered = manual.entered(self._index)
        self._known: dict[str, Mapping[str, tuple[Slice, Figure]]] = {}
        self._begun: set[str] = set()

    def of(self, kpi: Kpi) -> Mapping[str, tuple[Slice, Figure]]:
        """The rows of a KPI by segment, in their order.

        A figure that people entered fills in for a row whose source gives nothing. A KPI always has a row: where its total is
        left out and no segment is known, it is one without segment and value, so that the KPI is not lost from sight.
        """
        if kpi.id not in self._known:
            self._begun.add(kpi.id)
            terms = kpi.value.terms if kpi.value else ()
            entered = self._entered.get(kpi.id, {})
            rows = {}
            for row in slices(kpi, self._found(kpi.value, terms), entered):
                figure = self._figure(kpi.value, terms, row)
                rows[row.segment] = row, entered.get(row.segment, figure) if figure.value is None else figure
            self._known[kpi.id] = rows or {"": (Slice(""), absent("no segment is known"))}
        return self._known[kpi.id]

    def _found(self, value: Value | None, terms: Sequence[Term]) -> Mapping[str, set[str]]:
        """The values of each label of `by` among the facts."""
        return {
            label: {
                name
                for term in terms
                if term.metric is not None
                for name in self._index.values_of(term.metric, term.where, label)
            }
            for label in (value.by if value else ())
        }

    def _figure(self, value: Value | None, terms: Sequence[Term], row: Slice) -> Figure:
        """What the sources give for one row."""
        if row.value is not None:
            return formed(row.value, [self._of_term(term) for term in row.value.terms])
        if value is None or (row.segment and row.label is None and row.window is None):
            return absent(self._index.gap(manual.VALUE, {}) or "no figure entered")
        if row.label is not None:
            return self._of_segment(value, terms, row.label, row.segment)
        if row.window is not None:
            whole, terms = terms, [_over(term, row.segment) for term in terms]
            if all(term is before for term, before in zip(terms, whole, strict=True)):
                return absent(f"no source gives it over {row.segment}")
        return formed(value, [self._of_term(term) for term in terms])

    def _of_segment(self, value: Value, terms: Sequence[Term], label: str, name: str) -> Figure:
        """The form over one value of a label. Terms without the label stay whole, and alone they say nothing of a segment."""
        figures, own = [], []
        for term in terms:
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
        """The figure of one row of another KPI; none where that KPI waits for this very figure."""
        kpi = self._kpis.get(id_)
        if kpi is not None and (id_ in self._known or id_ not in self._begun):
            row = self.of(kpi).get(segment)
            if row is not None and row[1].value is not None:
                return row[1]
        return absent(f"{id_}{' ' if segment else ''}{segment} has no value")


def _over(term: Term, window: str) -> Term:
    """A term over another window: its matcher replaced, or that row of its KPI; the very term where it knows no window."""
    if "window" in term.where:
        return term.model_copy(update={"where": {**term.where, "window": window}})
    if term.kpi is not None and not term.segment:
        return term.model_copy(update={"segment": window})
    return term
