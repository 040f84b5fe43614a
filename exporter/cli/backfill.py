"""`kpi-exporter backfill`: history that the upstreams still have, for Prometheus."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click

from exporter.backfill import (
    FILE,
    LONGEST_IN_MEMORY,
    DataDirectory,
    Ledger,
    Outcome,
    Run,
    Span,
    asked_of,
    in_log,
    in_memory,
    limit,
    promtool,
    read_from,
)
from exporter.backfill.asking import Asked
from exporter.backfill.known import Own
from exporter.backfill.span import moment
from exporter.cli.options import configuration, flag, logging_flags, one_error_at_most, options_of, parsed
from exporter.collect.collector import Collector, utc_now
from exporter.collect.setup import Setup, load_setup
from exporter.collect.state import State, StateInUse
from exporter.document import did_you_mean, parse_duration
from exporter.errors import KpiExporterError
from exporter.http import Client, MemoryCache

__all__ = ["DEFAULT_INSTANCE", "command"]

DEFAULT_INSTANCE = "kpi-exporter:8730"
"""What the configuration of Prometheus that ships scrapes."""
WAITS = 1
NO_SOURCE_ANSWERED = 3
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
SHOWN = 3


@click.command("backfill")
@configuration
@flag("--project", multiple=True, help="Fill the past of this project alone; may be given again.")
@flag("--since", default="90d", metavar="DATE|DURATION", help="Begin of the past, as a day or as long ago.")
@flag("--until", metavar="DATE|DURATION", help="Its end.  [default: where the memory of Prometheus begins]")
@flag("--step", default="1h", metavar="DURATION", help="Time between two points; it divides an hour.")
@flag(
    "--resolution",
    default="1d",
    metavar="DURATION",
    help="Time for which a figure holds, where a source tells of more than days.",
)
@flag("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write a text in the format OpenMetrics to this file.")
@flag("--into", type=click.Path(path_type=Path, file_okay=False), help="Make blocks in this data directory of Prometheus.")
@flag("--again", is_flag=True, help="With --into: first remove what earlier runs wrote there.")
@flag("--prometheus.url", "prometheus_url", metavar="URL", help="Prometheus to ask from when on it knows the projects.")
@flag("--instance", default=DEFAULT_INSTANCE, metavar="HOST:PORT", help="What Prometheus scrapes the exporter as.")
@flag("--work", type=click.Path(path_type=Path, file_okay=False), help="Where a run is kept.  [default: state_dir]")
@logging_flags
def command(
    config_file: Path,
    allow_inline_secrets: bool,
    project: tuple[str, ...],
    since: str,
    until: str | None,
    step: str,
    resolution: str,
    output: Path | None,
    into: Path | None,
    again: bool,
    prometheus_url: str | None,
    instance: str,
    work: Path | None,
) -> None:
    """Give Prometheus the history that the upstreams still have.

    Each source is asked for what it would have said on earlier days; the KPIs of these days, and what the rules would have
    recorded of them, become the series that a scrape continues. What cannot be told as it was then is left out. A run that was
    interrupted goes on where it stopped when the same command is given again.

    Exit codes: 0 done, 1 failed or a source asks to wait, 2 wrong usage or configuration, 3 no source answered.
    """
    if (output is None) == (into is None):
        raise click.UsageError("Give one of --output and --into.")
    if again and into is None:
        raise click.UsageError("--again goes with --into.")
    if prometheus_url is not None and not prometheus_url.startswith(("http://", "https://")):
        raise click.BadParameter("must start with http:// or https://", param_hint="--prometheus.url")
    times = _times(since, until, step, resolution)
    client = Client(timeout=timedelta(seconds=60), cache=MemoryCache())
    with one_error_at_most():
        setup = _setup(load_setup(options_of(config_file, allow_inline_secrets)), project)
        directory = DataDirectory(into, promtool()) if into is not None else None
        target = output.absolute() if output is not None else directory.folder if directory is not None else None
        signature = [since, until or "", step, resolution, str(target), str(again), prometheus_url or "", *setup.catalogs]
        with _state(work or setup.config.state_dir) as state, _ledger(state) as ledger, _progress() as progress:
            run = Run(Collector(setup, state), ledger, instance=instance, signature=signature, progress=progress)
            known = _Known(setup, directory, client, prometheus_url)
            if directory is not None:
                with directory.alone():
                    outcome = run.into_blocks(directory, lambda: times.span(known.begin()), known.limit, again=again)
            else:
                assert output is not None  # one of the two is given
                outcome = run.into_file(output, lambda: times.span(known.begin()), known.limit)
        _tell(outcome, output, into)
    if outcome.waits:
        sys.exit(WAITS)
    if outcome.asked and not outcome.answered:
        sys.exit(NO_SOURCE_ANSWERED)


@dataclass(frozen=True, slots=True)
class _Times:
    """What the flags say of the span: `until` is None where they say nothing."""

    since: datetime
    until: datetime | None
    step: timedelta
    resolution: timedelta

    def span(self, end: datetime) -> Span:
        """The span that comes to an end no later than `end`; raises KpiExporterError where nothing is in it."""
        try:
            return Span.between(self.since, min(self.until or end, end), self.step, self.resolution)
        except ValueError:
            raise KpiExporterError(
                f"nothing is to be filled: the past that may be written ends at {end:%Y-%m-%d %H:%M} UTC"
            ) from None


def _times(since: str, until: str | None, step: str, resolution: str) -> _Times:
    now = utc_now()
    begin = parsed("--since", lambda: _moment(since, now))
    end = parsed("--until", lambda: _moment(until, now)) if until is not None else None
    if begin < EARLIEST:
        raise click.BadParameter("must be a day from 1970 on", param_hint="--since")
    if begin >= (end or now):
        raise click.BadParameter("must be before the end", param_hint="--since")
    pace, knots = parsed("--step", lambda: parse_duration(step)), parsed("--resolution", lambda: parse_duration(resolution))
    if not timedelta(minutes=1) <= pace <= HOUR or HOUR % pace:
        raise click.BadParameter("must be from 1m to 1h, and divide an hour", param_hint="--step")
    if not HOUR <= knots <= DAY or knots % HOUR or DAY % knots:
        raise click.BadParameter("must be whole hours that divide a day", param_hint="--resolution")
    return _Times(begin, end, pace, knots)


def _moment(text: str, now: datetime) -> datetime:
    """A day as its beginning (UTC), or so long ago."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        try:
            return now - parse_duration(text)
        except (ValueError, OverflowError):
            raise ValueError("must be a day such as 2026-01-15 or a duration such as 90d") from None
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _setup(setup: Setup, names: Sequence[str]) -> Setup:
    for name in names:
        if name not in setup.catalogs:
            raise click.UsageError(f"Unknown project '{name}', {did_you_mean(name, setup.catalogs)}")
    return setup.only(frozenset(names)) if names else setup


def _state(path: Path | None) -> State:
    if path is None:
        raise KpiExporterError("backfill keeps what it has read, so that it may be interrupted: set state_dir or give --work")
    try:
        return State(path)
    except StateInUse:
        raise KpiExporterError(f"{path} is in use by another kpi-exporter: give another folder by --work") from None


@contextmanager
def _ledger(state: State) -> Iterator[Ledger]:
    ledger = Ledger(state.path / FILE)
    try:
        yield ledger
    finally:
        ledger.close()


@dataclass(frozen=True, slots=True)
class _Known:
    """What Prometheus knows already: it is asked, or its data directory is read."""

    setup: Setup
    directory: DataDirectory | None
    client: Client
    url: str | None

    def begin(self) -> datetime:
        """The end of the past that may be written: after it Prometheus holds samples in memory."""
        now = utc_now()
        if self.url is not None:
            return in_memory(self.client, self.url, now)
        return in_log(self.directory, now) if self.directory is not None else now - LONGEST_IN_MEMORY

    def limit(self, project: str, span: Span, own: Own) -> int:
        """The last point of a project that comes before all that was scraped of it."""
        if self.url is not None:
            return limit(span, asked_of(self.client, self.url, project, span, own))
        if self.directory is not None:
            return limit(span, read_from(self.directory, project, self.setup.catalogs[project].kpis[0].id, span, own))
        return span.until


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """On a terminal a bar on standard error; else a line there for each thing that begins."""
    if not sys.stderr.isatty():
        yield _Lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("backfill", total=None)
        yield lambda what, done, total: bar.update(task, description=what, completed=done, total=total)


class _Lines:
    """Tells what begins, once."""

    def __init__(self) -> None:
        self._last = ""

    def __call__(self, what: str, done: int, total: int) -> None:
        if what != self._last:
            self._last = what
            click.echo(f"{what}: {total - done} to do", err=True)


def _tell(outcome: Outcome, output: Path | None, into: Path | None) -> None:
    """What was done, of which sources, and what comes next."""
    if outcome.resumed:
        click.echo("Went on with the run that was interrupted.")
    for one in outcome.asked:
        click.echo(f"{one.project} {one.source}: {_told(one)}")
    written = outcome.written
    if written is not None:
        blocks = f", {written.blocks} blocks" if into is not None else ""
        click.echo(
            f"From {_when(written.first)} to {_when(written.last)}: {written.series} series, {written.samples} samples{blocks}."
        )
    elif not outcome.asked:
        click.echo("Nothing to do: all of it is there, or Prometheus has scraped since then.")
    if outcome.waits:
        ends = [one.until for one in outcome.waits]
        until = max((end for end in ends if end is not None), default=None)
        # Rounded up: a minute that has begun is not over.
        when = f" after {until + timedelta(minutes=1):%Y-%m-%d %H:%M} UTC" if until is not None else " later"
        click.echo(f"Nothing is written yet. Give the same command again{when}: it goes on where it stopped.", err=True)
    elif outcome.asked and not outcome.answered:
        click.echo("No source answered, so nothing is written.", err=True)
    elif written is not None and output is not None:
        click.echo(f"Next: promtool tsdb create-blocks-from --max-block-duration=720h openmetrics {output} DATA_DIR")
    elif written is not None:
        click.echo(f"Next: start Prometheus over {into}; one that runs finds the blocks within a minute.")


def _told(one: Asked) -> str:
    if not one.has_past:
        return "keeps no past, so its figures begin with the first scrape"
    known = f"{one.moments} moments from {one.first:%Y-%m-%d} to {one.last:%Y-%m-%d}" if one.moments else "knows nothing of then"
    failed = [*one.failed[:SHOWN], *([f"{len(one.failed) - SHOWN} more"] if len(one.failed) > SHOWN else [])]
    wrong = "; ".join(filter(None, [f"left out: {', '.join(failed)}" if failed else "", one.why]))
    return f"{known}; {wrong}" if wrong else known


def _when(second: int) -> str:
    return f"{moment(second):%Y-%m-%d %H:%M}"
