"""One reading of everything: the topics one after the other, over one connection."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from exporter.errors import Reason, UpstreamError
from exporter.facts import Part, Sample, Topic
from exporter.sources.base import Tools
from exporter.sources.telemetry import metrics
from exporter.sources.telemetry.config import TelemetryConfig
from exporter.sources.telemetry.figures import (
    activation,
    activity,
    cohorts,
    commands,
    crashes,
    downloads,
    errors,
    features,
    feedback,
    first_success,
    latency,
    memory,
    retention,
    satisfaction,
    sessions,
    warehouse,
)
from exporter.sources.telemetry.groups import Groups
from exporter.sources.telemetry.reading import Reading
from exporter.sources.telemetry.rollups import open_sums
from exporter.sources.telemetry.warehouse import LackingError, open_warehouse

__all__ = ["Refresh", "past", "refresh"]

Samples = Callable[[Reading], Iterator[Sample]]

_FIGURES: tuple[tuple[Topic, Samples], ...] = (
    # First, because it looks back furthest for first commands, which are kept for the others.
    (metrics.RETENTION, retention.samples),
    (metrics.ACTIVITY, activity.samples),
    (metrics.COHORTS, cohorts.samples),
    (metrics.COMMANDS, commands.samples),
    (metrics.DOWNLOADS, downloads.samples),
    (metrics.ACTIVATION, activation.samples),
    (metrics.FIRST_SUCCESS, first_success.samples),
    (metrics.FEEDBACK, feedback.samples),
    (metrics.ERRORS, errors.samples),
    (metrics.CRASHES, crashes.samples),
    (metrics.SESSIONS, sessions.samples),
    (metrics.SATISFACTION, satisfaction.samples),
    (metrics.FEATURES, features.samples),
    (metrics.LATENCY, latency.samples),
    (metrics.MEMORY, memory.samples),
    # Last, because it tells what the others refused.
    (metrics.WAREHOUSE, warehouse.samples),
)

_OUT_OF_REACH = frozenset({Reason.CONNECTION, Reason.TLS})
_MOST_TIMEOUTS = 3
"""Topics that may time out before the rest is not asked for: a warehouse that hangs would hold the refresh for each of them."""


@dataclass(frozen=True, slots=True)
class Refresh:
    """What one reading brought: a part for each topic that the product has, and why those that failed did, by topic."""

    parts: tuple[Part, ...]
    why: Mapping[str, str]


def refresh(config: TelemetryConfig, tools: Tools, now: datetime) -> Refresh:
    """Reads all topics; raises UpstreamError when the warehouse cannot be read at all.

    What the product lacks on purpose has no part. Once the warehouse is out of reach, or hangs, the rest is not asked for.
    """
    with open_warehouse(config) as open_, open_sums(config, tools, open_, now) as sums:
        read, _ = _topics(Reading(open_, config, sums, Groups(config), now, tools.launch))
    return read


def past(config: TelemetryConfig, tools: Tools, moments: Sequence[datetime]) -> Iterator[tuple[datetime, Refresh]]:
    """All topics as they were at moments that are over, by the events that are there now.

    Raises UpstreamError when the warehouse cannot be read, or no longer.
    """
    # What a refresh keeps is of the cohorts that it needs: an earlier moment needs older ones, so nothing is shared with it.
    for left in tools.folder.glob("past-*"):  # by a process that was killed
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=tools.folder, prefix="past-", ignore_cleanup_errors=True) as folder:
        own = replace(tools, folder=Path(folder))
        with open_warehouse(config) as open_, open_sums(config, own, open_, tools.clock()) as sums:
            for moment in moments:
                read, lost = _topics(Reading(open_, config, sums, Groups(config), moment, tools.launch, over=True))
                if lost is not None:
                    raise lost
                yield moment, read


def _topics(reading: Reading) -> tuple[Refresh, UpstreamError | None]:
    """A part for each topic, and why the warehouse was given up, if it was."""
    parts: list[Part] = []
    why: dict[str, str] = {}
    lost: UpstreamError | None = None
    timeouts = 0
    for topic, samples in _FIGURES:
        try:
            if lost is not None:
                raise lost
            parts.append(Part((), reading.now, tuple(samples(reading)), topic=topic))
        except UpstreamError as error:
            if isinstance(error, LackingError) and error.expected:
                continue
            timeouts += error.reason is Reason.TIMEOUT
            lost = error if error.reason in _OUT_OF_REACH or timeouts == _MOST_TIMEOUTS else lost
            why[topic.name] = str(error)
            parts.append(Part((), reading.now, failure=error.reason, topic=topic))
    return Refresh(tuple(parts), why), lost
