"""`kpi-exporter render`: writes what is made of declarations and catalogs."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from exporter.cli.artefacts import artefact_flags, write
from exporter.cli.options import flag, one_error_at_most, options_of

if TYPE_CHECKING:
    from exporter.render.projects import Project

__all__ = ["command"]


projects_flag = flag(
    "--config.file",
    "config_file",
    type=click.Path(path_type=Path),
    help="Configuration. Default: each shipped catalog is a project.",
)


def projects_of(config_file: Path | None) -> "Sequence[Project]":
    """The projects of a configuration, else those that ship. Raises InvalidInput."""
    from exporter.collect.setup import load_setup
    from exporter.render.projects import configured_projects, shipped_projects

    if config_file is None:
        return shipped_projects()
    return configured_projects(load_setup(options_of(config_file, allow_inline_secrets=True, read_secrets=False)))


@click.group("render")
def command() -> None:
    """Write what is made of declarations and catalogs."""


@command.command("docs")
@artefact_flags
def docs(check: bool, into: Path) -> None:
    """Write the reference pages of configuration and metrics."""
    from exporter.render.docs import pages

    write(pages(), into, check=check)


@command.command("alertmanager")
@click.option(
    "--channels",
    "channels_file",
    type=click.Path(path_type=Path),
    help="File that says where each channel leads. Default: alertmanager/channels.yml in the folder of the project.",
)
@projects_flag
@artefact_flags
def alertmanager(channels_file: Path | None, config_file: Path | None, check: bool, into: Path) -> None:
    """Write the configuration of Alertmanager from the file of channels.

    Tells on standard error which channels alerts name that the file does not set.
    """
    from exporter.render.alertmanager import PATH, gaps, load, render
    from exporter.sources.registry import sources

    with one_error_at_most():
        channels = load(channels_file or into / "alertmanager" / "channels.yml")
        catalogs = [project.catalog for project in projects_of(config_file)]
        text = render(channels, sources())
    for gap in gaps(channels, catalogs):
        click.echo(f"warning: {gap}", err=True)
    write({PATH: text}, into, check=check)


@command.command("rules")
@projects_flag
@flag("--runbooks.url", "runbooks", metavar="URL", help="Folder of the runbooks, as a browser finds it.")
@flag("--grafana.url", "dashboards", metavar="URL", help="Grafana, as a browser finds it.")
@artefact_flags
def rules(config_file: Path | None, runbooks: str | None, dashboards: str | None, check: bool, into: Path) -> None:
    """Write the rules of Prometheus: recorded series and alerts, one file a project."""
    from exporter.render.rules import Links, rule_files

    with one_error_at_most():
        projects = projects_of(config_file)
    given = {"runbooks": runbooks, "dashboards": dashboards}
    links = Links(**{name: url for name, url in given.items() if url is not None})
    write(rule_files(projects, links), into, check=check)
