"""One run: what is asked, computed and written, in this order."""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from exporter.backfill.asking import Asked, Progress, ask, fingerprint
from exporter.backfill.blocks import LENGTH, DataDirectory
from exporter.backfill.figures import Figures
from exporter.backfill.known import Own
from exporter.backfill.ledger import Ledger, Piece, Plan
from exporter.backfill.snapshots import snapshots
from exporter.backfill.span import Span
from exporter.backfill.table import Stamps, Table, Told, stamps_of
from exporter.collect.collector import Collector
from exporter.errors import KpiExporterError
from exporter.render.projects import configured_projects
from exporter.sources.registry import declared_metrics

__all__ = ["Limit", "Outcome", "Run", "Written"]

Limit = Callable[[str, Span, Own], int]
"""The last point that a project may be told of, given its name, the span, and what earlier runs wrote."""
_JOB = "kpi-exporter"
"""What the configuration of Prometheus that ships calls the scrapes of the exporter."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: the number of series, samples and blocks, and the first and the last point in seconds since 1970."""

    series: int
    samples: int
    blocks: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run. `resumed` says that it went on with an earlier one; nothing is `asked` where all was written before.

    Without `written` nothing was written: everything was there, a source asks to wait, or none answered.
    """

    plan: Plan
    resumed: bool
    asked: Sequence[Asked] = field(default=())
    written: Written | None = None

    @property
    def waits(self) -> Sequence[Asked]:
        """The sources that ask to wait."""
        return [one for one in self.asked if one.waits]

    @property
    def answered(self) -> bool:
        """Whether any source gave anything."""
        return any(one.moments for one in self.asked)


class Run:
    """Fills the past of the projects of a collector.

    `instance` is what Prometheus calls the scraped exporter, `signature` tells the run from those with other arguments. The same
    run may be begun again after it was interrupted at any moment, and comes to the same end.
    """

    def __init__(
        self, collector: Collector, ledger: Ledger, *, instance: str, signature: Sequence[str], progress: Progress
    ) -> None:
        self._collector = collector
        self._ledger = ledger
        self._scrape = {"instance": instance, "job": _JOB}
        settings = [[job.project, job.name, fingerprint(job)] for job in collector.jobs]
        self._signature = json.dumps([list(signature), instance, settings])
        self._progress = progress

    def into_file(self, path: Path, span: Callable[[], Span], limit: Limit) -> Outcome:
        """Writes the points as a text in the format OpenMetrics, whole or not at all; raises KpiExporterError."""
        plan, resumed = self._plan(span, limit, ())
        points = self._points(plan, ())

        def write(table: Table) -> Written:
            told = Told()
            stamps = {project: stamps_of(plan.span, own) for project, own in points.items()}
            _write(path, table.text(stamps, told))
            return _written(told, points, 0)

        return self._run(plan, resumed, points, write)

    def into_blocks(self, directory: DataDirectory, span: Callable[[], Span], limit: Limit, *, again: bool = False) -> Outcome:
        """Writes the points as blocks into the data directory of a Prometheus, but for those that earlier runs wrote.

        With `again` these are removed first. Raises KpiExporterError.
        """
        pieces = directory.settle(self._ledger)
        if again and self._ledger.plan(self._signature) is None:
            directory.remove(self._ledger, pieces)
            pieces = []
        plan, resumed = self._plan(span, limit, pieces)
        points = self._points(plan, pieces)

        def write(table: Table) -> Written:
            told, blocks = Told(), 0
            begins = range(plan.span.since // LENGTH * LENGTH, plan.span.until + 1, LENGTH)
            for number, begin in enumerate(begins):
                self._progress("blocks", number, len(begins))
                inside = {name: [point for point in own if begin <= point < begin + LENGTH] for name, own in points.items()}
                inside = {name: own for name, own in inside.items() if own}
                if inside:
                    stamps: Mapping[str, Stamps] = {name: stamps_of(plan.span, own) for name, own in inside.items()}
                    spans = {name: (own[0], own[-1]) for name, own in inside.items()}
                    blocks += directory.write(self._ledger, table.text(stamps, told), spans)
            self._progress("blocks", len(begins), len(begins))
            return _written(told, points, blocks)

        return self._run(plan, resumed, points, write)

    def _plan(self, span: Callable[[], Span], limit: Limit, pieces: Sequence[Piece]) -> tuple[Plan, bool]:
        """The plan of the run that was interrupted, or a new one."""
        kept = self._ledger.plan(self._signature)
        if kept is not None:
            return kept, True
        whole = span()
        names = [project.name for project in self._collector.setup.config.projects]
        plan = Plan(whole, {name: limit(name, whole, _of(pieces, name)) for name in names})
        self._ledger.begin(self._signature, plan)
        return plan, False

    def _points(self, plan: Plan, pieces: Sequence[Piece]) -> Mapping[str, Sequence[int]]:
        """The points that are to be written, by project; projects without any are left out."""
        points = {}
        for name, last in plan.limits.items():
            own = _of(pieces, name)
            points[name] = [point for point in plan.span.points if point <= last and not any(a <= point <= b for a, b in own)]
        return {name: found for name, found in points.items() if found}

    def _run(self, plan: Plan, resumed: bool, points: Mapping[str, Sequence[int]], write: Callable[[Table], Written]) -> Outcome:
        jobs = [job for job in self._collector.jobs if job.project in points]
        asked = [ask(job, self._ledger, plan.span, self._progress) for job in jobs]
        outcome = Outcome(plan, resumed, asked)
        if outcome.waits:
            return outcome
        if points and outcome.answered:
            written = write(self._table(plan, frozenset(points)))
            outcome = Outcome(plan, resumed, asked, written)
        self._ledger.end()
        return outcome

    def _table(self, plan: Plan, names: frozenset[str]) -> Table:
        table, span, setup = Table(len(plan.span.knots)), plan.span, self._collector.setup
        projects = {project.name: project for project in configured_projects(setup)}
        for configured in setup.config.projects:
            if configured.name in names:
                figures = Figures(projects[configured.name], configured, span, self._scrape)
                jobs = [job for job in self._collector.jobs if job.project == configured.name]
                for knot in figures.fill(table, snapshots(jobs, self._ledger, span), declared_metrics()):
                    self._progress(f"{configured.name} KPIs", knot + 1, len(span.knots))
        return table


def _of(pieces: Sequence[Piece], project: str) -> Own:
    """The first and the last point of a project in each piece that has some."""
    return [piece.spans[project] for piece in pieces if project in piece.spans]


def _write(path: Path, text: Iterator[str]) -> None:
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("w", encoding="utf-8") as file:
            file.writelines(text)
            file.write("# EOF\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise KpiExporterError(f"{path} cannot be written: {error.strerror or type(error).__name__}") from None


def _written(told: Told, points: Mapping[str, Sequence[int]], blocks: int) -> Written:
    first, last = min(own[0] for own in points.values()), max(own[-1] for own in points.values())
    return Written(len(told.series), told.samples, blocks, first, last)
