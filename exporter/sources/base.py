"""What a source is: a name, a configuration, the metrics it declares, and how it collects them."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from exporter.config.types import SourceConfig
from exporter.facts import Metric, Part
from exporter.http import Client

__all__ = ["Finding", "Source", "Tools"]

Config = TypeVar("Config", bound=SourceConfig)


@dataclass(frozen=True, slots=True)
class Tools:
    """What a source works with.

    `client` speaks HTTP for this source. `folder` exists and belongs to this source of this project alone; `keeps` says whether
    it outlives the process, because there is a state directory. `bots` are the accounts that the project wants left out, in
    lower case. `launch` is the day that the project's schedule counts from.
    `pause` waits that many seconds; a source calls it between requests to a service that asks for a pace. `clock` gives the time
    (UTC), for what must know it while a refresh goes on. `put_off` asks not to be refreshed again before a moment (UTC), although
    this refresh brought figures.
    """

    client: Client
    folder: Path
    bots: frozenset[str] = frozenset()
    launch: date | None = None
    pause: Callable[[float], None] = time.sleep
    keeps: bool = False
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    put_off: Callable[[datetime], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that `doctor` found: what was asked, whether it works, and what to do about it where it does not.

    `works` is None where nothing was asked, because the configuration leaves out what the source could read. `metrics` names
    those that are to be had where it works, and only there. The texts hold no secret and nothing that an upstream said.
    """

    subject: str
    works: bool | None
    detail: str
    metrics: frozenset[str] = frozenset()


class Source(ABC, Generic[Config]):
    """One upstream and its adapter.

    A module or package of `exporter.sources` that sets `SOURCE` to a subclass is found by the registry; other distributions
    name theirs by the entry point group `kpi_exporter.sources`. The name is also the key of the source in the configuration and
    the value of the label `source`. An instance lives from one reload of the configuration to the next, and is never asked
    to do two things at once.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    """One sentence: what it reads, from where."""
    config_type: ClassVar[type[SourceConfig]]
    metrics: ClassVar[tuple[Metric, ...]]
    past_at_any_time: ClassVar[bool] = False
    """Whether `past` may be asked for any moment; else for day ends (00:00 UTC) alone."""

    def __init__(self, config: Config) -> None:
        self.config = config

    @abstractmethod
    def collect(self, tools: Tools, now: datetime) -> Iterable[Part]:
        """Reads the upstream once; `now` is in UTC.

        Gives one part for each thing it reads. A part that failed carries the reason and no samples, and the others go on.
        Raises UpstreamError when nothing at all could be had.
        """

    def past(self, tools: Tools, moments: Sequence[datetime]) -> Iterator[tuple[datetime, Sequence[Part]]]:
        """What it would have said at moments that are over, as far as the upstream still knows; they are in UTC, oldest first.

        Gives each moment it knows something of, in their order, with one part for each thing that it knows of then. A figure that
        cannot be told as it was then is left out, never guessed, and so is a sum of which an addend is not known. A source of
        which nothing is kept gives nothing, as this one does. Raises UpstreamError when nothing at all could be had.
        """
        return iter(())

    @abstractmethod
    def examine(self, tools: Tools, now: datetime) -> Iterable[Finding]:
        """Asks the upstream, as cheaply as it can, whether the configuration and its credentials work. Raises nothing."""
