"""One reading of everything: the topics one after the other, over one connection."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

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

__all__ = ["Refresh", "refresh"]

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
    parts: list[Part] = []
    why: dict[str, str] = {}
    with open_warehouse(config) as open_, open_sums(config, tools, open_, now) as sums:
        reading = Reading(open_, config, sums, Groups(config), now, tools.launch)
        lost: UpstreamError | None = None
        timeouts = 0
        for topic, samples in _FIGURES:
            try:
                if lost is not None:
                    raise lost
                parts.append(Part((), now, tuple(samples(reading)), topic=topic))
            except UpstreamError as error:
                if isinstance(error, LackingError) and error.expected:
                    continue
                timeouts += error.reason is Reason.TIMEOUT
                lost = error if error.reason in _OUT_OF_REACH or timeouts == _MOST_TIMEOUTS else lost
                why[topic.name] = str(error)
                parts.append(Part((), now, failure=error.reason, topic=topic))
    return Refresh(tuple(parts), why)
