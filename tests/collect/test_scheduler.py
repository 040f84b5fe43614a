"""Refreshing in the background."""

import threading
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from exporter.collect.collector import utc_now
from exporter.collect.scheduler import WORKERS, Scheduler
from exporter.errors import Reason, UpstreamError
from exporter.facts import Part
from support.facts import ForgeConfig, job_of, part

PATIENCE = 5.0
"""Seconds after which something that should have happened counts as failed."""


class Counting:
    """Counts its refreshes and tells when there were enough."""

    def __init__(self, enough: int) -> None:
        self.count = 0
        self.enough = enough
        self.reached = threading.Event()

    def __call__(self, now: datetime) -> Iterable[Part]:
        self.count += 1
        if self.count >= self.enough:
            self.reached.set()
        return [part("a/a", self.count, time=now)]


def test_each_job_is_refreshed_at_once_then_by_its_interval(tmp_path: Path) -> None:
    often, seldom = Counting(2), Counting(1)
    jobs = [
        job_of(tmp_path / "often", often, ForgeConfig(interval=timedelta(seconds=1))),
        job_of(tmp_path / "seldom", seldom, ForgeConfig(interval=timedelta(hours=1))),
    ]
    scheduler = Scheduler(utc_now, lambda: None)
    scheduler.start()
    scheduler.run(jobs)
    assert often.reached.wait(PATIENCE)
    scheduler.stop()
    assert seldom.count == 1


def test_a_job_that_hangs_holds_up_neither_the_others_nor_the_end(tmp_path: Path) -> None:
    release = threading.Event()

    def hang(now: datetime) -> Iterable[Part]:
        release.wait(PATIENCE)
        return []

    other, refreshed = Counting(1), threading.Event()
    scheduler = Scheduler(utc_now, refreshed.set)
    scheduler.start()
    scheduler.run([job_of(tmp_path / "hang", hang), job_of(tmp_path / "other", other)])
    assert other.reached.wait(PATIENCE)
    assert refreshed.wait(PATIENCE)
    began = utc_now()
    scheduler.stop(timeout=0.2)
    assert utc_now() - began < timedelta(seconds=1)
    release.set()


def test_a_job_that_fails_is_tried_again_and_the_others_are_not_disturbed(tmp_path: Path) -> None:
    def fail(now: datetime) -> Iterable[Part]:
        raise UpstreamError(Reason.TIMEOUT, "no answer")

    fine = Counting(3)
    failing = job_of(tmp_path / "a", fail, ForgeConfig(interval=timedelta(seconds=1)))
    scheduler = Scheduler(utc_now, lambda: None)
    scheduler.start()
    scheduler.run([failing, job_of(tmp_path / "b", fine, ForgeConfig(interval=timedelta(seconds=1)))])
    assert fine.reached.wait(PATIENCE)
    scheduler.stop()
    assert failing.meter.failures["timeout"] >= 2


def test_a_new_set_of_jobs_keeps_the_known_ones_and_drops_the_rest(tmp_path: Path) -> None:
    first, second, third = Counting(1), Counting(1), Counting(1)
    hourly = ForgeConfig(interval=timedelta(hours=1))
    jobs = {name: job_of(tmp_path / name, says, hourly) for name, says in (("a", first), ("b", second), ("c", third))}
    scheduler = Scheduler(utc_now, lambda: None)
    scheduler.start()
    scheduler.run([jobs["a"], jobs["b"]])
    assert first.reached.wait(PATIENCE)
    assert second.reached.wait(PATIENCE)
    scheduler.run([jobs["b"], jobs["c"]])
    assert third.reached.wait(PATIENCE)
    scheduler.stop()
    assert (first.count, second.count, third.count) == (1, 1, 1)


class Clock:
    """The time, as far off as somebody has set it."""

    def __init__(self) -> None:
        self.off = timedelta(0)

    def __call__(self) -> datetime:
        return utc_now() + self.off


def test_a_clock_that_is_set_back_a_day_does_not_put_refreshes_off(tmp_path: Path) -> None:
    clock, job = Clock(), Counting(2)
    scheduler = Scheduler(clock, lambda: setattr(clock, "off", timedelta(days=-1)))
    scheduler.start()
    scheduler.run([job_of(tmp_path, job, ForgeConfig(interval=timedelta(seconds=1)))])
    assert job.reached.wait(PATIENCE)
    scheduler.stop()


def test_a_clock_that_is_set_forward_a_day_brings_refreshes_forward(tmp_path: Path) -> None:
    clock, says, refreshed = Clock(), Counting(2), threading.Event()
    job = job_of(tmp_path, says, ForgeConfig(interval=timedelta(hours=12)))
    scheduler = Scheduler(clock, refreshed.set)
    scheduler.start()
    scheduler.run([job])
    assert refreshed.wait(PATIENCE)
    clock.off = timedelta(days=1)
    scheduler.run([job])
    assert says.reached.wait(PATIENCE)
    scheduler.stop()


def test_a_job_that_is_dropped_while_it_waits_for_a_thread_is_not_refreshed(tmp_path: Path) -> None:
    release, busy = threading.Event(), threading.Barrier(WORKERS + 1)

    def hang(now: datetime) -> Iterable[Part]:
        busy.wait(PATIENCE)
        release.wait(PATIENCE)
        return []

    waits, after = Counting(1), Counting(1)
    scheduler = Scheduler(utc_now, lambda: None)
    scheduler.start()
    scheduler.run([job_of(tmp_path / str(number), hang) for number in range(WORKERS)])
    busy.wait(PATIENCE)
    scheduler.run([job_of(tmp_path / "waits", waits)])
    scheduler.run([job_of(tmp_path / "after", after)])
    release.set()
    assert after.reached.wait(PATIENCE)
    scheduler.stop()
    assert waits.count == 0


def test_a_job_is_never_refreshed_twice_at_the_same_time(tmp_path: Path) -> None:
    alone, together = threading.Lock(), []

    def slow(now: datetime) -> Iterable[Part]:
        if alone.acquire(blocking=False):
            release.wait(0.05)
            alone.release()
        else:
            together.append(now)
        return says(now)

    release, says = threading.Event(), Counting(3)
    job = job_of(tmp_path, slow, ForgeConfig(interval=timedelta(seconds=1)))
    scheduler = Scheduler(utc_now, lambda: None)
    scheduler.start()
    while not says.reached.wait(0.01):
        scheduler.run([job])
    scheduler.stop()
    assert together == []
