"""Everything that is collected for one setup: its jobs, what they know, and the KPIs made of it."""

import platform
import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime

import requests
from prometheus_client.metrics_core import Metric as Family

from exporter import __version__
from exporter.collect.families import facts_families, kpi_families, kpi_info_family, self_families
from exporter.collect.job import Job
from exporter.collect.meters import SourceMeter
from exporter.collect.scheduler import WORKERS
from exporter.collect.setup import Setup
from exporter.collect.state import State
from exporter.facts import Snapshot
from exporter.http import Client, new_session, user_agent
from exporter.kpi import History, Row, evaluate
from exporter.sources.base import Tools
from exporter.sources.registry import declared_metrics, sources

__all__ = ["Collector", "utc_now"]


_LOOK_UP_SECONDS = 0.2
"""A signal does not wake the main thread where the system gave it to another one, so that one looks up now and then."""


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


class Collector:
    """The jobs of a setup. `previous` lends the jobs whose configuration did not change, with all they know."""

    def __init__(
        self,
        setup: Setup,
        state: State,
        *,
        clock: Callable[[], datetime] = utc_now,
        only: frozenset[str] = frozenset(),
        previous: "Collector | None" = None,
    ) -> None:
        self.setup = setup
        self._state = state
        self._clock = clock
        self._session: requests.Session = previous._session if previous else new_session()
        # Whom upstreams may contact is sent with every request, so another contact makes every job another one.
        same = previous is not None and previous.setup.config.contact == setup.config.contact
        known = {(job.project, job.name): job for job in previous.jobs} if previous and same else {}
        self.jobs: Sequence[Job] = tuple(
            job.or_same(known.get((job.project, job.name))) for job in self._new_jobs() if not only or job.name in only
        )

    def refresh(self, done: Callable[[Job], None] = lambda _: None) -> None:
        """Refreshes every job once, several at a time; `done` is called after each, in this thread.

        The threads are daemons: whoever gives up waiting, for a signal say, is not held up by an upstream that hangs.
        """
        waiting: queue.SimpleQueue[Job] = queue.SimpleQueue()
        finished: queue.SimpleQueue[Job] = queue.SimpleQueue()
        for job in self.jobs:
            waiting.put(job)

        def work() -> None:
            with suppress(queue.Empty):
                while job := waiting.get_nowait():
                    try:
                        job.refresh(self._clock)
                    finally:
                        finished.put(job)

        for number in range(min(WORKERS, len(self.jobs))):
            threading.Thread(target=work, name=f"refresh-{number}", daemon=True).start()
        for _ in self.jobs:
            done(_next(finished))

    def snapshots(self, now: datetime) -> list[Snapshot]:
        """What is known and not too old, in the order of the jobs."""
        known = (job.snapshot(now) for job in self.jobs)
        return [snapshot for snapshot in known if snapshot is not None]

    def rows(self, snapshots: Iterable[Snapshot], now: datetime, histories: Mapping[str, History] | None = None) -> list[Row]:
        """The KPIs of all projects, in the order of the configuration; `histories` supply the past, by project."""
        by_project: dict[str, list[Snapshot]] = {}
        for snapshot in snapshots:
            by_project.setdefault(snapshot.project, []).append(snapshot)
        return [
            row
            for project in self.setup.config.projects
            for row in evaluate(
                self.setup.catalogs[project.name],
                by_project.get(project.name, ()),
                now,
                project=project.name,
                launch=project.launch,
                history=(histories or {}).get(project.name),
            )
        ]

    def families(self, snapshots: Sequence[Snapshot], rows: Sequence[Row]) -> Iterator[Family]:
        """All that is exposed: raw facts, KPI layer, and the exporter on itself."""
        setup = self.setup
        yield from facts_families(snapshots, declared_metrics())
        yield from kpi_families(rows)
        yield kpi_info_family(
            (project.name, setup.catalogs[project.name], setup.kpi_sources(project)) for project in setup.config.projects
        )
        yield from self_families(self.jobs, __version__, platform.python_version())

    def ready(self) -> bool:
        """Whether every job has been tried once."""
        return all(job.tried for job in self.jobs)

    def answered(self) -> bool:
        """Whether any source gave anything in its last refresh; true where there is none to ask."""
        return not self.jobs or any(job.health is not None and job.health.failure is None for job in self.jobs)

    def close(self) -> None:
        """Closes the connections to upstreams."""
        self._session.close()

    def _new_jobs(self) -> Iterable[Job]:
        for project in self.setup.config.projects:
            bots = frozenset(bot.lower() for bot in project.bots)
            for name, config in project.sources.items():
                meter = SourceMeter()
                client = Client(
                    timeout=config.timeout,
                    cache=self._state.cache,
                    meter=meter,
                    session=self._session,
                    user_agent=user_agent(self.setup.config.contact),
                    now=self._clock,
                )
                folder = self._state.folder(project.name, name)
                launch = project.launch or self.setup.catalogs[project.name].launch
                tools = Tools(client, folder, bots, launch, keeps=self._state.keeps, clock=self._clock)
                yield Job(project.name, sources()[name](config), tools, meter)


def _next(finished: "queue.SimpleQueue[Job]") -> Job:
    """Waits for a job that is finished."""
    while True:
        with suppress(queue.Empty):
            return finished.get(timeout=_LOOK_UP_SECONDS)
