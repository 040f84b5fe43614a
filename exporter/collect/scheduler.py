"""Refreshes jobs in the background, each on its own interval, a few at a time."""

import heapq
import itertools
import queue
import random
import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime

from exporter.collect.job import Job
from exporter.collect.schedule import next_refresh

__all__ = ["WORKERS", "Scheduler"]

WORKERS = 8
"""Sources refreshed at the same time: they wait for upstreams most of the time, and upstreams dislike crowds."""


LONGEST_SLEEP = 60.0
"""Seconds after which the clock is read again, which somebody may have set."""


class Scheduler:
    """Runs jobs until it is stopped. All its threads are daemons, so that a source that hangs cannot hold up the end.

    `refreshed` is called after each refresh, in the thread that made it.
    """

    def __init__(self, clock: Callable[[], datetime], refreshed: Callable[[], None]) -> None:
        self._clock = clock
        self._refreshed = refreshed
        self._changed = threading.Condition()
        self._ready: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._due: list[tuple[datetime, int, Job]] = []
        self._latest = clock()
        self._numbers = itertools.count()
        self._failures: dict[Job, int] = {}
        self._stopped = False
        self._threads = [threading.Thread(target=self._time, name="scheduler", daemon=True)]
        self._threads += [threading.Thread(target=self._work, name=f"refresh-{i}", daemon=True) for i in range(WORKERS)]

    def start(self) -> None:
        """Starts the threads."""
        for thread in self._threads:
            thread.start()

    def run(self, jobs: Iterable[Job]) -> None:
        """Runs these jobs from now on: new ones at once, known ones when they are due, others no more."""
        with self._changed:
            known, wanted = self._failures, list(jobs)
            self._failures = {job: known.get(job, 0) for job in wanted}
            self._due = [entry for entry in self._due if entry[2] in self._failures]
            now = self._now()
            self._due += [(now, next(self._numbers), job) for job in wanted if job not in known]
            heapq.heapify(self._due)
            self._changed.notify()

    def stop(self, timeout: float = 0.5) -> None:
        """Starts no further refresh and waits at most `timeout` seconds for those under way."""
        with self._changed:
            self._stopped = True
            self._changed.notify()
        for _ in range(WORKERS):
            self._ready.put(None)
        end = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))

    def _time(self) -> None:
        with self._changed:
            while not self._stopped:
                now = self._now()
                while self._due and self._due[0][0] <= now:
                    self._ready.put(heapq.heappop(self._due)[2])
                wait = (self._due[0][0] - now).total_seconds() if self._due else None
                self._changed.wait(None if wait is None else min(wait, LONGEST_SLEEP))

    def _now(self) -> datetime:
        """The time; refreshes are not put off by a clock that was set back, but brought forward as far."""
        now = self._clock()
        if now < self._latest:
            self._due = [(due - (self._latest - now), number, job) for due, number, job in self._due]
        self._latest = now
        return now

    def _work(self) -> None:
        while (job := self._ready.get()) is not None and not self._stopped:
            with self._changed:
                if job not in self._failures:
                    # Another set of jobs came while this one waited for a thread.
                    continue
            health = job.refresh(self._clock)
            with self._changed:
                if job in self._failures:
                    failures = self._failures[job] = self._failures[job] + 1 if health.failure else 0
                    spread = random.random()  # noqa: S311 - spreads load, guards nothing
                    due = next_refresh(health, failures, job.config.interval, self._now(), spread)
                    heapq.heappush(self._due, (due, next(self._numbers), job))
                    self._changed.notify()
            if not self._stopped:
                self._refreshed()
