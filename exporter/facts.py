"""Raw facts: what sources say, before any KPI is made of it.

A source declares its metrics (`Metric`), and a refresh of it brings parts (`Part`), one for each thing it reads: a repository,
a package, a chat server. The parts of one refresh are a snapshot (`Snapshot`). All of these are immutable.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from exporter.errors import Reason

__all__ = ["UNITS", "Labels", "Metric", "Part", "Sample", "Snapshot", "Topic"]

UNITS = (
    "count",
    "ratio",
    "seconds",
    "bytes",
    "usd",
    "rank",
    "index",
    "timestamp",
    "score_-100_100",
    "score_0_10",
    "score_1_10",
    "score_1_5",
    "any",
)
"""Units a metric may have: base units only. `timestamp` is seconds since the epoch; `any` is for figures that people enter."""

Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Metric:
    """Declares a gauge: its name, one sentence of help, its unit (one of UNITS) and its label names.

    The label `project` is not declared: every exposed sample has it.
    """

    name: str
    help: str
    unit: str
    labels: tuple[str, ...] = ()

    def sample(self, value: float, **labels: str) -> "Sample":
        """A sample of this metric; raises ValueError when the labels are not the declared ones or the value is not finite."""
        if labels.keys() != set(self.labels):
            raise ValueError(f"{self.name} has the labels {', '.join(self.labels)}, not {', '.join(labels)}")
        if not math.isfinite(value):
            raise ValueError(f"{self.name} must be a finite number")
        return Sample(self.name, tuple((name, labels[name]) for name in self.labels), float(value))


@dataclass(frozen=True, slots=True)
class Sample:
    """One raw fact; `labels` are in the order of the metric's declaration."""

    name: str
    labels: Labels
    value: float


@dataclass(frozen=True, slots=True)
class Topic:
    """What a part is about, where a source says several things of one thing and each may fail on its own: a name, and the metrics
    that come from it.
    """

    name: str
    metrics: tuple[Metric, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """What a source says of one thing it reads.

    `labels` tell the part from its siblings (`repository="caro-cli/caro"`) and are empty for a source that has one part only;
    `topic` tells apart the parts with the same labels, None where there is but one.
    `time` (UTC) is when the samples were true. `failure` says why the last refresh of this part failed: the samples are then
    those of the last good one, or none.
    """

    labels: Labels
    time: datetime
    samples: tuple[Sample, ...] = ()
    failure: Reason | None = None
    topic: Topic | None = None

    @property
    def key(self) -> tuple[Labels, str]:
        """What tells a part from all others of its source."""
        return self.labels, self.topic.name if self.topic else ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one source of one project said in one refresh; `declared` names every metric that the source can give."""

    project: str
    source: str
    declared: frozenset[str]
    parts: tuple[Part, ...]

    def samples(self) -> Iterator[Sample]:
        """The samples of all parts."""
        for part in self.parts:
            yield from part.samples
