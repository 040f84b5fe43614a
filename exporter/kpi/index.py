"""The samples of a project, found by metric and label."""

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from exporter.catalog.model import Aggregate
from exporter.facts import Sample, Snapshot
from exporter.kpi.figure import Figure, absent
from exporter.kpi.gaps import Gaps

__all__ = ["Fact", "Index", "Origin"]


class Origin(NamedTuple):
    """Where a sample comes from, and when it was true."""

    source: str
    time: datetime


Fact = tuple[Sample, Origin]

_AGGREGATES: Mapping[Aggregate, Callable[[Sequence[float]], float]] = {
    "sum": math.fsum,
    "avg": lambda values: math.fsum(values) / len(values),
    "min": min,
    "max": max,
    "count": len,
}


class Index:
    """All samples of the snapshots; it is built in one pass, and answers the same whatever their order."""

    def __init__(self, snapshots: Sequence[Snapshot]) -> None:
        self._facts: dict[str, list[Fact]] = defaultdict(list)
        self._sources: dict[str, set[str]] = defaultdict(set)
        for snapshot in snapshots:
            for metric in snapshot.declared:
                self._sources[metric].add(snapshot.source)
            for part in snapshot.parts:
                origin = Origin(snapshot.source, part.time)
                for sample in part.samples:
                    self._facts[sample.name].append((sample, origin))
        self._gaps = Gaps(snapshots)
        self._groups: dict[tuple[str, str], dict[str, list[Fact]]] = {}

    def select(self, metric: str, where: Mapping[str, str]) -> Sequence[Fact]:
        """The facts of a metric whose labels have the values of `where`."""
        facts: Sequence[Fact] = self._facts.get(metric, ())
        for label, value in where.items():
            group = self._by(metric, label).get(value, ())
            if len(group) < len(facts):
                facts = group
        if len(where) < 2:
            return facts
        pairs = set(where.items())
        return [fact for fact in facts if pairs.issubset(fact[0].labels)]

    def has_label(self, metric: str, label: str) -> bool | None:
        """Whether the metric has the label; None where no sample shows it."""
        return bool(self._by(metric, label)) if metric in self._facts else None

    def values_of(self, metric: str, where: Mapping[str, str], label: str) -> set[str]:
        """The values of a label among the facts that `where` selects."""
        if not where:
            return set(self._by(metric, label))
        return {value for sample, _ in self.select(metric, where) for name, value in sample.labels if name == label}

    def figure(self, metric: str, where: Mapping[str, str], aggregate: Aggregate) -> Figure:
        """The aggregate over the facts that `where` selects.

        There is none without a fact, whatever the aggregate; and none while a part that belongs to it could not be read,
        because the rest would pass for the whole.
        """
        if gap := self.gap(metric, where):
            return absent(gap)
        facts = self.select(metric, where)
        if not facts:
            sources = " and ".join(sorted(self._sources.get(metric, ())))
            return absent(f"{sources} has no {_described(metric, where)}" if sources else f"no source gives {metric}")
        try:
            value = float(_AGGREGATES[aggregate]([sample.value for sample, _ in facts]))
        except OverflowError:
            return absent(f"{metric} is too large to add up")
        origins = {origin for _, origin in facts}
        return Figure(value, frozenset(origin.source for origin in origins), min(origin.time for origin in origins))

    def gap(self, metric: str, where: Mapping[str, str]) -> str:
        """Which parts that `where` selects could not be read, in a few words; "" where none is missing."""
        sources = self._sources.get(metric, ())
        return self._gaps.told(metric, sources, where, lambda label: self.has_label(metric, label))

    def _by(self, metric: str, label: str) -> Mapping[str, Sequence[Fact]]:
        """The facts of a metric, grouped by the values of a label; made once, because segments ask for one after another."""
        groups = self._groups.get((metric, label))
        if groups is None:
            groups = self._groups[metric, label] = defaultdict(list)
            for fact in self._facts.get(metric, ()):
                for name, value in fact[0].labels:
                    if name == label:
                        groups[value].append(fact)
        return groups


def _described(metric: str, where: Mapping[str, str]) -> str:
    """A metric with its matchers, as Prometheus writes them."""
    matchers = ",".join(f'{name}="{value}"' for name, value in sorted(where.items()))
    return f"{metric}{{{matchers}}}" if matchers else metric
