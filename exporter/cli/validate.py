"""`kpi-exporter validate`: configuration, catalogs and figures, offline."""

from pathlib import Path

import click

from exporter.cli.options import configuration, flag, one_error_at_most, options_of
from exporter.collect.figures import figure_problems
from exporter.collect.setup import load_setup
from exporter.errors import InvalidInput

__all__ = ["command"]


@click.command("validate")
@configuration
@flag("--secrets", is_flag=True, help="Also read every secret's file and variable.")
def command(config_file: Path, allow_inline_secrets: bool, secrets: bool) -> None:
    """Check the configuration, every catalog it names and the figures entered by hand, without any network.

    Prints every problem with its file and line. Exit codes: 0 all is well, 2 there are problems.
    """
    with one_error_at_most():
        setup = load_setup(options_of(config_file, allow_inline_secrets, read_secrets=secrets))
        if problems := figure_problems(setup):
            raise InvalidInput(problems)
    for project in setup.config.projects:
        catalog = setup.catalogs[project.name]
        alerts = sum(len(catalog.rules(kpi)) for kpi in catalog.kpis)
        click.echo(f"{project.name}: {len(project.sources)} sources, {len(catalog.kpis)} KPIs, {alerts} alerts: valid")
