"""Asks the sources for what they still know, and keeps each answer as it comes."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from exporter import __version__
from exporter.backfill.ledger import Ledger, Told
from exporter.backfill.span import Span, moment
from exporter.collect.job import Job
from exporter.errors import RateLimited, Reason, UpstreamError

__all__ = ["Asked", "Progress", "ask", "fingerprint"]

Progress = Callable[[str, int, int], None]
"""Told what is going on, how many steps of it are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking one source of one project.

    `moments` is how many it knows something of, from `first` to `last`. Without `has_past` it was not asked. `why` says what went
    wrong, "" where nothing did; `waits` that it asks to wait, until `until` where it says so. `failed` are the parts that could
    not be read at some moment.
    """

    project: str
    source: str
    has_past: bool = True
    moments: int = 0
    first: datetime | None = None
    last: datetime | None = None
    failed: tuple[str, ...] = ()
    why: str = ""
    waits: bool = False
    until: datetime | None = None


def ask(job: Job, ledger: Ledger, span: Span, progress: Progress) -> Asked:
    """Asks a source for the moments of a span that it has not been asked for before."""
    if not job.has_past:
        return Asked(job.project, job.name, has_past=False)
    wanted = list(span.knots if job.source.past_at_any_time else span.days)
    known = ledger.asked(job.project, job.name, fingerprint(job))
    missing = [when for when in wanted if when not in known]
    why, waits, until = "", False, None
    try:
        _read(job, ledger, missing, lambda done: progress(f"{job.project} {job.name}", done, len(missing)))
    except UpstreamError as error:
        why, waits = str(error), isinstance(error, RateLimited)
        until = error.until if isinstance(error, RateLimited) else None
    return _asked(job, ledger, wanted, why, waits, until)


def _read(job: Job, ledger: Ledger, missing: Sequence[int], progress: Callable[[int], None]) -> None:
    """Keeps each answer, with the moments before it that were passed over: of those nothing is known."""
    if not missing:
        return
    done = 0
    progress(done)
    for when, parts in job.past([moment(second) for second in missing]):
        try:
            reached = missing.index(int(when.timestamp()), done) + 1
        except ValueError:
            what = "the source told of a moment that was not asked for, or in another order"
            raise UpstreamError(Reason.INTERNAL, what) from None
        ledger.answer(job.project, job.name, missing[done:reached], parts)
        done = reached
        progress(done)
    if rest := missing[done:]:
        ledger.answer(job.project, job.name, rest, None)


def _asked(job: Job, ledger: Ledger, wanted: Sequence[int], why: str, waits: bool, until: datetime | None) -> Asked:
    told = ledger.told(job.project, job.name)
    moments = [when for when in wanted if when in told]
    failed = {_called(part): None for when in moments for part in told[when] if part.failure is not None}
    return Asked(
        job.project,
        job.name,
        moments=len(moments),
        first=moment(moments[0]) if moments else None,
        last=moment(moments[-1]) if moments else None,
        failed=tuple(failed),
        why=why,
        waits=waits,
        until=until,
    )


def _called(part: Told) -> str:
    name = " ".join(filter(None, [*(value for _, value in part.labels), part.topic]))
    return f"{name} ({part.failure})" if name else str(part.failure)


def fingerprint(job: Job) -> str:
    """All that the answers of a source rest on; secrets are masked in it."""
    config, bots, launch = job.settings
    return json.dumps([__version__, config.model_dump(mode="json"), sorted(bots), str(launch)], sort_keys=True, default=str)
