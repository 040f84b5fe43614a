"""The running exporter: refreshes in the background, prepares what a scrape gets, reloads its configuration."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from prometheus_client import PLATFORM_COLLECTOR, PROCESS_COLLECTOR
from prometheus_client.metrics_core import Metric as Family

from exporter.collect.collector import Collector, utc_now
from exporter.collect.families import reload_families
from exporter.collect.scheduler import Scheduler
from exporter.collect.setup import Setup
from exporter.collect.state import State
from exporter.config import Config, masked
from exporter.errors import KpiExporterError
from exporter.logs import fields
from exporter.web.page import Page

__all__ = ["Extension", "Service"]

log = logging.getLogger(__name__)

SETTLE = 0.2
"""Seconds to wait for more refreshes before preparing a page for all of them."""
REST = 4.0
"""How many times as long as a page took to prepare the next one waits, so that many projects do not keep a processor busy."""
TICK = 15.0
"""Seconds after which the page is prepared again though nothing was refreshed: figures age, and targets change at midnight."""


class Extension(Protocol):
    """What else the exporter does beside collecting, by the same configuration."""

    def configure(self, config: Config, folder: Callable[[str, str], Path]) -> None:
        """Takes a configuration over; raises KpiExporterError, and changes nothing, where that cannot be done.

        `folder` gives a place in the state directory, by the name of a project and another of the extension's own.
        """

    def families(self) -> Iterable[Family]:
        """What it says of itself."""
        ...

    def close(self) -> None:
        """Lets the state directory go."""


class Service:
    """What `serve` runs; implements `exporter.web.app.Backend`.

    `load` reads the configuration anew and raises KpiExporterError when it is not usable.
    """

    def __init__(
        self, load: Callable[[], Setup], *, extensions: Sequence[Extension] = (), clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._load = load
        self._extensions = extensions
        self._clock = clock
        self._reloading = threading.Lock()
        setup = load()
        self._state = State(setup.config.state_dir)
        self._collector = Collector(setup, self._state, clock=clock)
        self._extend(setup)
        self._reloaded, self._reload_successful = clock(), True
        self._dirty = threading.Event()
        self._stopped = threading.Event()
        self._healthy = True
        self._page, self._ready = self._prepare()
        self._scheduler = Scheduler(clock, self._dirty.set)
        self._publisher = threading.Thread(target=self._publish, name="publisher", daemon=True)

    def start(self) -> None:
        """Starts refreshing and publishing in the background."""
        _tell("configuration loaded", self._collector)
        self._scheduler.start()
        self._scheduler.run(self._collector.jobs)
        self._publisher.start()

    def stop(self) -> None:
        """Ends the background work, at most a second after the call."""
        self._stopped.set()
        self._dirty.set()
        self._scheduler.stop()
        self._publisher.join(0.5)
        for extension in self._extensions:
            extension.close()
        self._state.close()

    def page(self) -> Page:
        """The page prepared last."""
        return self._page

    def config_text(self) -> str:
        """The configuration in force, secrets masked."""
        return masked(self._collector.setup.config)

    def healthy(self) -> bool:
        """Whether the page is kept up to date; where preparing one fails, the last good one stays."""
        return self._healthy

    def ready(self) -> bool:
        """Whether every source has been tried once, and the page shows it."""
        return self._ready

    def reload(self) -> None:
        """Reads the configuration anew and swaps it in; raises KpiExporterError, and changes nothing, when it is not usable."""
        with self._reloading:
            try:
                collector = self._collector_anew()
            except Exception as error:
                self._reload_successful = False
                self._dirty.set()
                message = "reload failed, the old configuration stays"
                if isinstance(error, KpiExporterError):
                    log.error(message, extra=fields(error=str(error)))
                    raise
                log.exception(message)
                raise KpiExporterError(f"unexpected error: {type(error).__name__}") from error
            self._collector = collector
            self._reloaded, self._reload_successful = self._clock(), True
            self._scheduler.run(self._collector.jobs)
            self._dirty.set()
            _tell("configuration reloaded", collector)

    def _collector_anew(self) -> Collector:
        setup = self._load()
        if setup.config.state_dir != self._collector.setup.config.state_dir:
            raise KpiExporterError("state_dir cannot change while the exporter runs: restart it")
        collector = Collector(setup, self._state, clock=self._clock, previous=self._collector)
        self._extend(setup)
        return collector

    def _extend(self, setup: Setup) -> None:
        for extension in self._extensions:
            extension.configure(setup.config, self._state.folder)

    def _publish(self) -> None:
        settle = SETTLE
        while not self._stopped.is_set():
            if self._dirty.wait(TICK):
                self._stopped.wait(settle)
            self._dirty.clear()
            if not self._stopped.is_set():
                began = time.monotonic()
                self._renew()
                settle = min(max(SETTLE, REST * (time.monotonic() - began)), TICK)

    def _renew(self) -> None:
        """Prepares a page in place of the last one; what goes wrong is told once, and by `healthy` as long as it lasts."""
        try:
            self._page, self._ready = self._prepare()
        except Exception:
            if self._healthy:
                log.exception("page not prepared, the old one stays")
            self._healthy = False
        else:
            if not self._healthy:
                log.info("page prepared again")
            self._healthy = True

    def _prepare(self) -> tuple[Page, bool]:
        """A page of this moment, and whether every source had been tried by then."""
        collector = self._collector
        ready = collector.ready()
        return Page.of(self._families(collector, self._clock())), ready

    def _families(self, collector: Collector, now: datetime) -> Iterator[Family]:
        snapshots = collector.snapshots(now)
        yield from collector.families(snapshots, collector.rows(snapshots, now))
        yield from reload_families(self._reload_successful, self._reloaded)
        for extension in self._extensions:
            yield from extension.families()
        for own in (PROCESS_COLLECTOR, PLATFORM_COLLECTOR):
            yield from own.collect()


def _tell(message: str, collector: Collector) -> None:
    log.info(message, extra=fields(projects=len(collector.setup.config.projects), sources=len(collector.jobs)))
