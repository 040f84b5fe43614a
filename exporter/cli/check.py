"""`kpi-exporter check`: collects once and judges every KPI; its exit code is a release gate."""

import sys
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import click

from exporter.cli import verdict
from exporter.cli.options import configuration, flag, logging_flags, one_error_at_most, options_of
from exporter.cli.progress import refresh_with_progress
from exporter.collect.collector import Collector, utc_now
from exporter.collect.history import PrometheusHistory
from exporter.collect.setup import load_setup
from exporter.collect.state import State
from exporter.document import did_you_mean
from exporter.http import Client, MemoryCache
from exporter.kpi import History, Row
from exporter.kpi import State as AlertCondition

__all__ = ["command"]

ALERT_HOLDS = 1
NO_SOURCE_ANSWERED = 3
PRIORITIES = ("P0", "P1", "P2", "P3")


@click.command("check")
@configuration
@flag("--project", multiple=True, help="Judge only this project; may be given again.")
@flag("--output", type=click.Choice(["table", "json"]), default="table", help="Form of the verdict.")
@flag("--all", "whole", is_flag=True, help="Show every segment in the table, those without any figure too.")
@flag(
    "--fail-on",
    type=click.Choice([*PRIORITIES, "never"]),
    default="P0",
    help="Exit with 1 when an alert of this priority or a higher one holds.",
)
@flag(
    "--prometheus.url",
    "prometheus_url",
    metavar="URL",
    help="Prometheus server that knows the past, for conditions on growth, drops and milestones.",
)
@logging_flags
def command(
    config_file: Path,
    allow_inline_secrets: bool,
    project: tuple[str, ...],
    output: str,
    whole: bool,
    fail_on: str,
    prometheus_url: str | None,
) -> None:
    """Collect once, print every KPI with value, target, status and alerts, and judge.

    Exit codes: 0 no alert of the --fail-on priority or higher holds, 1 one does or the verdict could not be had, 2 wrong usage or
    configuration, 3 no source answered.
    """
    if prometheus_url is not None and not prometheus_url.startswith(("http://", "https://")):
        raise click.BadParameter("must start with http:// or https://", param_hint="--prometheus.url")
    with one_error_at_most():
        setup = load_setup(options_of(config_file, allow_inline_secrets))
        for name in project:
            if name not in setup.catalogs:
                raise click.UsageError(f"Unknown project '{name}', {did_you_mean(name, setup.catalogs)}")
        setup = setup.only(frozenset(project)) if project else setup
        with State.shared(setup.config.state_dir) as state:
            collector = Collector(setup, state)
            refresh_with_progress(collector)
            now = utc_now()
            rows = collector.rows(collector.snapshots(now), now, _histories(prometheus_url, list(setup.catalogs)))
        if output == "json":
            # As bytes: JSON is in UTF-8, whatever the terminal shows.
            click.echo(verdict.as_json(rows, list(setup.catalogs), now).encode())
        else:
            verdict.print_table(rows, setup, collector.jobs, now, whole=whole, deciding=_deciding(fail_on))
    if not collector.answered():
        sys.exit(NO_SOURCE_ANSWERED)
    if _fails(rows, fail_on):
        sys.exit(ALERT_HOLDS)


def _histories(url: str | None, projects: Sequence[str]) -> Mapping[str, History]:
    if url is None:
        return {}
    client = Client(timeout=timedelta(seconds=30), cache=MemoryCache())
    return {project: PrometheusHistory(client, url, project) for project in projects}


def _deciding(fail_on: str) -> tuple[str, ...]:
    """The priorities that fail a release; without a gate those that matter most are still worth a word."""
    return PRIORITIES[: PRIORITIES.index(fail_on) + 1] if fail_on in PRIORITIES else PRIORITIES[:1]


def _fails(rows: Sequence[Row], fail_on: str) -> bool:
    deciding = () if fail_on == "never" else _deciding(fail_on)
    return any(alert.state is AlertCondition.FIRING and alert.priority in deciding for row in rows for alert in row.alerts)
