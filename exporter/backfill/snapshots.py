"""What the sources of a project said, as the snapshots of each knot."""

from collections.abc import Iterator, Sequence

from exporter.backfill.ledger import Ledger
from exporter.backfill.span import Span, moment
from exporter.collect.job import Job
from exporter.errors import Reason
from exporter.facts import Labels, Part, Snapshot

__all__ = ["snapshots"]


def snapshots(jobs: Sequence[Job], ledger: Ledger, span: Span) -> Iterator[Sequence[Snapshot]]:
    """The snapshots of one project, knot after knot, in the order of its sources.

    What a source said holds until the next moment that it was asked for. What it tells at some moments and not at others could
    not be read then, and a source without a past never could: else a sum would pass for the whole that lacks one of its addends.
    """
    sources = [_Source(job, ledger, span) for job in jobs]
    for knot in span.knots:
        yield [source.snapshot(knot) for source in sources]


Key = tuple[Labels, str]


class _Source:
    """One source over the knots."""

    def __init__(self, job: Job, ledger: Ledger, span: Span) -> None:
        self._job = job
        self._ledger = ledger
        self._declared = {metric.name: metric for metric in job.source.metrics}
        self._asked = span.knots if job.source.past_at_any_time else span.days
        self._told = ledger.told(job.project, job.name) if job.has_past else {}
        self._parts = dict(self._each())
        self._known: tuple[int, Snapshot] | None = None

    def snapshot(self, knot: int) -> Snapshot:
        """What is known at a knot."""
        asked = self._asked[(knot - self._asked.start) // self._asked.step]
        if self._known is None or self._known[0] != asked:
            self._known = asked, self._at(asked)
        return self._known[1]

    def _at(self, asked: int) -> Snapshot:
        parts = self._read(asked) if asked in self._told else [Part((), moment(asked), failure=Reason.NOT_FOUND)]
        there = {part.key for part in parts}
        lacking = [
            Part(part.labels, moment(asked), failure=Reason.NOT_FOUND, topic=part.topic)
            for key, part in self._parts.items()
            if asked in self._told and key not in there
        ]
        return Snapshot(self._job.project, self._job.name, frozenset(self._declared), (*parts, *lacking))

    def _each(self) -> Iterator[tuple[Key, Part]]:
        """One part for each thing that the source tells of at any moment, by its key."""
        seen: set[Key] = set()
        for when, told in self._told.items():
            if when in self._asked and not seen.issuperset((part.labels, part.topic) for part in told):
                for part in self._read(when):
                    seen.add(part.key)
                    yield part.key, part

    def _read(self, asked: int) -> Sequence[Part]:
        return self._ledger.parts(self._job.project, self._job.name, asked, self._declared)
