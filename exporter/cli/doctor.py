"""`kpi-exporter doctor`: asks each upstream whether the configuration works."""

import sys
from pathlib import Path

import click

from exporter.cli.options import configuration, logging_flags, one_error_at_most, options_of
from exporter.collect.collector import Collector, utc_now
from exporter.collect.setup import load_setup
from exporter.collect.state import State

__all__ = ["command"]

SOMETHING_FAILS = 1


@click.command("doctor")
@configuration
@logging_flags
def command(config_file: Path, allow_inline_secrets: bool) -> None:
    """Ask each upstream, as cheaply as it allows, whether the credentials work and what they lack.

    Exit codes: 0 everything works, 1 something does not, 2 wrong usage or configuration.
    """
    works = True
    with one_error_at_most():
        setup = load_setup(options_of(config_file, allow_inline_secrets))
        with State.shared(setup.config.state_dir) as state:
            for job in Collector(setup, state).jobs:
                click.secho(f"{job.project}: {job.name}", bold=True)
                for finding in job.examine(utc_now()):
                    works = works and finding.works
                    mark, colour = ("ok  ", "green") if finding.works else ("FAIL", "red")
                    click.echo(f"  {click.style(mark, fg=colour)} {finding.subject}: {finding.detail}")
    if not works:
        sys.exit(SOMETHING_FAILS)
