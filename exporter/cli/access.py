"""`kpi-exporter access`: gives Grafana the teams, the permissions of folders and the home page that a file says."""

import os
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import click

from exporter.cli.options import flag, logging_flags, one_error_at_most, parsed
from exporter.errors import UpstreamError
from exporter.grafana import Access, Grafana, State, Step, load, plan, read, shut_out
from exporter.http import Client, MemoryCache
from exporter.web.address import parse_external_url

__all__ = ["command"]

SOMETHING_DIFFERS = 1

_TOKEN = "KPI_EXPORTER_GRAFANA_TOKEN"  # noqa: S105  # the name of the variable
_TIMEOUT = timedelta(seconds=30)


@click.command("access")
@flag("--grafana.url", "url", metavar="URL", required=True, help="Grafana, as this machine finds it.")
@flag(
    "--grafana.token-file",
    "token_file",
    type=click.Path(path_type=Path, readable=False),
    help=f"File that holds the token of a service account. Default: the token itself stands in {_TOKEN}.",
)
@flag(
    "--access.file",
    "access_file",
    type=click.Path(path_type=Path, readable=False),
    default="grafana/access.yml",
    help="File that says who may do what.",
)
@flag("--check", is_flag=True, help="Change nothing; exit with 1 where something would be changed.")
@logging_flags
def command(url: str, token_file: Path | None, access_file: Path, check: bool) -> None:
    """Give Grafana the teams, the permissions of folders and the home page of the file; it may be run again.

    Only what differs is changed, one line a change. Teams that the file does not name are left alone, and so is who is in a team.
    Exit codes: 0 done, 1 Grafana failed or --check found a difference, 2 wrong usage or file.
    """
    address = parsed("--grafana.url", lambda: parse_external_url(url)).rstrip("/")
    with one_error_at_most():
        access = load(access_file)
        token = _token(token_file)
        with closing(Client(timeout=_TIMEOUT, cache=MemoryCache())) as client:
            grafana = Grafana(client, address, token)
            state = read(grafana, access)
            steps = plan(access, state)
            if check:
                _tell(steps)
            else:
                _take(steps, grafana, dict(state.teams))
            _remark(access, state)
    if not steps:
        click.echo("nothing to change")
    elif check:
        sys.exit(SOMETHING_DIFFERS)


def _token(file: Path | None) -> str:
    """The token, from the one place that holds it; no message shows it."""
    variable = os.environ.get(_TOKEN)
    if (file is None) == (variable is None):
        raise click.UsageError(f"Give the token by one of --grafana.token-file and the variable {_TOKEN}.")
    if file is None:
        return _usable(variable or "", _TOKEN)
    try:
        return _usable(file.read_text(encoding="utf-8"), "--grafana.token-file")
    except OSError as error:
        raise click.BadParameter(f"{file} cannot be read: {error.strerror}", param_hint="--grafana.token-file") from None
    except UnicodeDecodeError:
        raise click.BadParameter(f"{file} must hold text in UTF-8", param_hint="--grafana.token-file") from None


def _usable(text: str, hint: str) -> str:
    token = text.strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise click.BadParameter("must hold one token and nothing else", param_hint=hint)
    return token


def _tell(steps: Sequence[Step]) -> None:
    for step in steps:
        for line in step.lines:
            click.echo(f"not yet: {line}")


def _take(steps: Sequence[Step], grafana: Grafana, teams: dict[str, int]) -> None:
    for number, step in enumerate(steps):
        try:
            step.take(grafana, teams)
        except UpstreamError:
            if number:
                click.echo("What is told above is done; run the command again for the rest.", err=True)
            raise
        for line in step.lines:
            click.echo(line)


def _remark(access: Access, state: State) -> None:
    """What nobody asked for and somebody may want to know."""
    for team in shut_out(access, state):
        click.echo(f"warning: {team} may not read the home page {access.home}, which is in {state.home_folder}", err=True)
