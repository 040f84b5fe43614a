"""The adapter: one part a topic, so that a table that is missing takes away its own figures and no others."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from exporter.facts import Metric, Part
from exporter.logs import fields
from exporter.sources.base import Finding, Source, Tools
from exporter.sources.telemetry.config import TelemetryConfig
from exporter.sources.telemetry.metrics import NEWEST_EVENT, TOPICS, WAREHOUSE

__all__ = ["TelemetrySource"]

log = logging.getLogger(__name__)


class TelemetrySource(Source[TelemetryConfig]):
    """Figures of a product's use, counted where its events are.

    What speaks SQL is imported when it is first asked: the command line starts without it.
    """

    name = "telemetry"
    summary = "Users, commands, errors and speed of the product, from its telemetry events in SQLite or PostgreSQL."
    config_type = TelemetryConfig
    metrics: ClassVar[tuple[Metric, ...]] = tuple(metric for topic in TOPICS for metric in topic.metrics)
    past_at_any_time = True

    def __init__(self, config: TelemetryConfig) -> None:
        super().__init__(config)
        self._told: Mapping[str, str] = {}

    def collect(self, tools: Tools, now: datetime) -> Iterable[Part]:
        from exporter.sources.telemetry.refresh import refresh

        read = refresh(self.config, tools, now)
        self._tell(read.why)
        return read.parts

    def past(self, tools: Tools, moments: Sequence[datetime]) -> Iterator[tuple[datetime, Sequence[Part]]]:
        """Windows that end at each moment, of the events that are there now, from the first of them on."""
        from exporter.sources.telemetry.refresh import past

        begun = False
        for moment, read in past(self.config, tools, moments):
            self._tell(read.why)
            begun = begun or not _empty(read.parts)
            if begun:
                yield moment, read.parts

    def examine(self, tools: Tools, now: datetime) -> Iterable[Finding]:
        from exporter.sources.telemetry.doctor import examine

        return examine(self.config)

    def _tell(self, why: Mapping[str, str]) -> None:
        """Logs why topics cannot be read, each sentence once for all topics that it is true of."""
        topics: dict[str, list[str]] = defaultdict(list)
        for topic, sentence in why.items():
            if self._told.get(topic) != sentence:
                topics[sentence].append(topic)
        for sentence, names in topics.items():
            log.warning("telemetry cannot be read", extra=fields(topics=", ".join(names), why=sentence))
        self._told = why


def _empty(parts: Sequence[Part]) -> bool:
    """Whether the warehouse held no event yet."""
    return any(
        part.topic is WAREHOUSE and part.failure is None and all(sample.name != NEWEST_EVENT.name for sample in part.samples)
        for part in parts
    )
