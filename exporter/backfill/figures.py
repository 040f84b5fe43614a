"""All series of a project over a span: what it would have been scraped as, and what the rules would have recorded of that."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from prometheus_client.metrics_core import Metric as Family

from exporter.backfill.recorded import Recorder
from exporter.backfill.remembered import Remembered
from exporter.backfill.span import Span, moment
from exporter.backfill.table import Table
from exporter.catalog.past import resting_on_past, values_by_row
from exporter.collect.families import facts_families, kpi_families, kpi_info_family
from exporter.config import Project as Configured
from exporter.facts import Metric, Snapshot
from exporter.kpi import Row, evaluate
from exporter.render.projects import Project
from exporter.render.rules.series import INFO

__all__ = ["Figures"]


class Figures:
    """Fills the series of one project into a table; `scrape` are the labels that a scrape adds."""

    def __init__(self, project: Project, configured: Configured, span: Span, scrape: Mapping[str, str]) -> None:
        self._project = project
        self._launch = configured.launch
        self._span = span
        self._scrape = scrape
        self._recorder = Recorder(project)
        self._past = Remembered(project.catalog, span)
        resting = resting_on_past(project.catalog)
        forms = [(value, row) for kpi in project.catalog.kpis for row, value in values_by_row(kpi) if value.needs_history]
        self._resting = bool(resting)
        self._nested = any(value.other is not None and (value.other.kpi, value.other.segment) in resting for value, _ in forms)

    def fill(self, table: Table, each: Iterable[Sequence[Snapshot]], declared: Mapping[str, Metric]) -> Iterator[int]:
        """Computes knot after knot, of the snapshots of each; gives the number of the knot that is done."""
        for knot, snapshots in enumerate(each):
            given, known = self._rows(knot, snapshots)
            for family in (*facts_families(snapshots, declared), *kpi_families(given)):
                self._put(table, knot, family)
            self._info(table, knot)
            for name, labels, value in self._recorder.series(given, known, self._past):
                table.put(name, labels, knot, value)
            yield knot

    def _rows(self, knot: int, snapshots: Sequence[Snapshot]) -> tuple[Sequence[Row], Sequence[Row]]:
        """The rows as the exporter tells them, without the past, and the same rows with it."""
        given = known = self._evaluated(knot, snapshots, None)
        self._past.learn(knot, given)
        if self._resting:
            known = self._evaluated(knot, snapshots, self._past)
            # What rests on a figure that rests on the past itself is known one round later.
            while self._past.learn(knot, known) and self._nested:
                known = self._evaluated(knot, snapshots, self._past)
        return given, known

    def _evaluated(self, knot: int, snapshots: Sequence[Snapshot], past: Remembered | None) -> Sequence[Row]:
        project, now = self._project, moment(self._span.knots[knot])
        return evaluate(project.catalog, snapshots, now, project=project.name, launch=self._launch, history=past)

    def _info(self, table: Table, knot: int) -> None:
        family = kpi_info_family([(self._project.name, self._project.catalog, self._project.sources)])
        self._put(table, knot, family)
        for sample in family.samples:
            table.put(INFO, sample.labels, knot, sample.value)

    def _put(self, table: Table, knot: int, family: Family) -> None:
        for sample in family.samples:
            table.put(sample.name, {**sample.labels, **self._scrape}, knot, sample.value)
