"""`kpi-exporter collect`: the exposition text of one refresh."""

import sys
from pathlib import Path

import click

from exporter.cli.options import configuration, logging_flags, one_error_at_most, options_of
from exporter.cli.progress import refresh_with_progress
from exporter.collect.collector import Collector, utc_now
from exporter.collect.setup import load_setup
from exporter.collect.state import State
from exporter.document import did_you_mean
from exporter.web.page import Page

__all__ = ["command"]

NO_SOURCE_ANSWERED = 3


@click.command("collect")
@click.argument("source", nargs=-1)
@configuration
@logging_flags
def command(source: tuple[str, ...], config_file: Path, allow_inline_secrets: bool) -> None:
    """Collect once and print the metrics, of all sources or of those named.

    Exit codes: 0 done, 2 wrong usage or configuration, 3 no source answered.
    """
    with one_error_at_most():
        setup = load_setup(options_of(config_file, allow_inline_secrets))
        configured = {name for project in setup.config.projects for name in project.sources}
        for name in source:
            if name not in configured:
                raise click.UsageError(f"No project has the source '{name}', {did_you_mean(name, configured)}")
        with State.shared(setup.config.state_dir) as state:
            collector = Collector(setup, state, only=frozenset(source))
            refresh_with_progress(collector)
            now = utc_now()
            snapshots = collector.snapshots(now)
            page = Page.of(collector.families(snapshots, collector.rows(snapshots, now)))
            sys.stdout.buffer.write(page.text)
            sys.stdout.buffer.flush()
    if not collector.answered():
        sys.exit(NO_SOURCE_ANSWERED)
