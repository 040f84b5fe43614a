"""Asking sources, keeping their answers, and what the snapshots of each moment are made of."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from exporter.backfill.asking import Asked, ask
from exporter.backfill.ledger import FILE, Ledger
from exporter.backfill.snapshots import snapshots
from exporter.backfill.span import DAY, HOUR, Span, moment
from exporter.collect.job import Job
from exporter.errors import RateLimited, Reason, UpstreamError
from exporter.facts import Part
from support.pasts import STARS, Written, job_of, part

SPAN = Span(20_000 * DAY, 20_004 * DAY)
DAYS = [moment(day) for day in SPAN.days]
LIMIT = RateLimited("the quota is spent", DAYS[0] + timedelta(hours=1))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path / FILE)
    yield ledger
    ledger.close()


def asked(job: Job, ledger: Ledger, span: Span = SPAN) -> Asked:
    return ask(job, ledger, span, lambda *_: None)


def stars(jobs: list[Job], ledger: Ledger, span: Span = SPAN) -> list[dict[str, float | Reason]]:
    """At each knot the stars by repository, or why they are not known; "" for a source as a whole."""
    return [
        {
            " ".join(value for _, value in part.labels): part.failure or part.samples[0].value
            for snapshot in each
            for part in snapshot.parts
        }
        for each in snapshots(jobs, ledger, span)
    ]


def test_each_answer_is_kept_and_not_asked_for_again(tmp_path: Path, ledger: Ledger) -> None:
    written = Written({day: part(day, acme=number) for number, day in enumerate(DAYS)})
    job = job_of(written.source(), tmp_path)
    told = asked(job, ledger)
    assert (told.moments, told.first, told.last, told.why) == (5, DAYS[0], DAYS[-1], "")
    assert asked(job, ledger) == told
    assert written.asked == [DAYS]
    assert stars([job], ledger) == [{"acme": number} for number in range(5)]


def test_moments_that_a_source_knew_nothing_of_are_not_asked_for_again_either(tmp_path: Path, ledger: Ledger) -> None:
    written = Written({DAYS[3]: part(DAYS[3], acme=5)})
    job = job_of(written.source(), tmp_path)
    assert asked(job, ledger).moments == 1
    asked(job, ledger)
    assert written.asked == [DAYS]
    nothing: dict[str, float | Reason] = {"": Reason.NOT_FOUND}
    assert stars([job], ledger) == [nothing, nothing, nothing, {"acme": 5}, nothing]


def test_after_a_limit_it_goes_on_where_it_stopped(tmp_path: Path, ledger: Ledger) -> None:
    past: dict[object, object] = {day: part(day, acme=number) for number, day in enumerate(DAYS)}
    written = Written({**past, DAYS[2]: LIMIT})  # type: ignore[dict-item]
    job = job_of(written.source(), tmp_path)
    told = asked(job, ledger)
    assert (told.moments, told.waits, told.until, told.why) == (2, True, LIMIT.until, "the quota is spent")
    written.past = past  # type: ignore[assignment]
    told = asked(job, ledger)
    assert (told.moments, told.waits, written.asked) == (5, False, [DAYS, DAYS[2:]])


def test_another_configuration_is_asked_anew(tmp_path: Path, ledger: Ledger) -> None:
    written = Written({day: part(day, acme=1) for day in DAYS})
    source = written.source()
    asked(job_of(source, tmp_path), ledger)
    source.config = source.config.model_copy(update={"timeout": timedelta(seconds=77)})
    asked(job_of(source, tmp_path), ledger)
    assert written.asked == [DAYS, DAYS]


def test_what_a_source_raises_is_told_and_no_more(tmp_path: Path, ledger: Ledger) -> None:
    for error, why in (
        (UpstreamError(Reason.AUTH, "the token does not work"), "the token does not work"),
        (KeyError("x"), "the source raised KeyError"),
    ):
        told = asked(job_of(Written({DAYS[0]: error}).source(why), tmp_path), ledger)
        assert (told.moments, told.waits, told.why) == (0, False, why)


def test_a_source_that_answers_what_was_not_asked_is_refused(tmp_path: Path, ledger: Ledger) -> None:
    written = Written({day: part(day, acme=1) for day in DAYS})
    job = job_of(written.source(), tmp_path)
    job.source.past = lambda tools, moments: iter([(DAYS[1], part(DAYS[1], acme=1)), (DAYS[0], [])])  # type: ignore[method-assign]
    assert "was not asked for" in asked(job, ledger).why


def test_a_source_without_a_past_is_not_asked_and_is_a_gap(tmp_path: Path, ledger: Ledger) -> None:
    job = job_of(None, tmp_path)
    assert asked(job, ledger) == Asked("acme", "written", has_past=False)
    (snapshot,) = next(iter(snapshots([job], ledger, SPAN)))
    assert [(found.labels, found.failure) for found in snapshot.parts] == [((), Reason.NOT_FOUND)]
    assert snapshot.declared == {STARS.name}


def test_what_is_told_of_at_other_moments_is_a_gap_so_that_no_sum_is_partial(tmp_path: Path, ledger: Ledger) -> None:
    written = Written({DAYS[0]: part(DAYS[0], one=1), DAYS[1]: part(DAYS[1], one=1, two=2)})
    job = job_of(written.source(), tmp_path)
    asked(job, ledger)
    assert stars([job], ledger)[:2] == [{"one": 1, "two": Reason.NOT_FOUND}, {"one": 1, "two": 2}]


def test_parts_that_failed_are_named(tmp_path: Path, ledger: Ledger) -> None:
    failed = Part((("repository", "lost"),), DAYS[0], failure=Reason.NOT_FOUND)
    told = asked(job_of(Written({DAYS[0]: [*part(DAYS[0], one=1), failed]}).source(), tmp_path), ledger)
    assert told.failed == ("lost (not_found)",)


def test_a_source_of_days_is_asked_for_days_and_one_of_moments_for_knots(tmp_path: Path, ledger: Ledger) -> None:
    span = Span(SPAN.since, SPAN.since + DAY, resolution=6 * HOUR)
    knots = [moment(knot) for knot in span.knots]
    past = {knot: part(knot, acme=number) for number, knot in enumerate(knots)}
    of_days, of_moments = Written(past), Written(past, any_time=True)
    jobs = [job_of(of_days.source("days"), tmp_path), job_of(of_moments.source("moments"), tmp_path)]
    for job in jobs:
        asked(job, ledger, span)
    assert (of_days.asked, of_moments.asked) == ([knots[::4]], [knots])
    assert [found["acme"] for found in stars(jobs[:1], ledger, span)] == [0, 0, 0, 0, 4]
    assert [found["acme"] for found in stars(jobs[1:], ledger, span)] == [0, 1, 2, 3, 4]
