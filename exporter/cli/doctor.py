"""`kpi-exporter doctor`: asks each upstream whether the configuration works, and which KPIs hang on what it may read."""

import sys
import textwrap
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import click

from exporter.catalog import Catalog
from exporter.cli.options import configuration, logging_flags, one_error_at_most, options_of
from exporter.collect.collector import Collector, utc_now
from exporter.collect.setup import Setup, load_setup
from exporter.collect.state import State
from exporter.sources.base import Finding
from exporter.tracking import examine

__all__ = ["command", "kpis_of", "told"]

SOMETHING_FAILS = 1

_MARKS = {True: ("ok  ", "green"), False: ("FAIL", "red"), None: ("-   ", "yellow")}
_SUPPLY = {True: "can supply", False: "cannot supply", None: "would supply"}
_WIDTH = 120
_INDENT = " " * 7


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
            for project, name, findings in _examined(setup, state):
                click.secho(f"{project}: {name}", bold=True)
                for finding in findings:
                    works = works and finding.works is not False
                    for line in told(finding, setup.catalogs[project]):
                        click.echo(line)
    if not works:
        sys.exit(SOMETHING_FAILS)


def _examined(setup: Setup, state: State) -> Iterator[tuple[str, str, Iterable[Finding]]]:
    """What there is to ask: the project, what of it, and what is found there."""
    for job in Collector(setup, state).jobs:
        yield job.project, job.name, job.examine(utc_now())
    for project in setup.config.projects:
        if project.github_issues:
            yield project.name, "github_issues", examine(project.github_issues, setup.config.contact)


def told(finding: Finding, catalog: Catalog) -> Iterator[str]:
    """The lines for a finding; none for what is not read and would bring this catalog nothing."""
    kpis = kpis_of(catalog, finding.metrics)
    if finding.works is None and not kpis:
        return
    mark, colour = _MARKS[finding.works]
    yield f"  {click.style(mark, fg=colour)} {finding.subject}: {finding.detail}"
    if kpis:
        count = f"{len(kpis)} KPI{'s' if len(kpis) > 1 else ''}"
        text = f"{_SUPPLY[finding.works]} {count}: {', '.join(kpis)}"
        yield from textwrap.wrap(text, _WIDTH, initial_indent=_INDENT, subsequent_indent=f"{_INDENT}  ")


def kpis_of(catalog: Catalog, metrics: Collection[str]) -> list[str]:
    """The KPIs of a catalog that rest on any of the metrics, at once or through another KPI, in the order of the catalog."""
    found: set[str] = set()
    grown = True
    while grown:
        resting = {
            kpi.id
            for kpi in catalog.kpis
            if found & catalog.rests_on(kpi) or any(term.metric in metrics for value in kpi.values for term in value.terms)
        }
        grown, found = resting != found, resting
    return [kpi.id for kpi in catalog.kpis if kpi.id in found]
