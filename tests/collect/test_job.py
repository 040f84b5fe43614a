"""One source of one project: its refreshes, and that no error of it gets out."""

import logging
import math
import shutil
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from exporter.collect.job import Job
from exporter.errors import RateLimited, Reason, UpstreamError
from exporter.facts import Part, Sample
from support.facts import ForgeConfig, job_of, part
from support.tools import NOW

LATER = NOW + timedelta(minutes=15)


class Script:
    """What a source says, refresh after refresh; the last line is repeated."""

    def __init__(self, *lines: Iterable[Part] | Exception) -> None:
        self._lines = list(lines)

    def __call__(self, now: datetime) -> Iterable[Part]:
        line = self._lines.pop(0) if len(self._lines) > 1 else self._lines[0]
        if isinstance(line, Exception):
            raise line
        return line


def samples(job: object, now: datetime) -> list[float]:
    snapshot = job.snapshot(now)  # type: ignore[attr-defined]
    return [sample.value for sample in snapshot.samples()]


def test_before_the_first_refresh_nothing_is_known(tmp_path: Path) -> None:
    job = job_of(tmp_path, Script([part("a/a", 5)]))
    assert (job.snapshot(NOW), job.tried, job.health) == (None, False, None)


def test_a_refresh_brings_the_samples(tmp_path: Path) -> None:
    job = job_of(tmp_path, Script([part("a/a", 5)]))
    health = job.refresh(lambda: NOW)
    assert samples(job, NOW) == [5]
    assert (health.failure, health.parts, health.failed_parts, health.last_success) == (None, 1, 0, NOW)


def test_a_source_that_fails_keeps_what_it_said_until_that_is_too_old(tmp_path: Path) -> None:
    config = ForgeConfig(max_age=timedelta(hours=1))
    job = job_of(tmp_path, Script([part("a/a", 5)], UpstreamError(Reason.SERVER_ERROR, "GET forge answered 500")), config)
    job.refresh(lambda: NOW)
    health = job.refresh(lambda: LATER)
    assert (health.failure, health.last_success) == (Reason.SERVER_ERROR, NOW)
    assert samples(job, NOW + timedelta(hours=1)) == [5]
    assert samples(job, NOW + timedelta(hours=1, seconds=1)) == []
    assert job.meter.failures == {"server_error": 1}


def test_one_part_that_fails_leaves_the_others_alone(tmp_path: Path) -> None:
    job = job_of(tmp_path, Script([part("a/a", 5), part("a/b", failure=Reason.NOT_FOUND)]))
    health = job.refresh(lambda: NOW)
    assert samples(job, NOW) == [5]
    assert (health.failure, health.parts, health.failed_parts, health.last_success) == (None, 2, 1, None)


def test_a_source_of_which_every_part_fails_has_failed(tmp_path: Path) -> None:
    job = job_of(tmp_path, Script([part("a/b", failure=Reason.NOT_FOUND)]))
    assert job.refresh(lambda: NOW).failure is Reason.NOT_FOUND


def test_a_source_that_asks_to_wait_says_until_when(tmp_path: Path) -> None:
    job = job_of(tmp_path, Script(RateLimited("forge asks to wait", LATER)))
    assert job.refresh(lambda: NOW).wait_until == LATER


def putting_off(folder: Path, line: Iterable[Part] | Exception, *moments: datetime) -> Job:
    """A job whose source asks to be left alone until these moments."""
    job = job_of(folder, Script(line))
    job.source.waits_for = moments
    return job


def test_a_source_that_brings_figures_may_ask_to_be_left_alone_for_a_while(tmp_path: Path) -> None:
    job = putting_off(tmp_path, [part("a/a", 5)], NOW + timedelta(minutes=5), LATER, NOW)
    health = job.refresh(lambda: NOW)
    assert (health.failure, health.wait_until) == (None, LATER)
    assert samples(job, NOW) == [5]


def test_what_a_source_asked_for_holds_for_one_refresh(tmp_path: Path) -> None:
    job = putting_off(tmp_path, [part("a/a", 5)], LATER)
    job.refresh(lambda: NOW)
    job.source.waits_for = ()
    assert job.refresh(lambda: LATER).wait_until is None


def test_of_a_limit_and_what_the_source_asked_for_the_later_holds(tmp_path: Path) -> None:
    limit = RateLimited("forge asks to wait", NOW + timedelta(minutes=5))
    assert putting_off(tmp_path, limit, LATER).refresh(lambda: NOW).wait_until == LATER
    assert putting_off(tmp_path, limit, NOW).refresh(lambda: NOW).wait_until == limit.until


def test_a_moment_without_zone_fails_the_source_and_not_the_scheduler(tmp_path: Path) -> None:
    health = putting_off(tmp_path, [part("a/a", 5)], LATER.replace(tzinfo=None)).refresh(lambda: NOW)
    assert (health.failure, health.wait_until) == (Reason.INTERNAL, None)


def broken_halfway() -> Iterator[Part]:
    yield part("a/a", 5)
    raise KeyError("ghp_plantedtoken")


def test_whatever_a_source_raises_stays_inside_and_unsaid(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    job = job_of(tmp_path, Script(broken_halfway()))
    with caplog.at_level(logging.INFO):
        health = job.refresh(lambda: NOW)
    assert health.failure is Reason.INTERNAL
    assert samples(job, NOW) == []
    assert "ghp_plantedtoken" not in caplog.text + repr([record.__dict__ for record in caplog.records])


HOME = (("repository", "a/a"),)


@pytest.mark.parametrize(
    "bad",
    [
        Part((), NOW, (Sample("other_metric", (), 1.0),)),
        Part(HOME, NOW, (Sample("forge_stars", (), 1.0),)),
        Part(HOME, NOW, (Sample("forge_stars", (("login", "a"),), 1.0),)),
        Part(HOME, NOW, (Sample("forge_stars", (("repository", 5),), 1.0),)),  # type: ignore[arg-type]
        Part(HOME, NOW, (Sample("forge_stars", (("repository", "half \ud83d"),), 1.0),)),
        Part(HOME, NOW, (Sample("forge_stars", HOME, math.nan),)),
        Part(HOME, NOW.replace(tzinfo=None)),
    ],
    ids=["undeclared", "no label", "other label", "no text", "half a character", "not a number", "no zone"],
)
def test_what_could_not_be_exposed_fails_its_source_instead_of_the_page(tmp_path: Path, bad: Part) -> None:
    job = job_of(tmp_path, Script([bad]))
    assert job.refresh(lambda: NOW).failure is Reason.INTERNAL
    assert samples(job, NOW) == []


def test_a_folder_that_somebody_cleaned_away_is_made_again(tmp_path: Path) -> None:
    job = job_of(tmp_path / "state" / "forge", Script([part("a/a", 5)]))
    shutil.rmtree(tmp_path / "state")
    job.refresh(lambda: NOW)
    assert (tmp_path / "state" / "forge").is_dir()


def test_a_failure_that_lasts_is_logged_once_and_so_is_its_end(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    failure = UpstreamError(Reason.TIMEOUT, "GET forge took too long")
    job = job_of(tmp_path, Script([part("a/a", 5)], failure, failure, failure, [part("a/a", 6)]))
    with caplog.at_level(logging.INFO):
        for minutes in range(5):
            job.refresh(lambda minutes=minutes: NOW + timedelta(minutes=minutes))  # type: ignore[misc]
    assert [record.message for record in caplog.records] == ["source failed", "source recovered"]
    assert job.meter.failures == {"timeout": 3}
