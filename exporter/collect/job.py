"""One source of one project: refreshes it, keeps its last good snapshot, and lets no error of it out."""

import logging
import math
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from exporter.collect.freshness import fresh, merged, unanswered
from exporter.collect.meters import SourceMeter
from exporter.config.types import SourceConfig
from exporter.errors import RateLimited, Reason, UpstreamError
from exporter.facts import Part, Snapshot
from exporter.sources.base import Finding, Source, Tools

__all__ = ["Health", "Job"]

log = logging.getLogger(__name__)

_SURROGATE = re.compile("[\ud800-\udfff]")
"""Half of a character, which JSON can hold and UTF-8 cannot."""


@dataclass(frozen=True, slots=True)
class Health:
    """How the last refresh went; `wait_until` is set where the upstream or the source asked to wait with the next one.

    `failure` says why the source as a whole gave nothing. `last_success` is when every part last answered in one refresh.
    """

    duration_seconds: float
    parts: int
    failed_parts: int
    failure: Reason | None
    last_success: datetime | None
    wait_until: datetime | None = None


class Job:
    """Refreshes one source of one project, one refresh at a time."""

    def __init__(self, project: str, source: Source[Any], tools: Tools, meter: SourceMeter) -> None:
        self.project = project
        self.source = source
        self.meter = meter
        self._tools = tools
        self._labels = {metric.name: metric.labels for metric in source.metrics}
        self._snapshot: Snapshot | None = None
        self.health: Health | None = None

    @property
    def name(self) -> str:
        """The name of the source."""
        return self.source.name

    @property
    def config(self) -> SourceConfig:
        """The configuration of the source."""
        config: SourceConfig = self.source.config
        return config

    def or_same(self, other: "Job | None") -> "Job":
        """Another job, with all it knows, if it does the same as this one; else this one."""
        return other if other is not None and other.settings == self.settings else self

    @property
    def settings(self) -> tuple[SourceConfig, frozenset[str], date | None]:
        """All that a reload may change and that what it knows rests on."""
        return self.config, self._tools.bots, self._tools.launch

    @property
    def tried(self) -> bool:
        """Whether it has been refreshed at least once, well or badly."""
        return self.health is not None

    @property
    def last_snapshot(self) -> Snapshot | None:
        """What is known, however old."""
        return self._snapshot

    def snapshot(self, now: datetime) -> Snapshot | None:
        """What is known and not too old at `now`; None before the first refresh."""
        return self._snapshot and fresh(self._snapshot, self.config.age_limit(), now)

    def examine(self, now: datetime) -> Iterable[Finding]:
        """What `doctor` finds about this source."""
        try:
            return list(self.source.examine(self._tools, now))
        except Exception as error:  # as in `refresh`
            log.debug("source raised", exc_info=error)
            return [Finding(self.name, False, f"the source raised {type(error).__name__}")]

    @property
    def has_past(self) -> bool:
        """Whether the source can tell what it would have said earlier."""
        return type(self.source).past is not Source.past

    def past(self, moments: Sequence[datetime]) -> Iterator[tuple[datetime, Sequence[Part]]]:
        """What the source would have said at moments that are over, as `Source.past`; raises UpstreamError alone."""
        try:
            for moment, parts in self.source.past(self._tools, moments):
                yield moment, self._checked(parts)
        except UpstreamError:
            raise
        except Exception as error:  # as in `refresh`
            log.debug("source raised", exc_info=error)
            raise UpstreamError(Reason.INTERNAL, f"the source raised {type(error).__name__}") from None

    def refresh(self, clock: Callable[[], datetime]) -> Health:
        """Reads the source once and keeps what it says; never raises."""
        started, now = time.monotonic(), clock()
        failure, waits = None, list[datetime]()
        tools = replace(self._tools, put_off=partial(_put_off, waits))
        try:
            # Whoever cleans up behind programs may have taken it; a source that needs it tells what it lacks.
            with suppress(OSError):
                self._tools.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            parts = merged(self._snapshot, self._checked(self.source.collect(tools, now)))
        except UpstreamError as error:
            failure = error.reason
            if isinstance(error, RateLimited) and error.until is not None:
                waits.append(error.until)
            parts = unanswered(self._snapshot, failure, now)
            self._tell(failure, str(error))
        except Exception as error:  # a source may come from elsewhere: whatever it raises must not disturb the others
            failure = Reason.INTERNAL
            parts = unanswered(self._snapshot, failure, now)
            self._tell(failure, f"the source raised {type(error).__name__}")
            log.debug("source raised", exc_info=error)
        else:
            self._tell_parts(parts)
        self._snapshot = Snapshot(self.project, self.name, frozenset(self._labels), parts)
        self.health = self._health(started, parts, failure, max(waits, default=None), clock())
        return self.health

    def _checked(self, parts: Iterable[Part]) -> list[Part]:
        """The parts of a refresh; raises ValueError when one of them could not be exposed, and would take the others with it."""
        checked = list(parts)
        for part in checked:
            if part.time.tzinfo is None:
                raise ValueError(f"{self.name} gave a time without zone")
            for sample in part.samples:
                if self._labels.get(sample.name) != tuple(name for name, _ in sample.labels):
                    raise ValueError(f"{self.name} does not declare {sample.name} with these labels")
                if not all(_exposable(value) for _, value in sample.labels) or not math.isfinite(sample.value):
                    raise ValueError(f"{self.name} gave {sample.name} a value or label that cannot be exposed")
        return checked

    def _health(
        self, started: float, parts: tuple[Part, ...], failure: Reason | None, wait_until: datetime | None, now: datetime
    ) -> Health:
        failed = sum(part.failure is not None for part in parts)
        last_success = self.health.last_success if self.health else None
        return Health(
            duration_seconds=time.monotonic() - started,
            parts=len(parts),
            failed_parts=failed,
            failure=failure or _common_failure(parts),
            last_success=last_success if failed else now,
            wait_until=wait_until,
        )

    def _tell(self, reason: Reason, text: str) -> None:
        self.meter.failure(reason)
        if self.health is None or self.health.failure is not reason:
            self._log(logging.WARNING, "source failed", reason=reason, error=text)

    def _tell_parts(self, parts: tuple[Part, ...]) -> None:
        before = {part.key: part.failure for part in self._snapshot.parts} if self._snapshot else {}
        for part in parts:
            if part.failure is not None:
                self.meter.failure(part.failure)
                if before.get(part.key) is not part.failure:
                    topic = {"topic": part.topic.name} if part.topic else {}
                    self._log(logging.WARNING, "part failed", reason=part.failure, **dict(part.labels), **topic)
        if self.health is not None and self.health.failed_parts and not any(part.failure for part in parts):
            self._log(logging.INFO, "source recovered")

    def _log(self, level: int, message: str, **fields: str) -> None:
        log.log(level, message, extra={"fields": {"project": self.project, "source": self.name, **fields}})


def _put_off(waits: list[datetime], until: datetime) -> None:
    """Notes the moment before which a source asks not to be refreshed; raises ValueError where it has no zone."""
    if until.tzinfo is None:
        raise ValueError("a source asked to wait until a time without zone")
    waits.append(until)


def _exposable(value: object) -> bool:
    return isinstance(value, str) and (value.isascii() or not _SURROGATE.search(value))


def _common_failure(parts: tuple[Part, ...]) -> Reason | None:
    """Why the source as a whole gave nothing: the first reason, where every part failed."""
    return parts[0].failure if parts and all(part.failure for part in parts) else None
