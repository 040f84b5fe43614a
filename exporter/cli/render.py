"""`kpi-exporter render`: writes what is made of declarations and catalogs."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from exporter.cli.artefacts import artefact_flags, write
from exporter.cli.options import flag, one_error_at_most, options_of

if TYPE_CHECKING:
    from exporter.render.projects import Project

__all__ = ["command"]

Files = Mapping[str, str]
"""Texts by their path in the folder of the project."""

projects_flag = flag(
    "--config.file",
    "config_file",
    type=click.Path(path_type=Path),
    help="Configuration whose projects are meant. Default: each shipped catalog is one.",
)
channels_flag = click.option(
    "--channels",
    "channels_file",
    type=click.Path(path_type=Path),
    help="File that says where each channel leads. Default: alertmanager/channels.yml in the folder of the project.",
)


runbooks_flag = flag("--runbooks.url", "runbooks", metavar="URL", help="Folder of the runbooks, as a browser finds it.")
grafana_flag = flag("--grafana.url", "dashboards", metavar="URL", help="Grafana, as a browser finds it.")


@click.group("render")
def command() -> None:
    """Write what is made of declarations and catalogs."""


@command.command("docs")
@artefact_flags
def docs(check: bool, into: Path) -> None:
    """Write the reference pages: commands, configuration, metrics, KPIs and alerts.

    Exit codes: 0 done, 1 --check found a difference, 2 wrong usage.
    """
    write(_docs(), into, check=check)


@command.command("rules")
@projects_flag
@runbooks_flag
@grafana_flag
@artefact_flags
def rules(config_file: Path | None, runbooks: str | None, dashboards: str | None, check: bool, into: Path) -> None:
    """Write the rules of Prometheus: recorded series and alerts, one file a project.

    Exit codes: 0 done, 1 --check found a difference, 2 wrong usage or configuration.
    """
    with one_error_at_most():
        files = _rules(_projects(config_file), runbooks, dashboards)
    write(files, into, check=check, ours=_ours("rules"))


@command.command("alertmanager")
@channels_flag
@projects_flag
@artefact_flags
def alertmanager(channels_file: Path | None, config_file: Path | None, check: bool, into: Path) -> None:
    """Write the configuration of Alertmanager from the file of channels.

    Tells on standard error which channels alerts name that the file does not set.
    Exit codes: 0 done, 1 --check found a difference, 2 wrong usage, configuration or file of channels.
    """
    with one_error_at_most():
        files = _alertmanager(_projects(config_file), channels_file, into)
    write(files, into, check=check)


@command.command("dashboards")
@projects_flag
@runbooks_flag
@artefact_flags
def dashboards(config_file: Path | None, runbooks: str | None, check: bool, into: Path) -> None:
    """Write the dashboards of Grafana: one a project, and those that look across them.

    Exit codes: 0 done, 1 --check found a difference, 2 wrong usage or configuration.
    """
    with one_error_at_most():
        files = _dashboards(_projects(config_file), runbooks)
    write(files, into, check=check, ours=_ours("dashboards"))


@command.command("all")
@channels_flag
@projects_flag
@runbooks_flag
@grafana_flag
@artefact_flags
def everything(
    channels_file: Path | None, config_file: Path | None, runbooks: str | None, dashboards: str | None, check: bool, into: Path
) -> None:
    """Write the reference pages, rules, dashboards and the configuration of Alertmanager.

    Exit codes: 0 done, 1 --check found a difference, 2 wrong usage, configuration or file of channels.
    """
    with one_error_at_most():
        projects = _projects(config_file)
        files = {
            **_docs(),
            **_rules(projects, runbooks, dashboards),
            **_dashboards(projects, runbooks),
            **_alertmanager(projects, channels_file, into),
        }
    write(files, into, check=check, ours={**_ours("rules"), **_ours("dashboards")})


def _projects(config_file: Path | None) -> "Sequence[Project]":
    """The projects of a configuration, else those that ship. Raises InvalidInput."""
    from exporter.collect.setup import load_setup
    from exporter.render.projects import configured_projects, shipped_projects

    if config_file is None:
        return shipped_projects()
    return configured_projects(load_setup(options_of(config_file, allow_inline_secrets=True, read_secrets=False)))


def _ours(kind: str) -> Mapping[str, str]:
    """Which files of a kind are rendered for each project."""
    from exporter.render import dashboards, rules

    return {"rules": rules.OURS, "dashboards": dashboards.OURS}[kind]


def _docs() -> Files:
    # The pages know no command line, so that the one on commands is made here.
    from exporter.cli import main
    from exporter.cli.reference import commands_page
    from exporter.render.docs import pages

    return {**pages(), "docs/commands.md": commands_page(main)}


def _dashboards(projects: "Sequence[Project]", runbooks: str | None) -> Files:
    from exporter.render.dashboards import dashboard_files
    from exporter.render.rules import Links

    return dashboard_files(projects, Links(runbooks=runbooks) if runbooks is not None else Links())


def _rules(projects: "Sequence[Project]", runbooks: str | None, dashboards: str | None) -> Files:
    from exporter.render.rules import Links, rule_files

    given = {"runbooks": runbooks, "dashboards": dashboards}
    return rule_files(projects, Links(**{name: url for name, url in given.items() if url is not None}))


def _alertmanager(projects: "Sequence[Project]", channels_file: Path | None, into: Path) -> Files:
    """The file of Alertmanager; warns of channels that are not set. Raises InvalidInput."""
    from exporter.render.alertmanager import PATH, gaps, load, render
    from exporter.sources.registry import sources

    channels = load(channels_file or into / "alertmanager" / "channels.yml")
    for gap in gaps(channels, [project.catalog for project in projects]):
        click.echo(f"warning: {gap}", err=True)
    return {PATH: render(channels, sources())}
