"""`kpi-exporter telemetry init`: makes the tables that events stand in."""

import os
from pathlib import Path

import click

from exporter.cli.options import flag, logging_flags, one_error_at_most
from exporter.errors import UpstreamError
from exporter.sources.telemetry.address import Address, parse_address
from exporter.sources.telemetry.tables import TABLES
from exporter.sources.telemetry.warehouse.making import make_tables
from exporter.sources.telemetry.warehouse.schema import WRITE_AHEAD, shipped_statements

__all__ = ["command"]

DIALECTS = {"sqlite": "sqlite", "postgresql": "postgresql", "postgresql+psycopg": "postgresql"}


@click.command("init")
@click.argument("url", required=False)
@flag("--url-file", type=click.Path(path_type=Path), envvar="KPI_EXPORTER_TELEMETRY_URL_FILE", help="File that holds the URL.")
@flag("--url-env", metavar="NAME", envvar="KPI_EXPORTER_TELEMETRY_URL_ENV", help="Environment variable that holds the URL.")
@flag("--schema", default="analytics", envvar="KPI_EXPORTER_TELEMETRY_SCHEMA", help="Schema of the tables; SQLite has none.")
@flag("--print", "only_print", is_flag=True, envvar="KPI_EXPORTER_TELEMETRY_PRINT", help="Write the statements, ask no database.")
@logging_flags
def command(url: str | None, url_file: Path | None, url_env: str | None, schema: str, only_print: bool) -> None:
    """Make the tables that events stand in, with their indexes, where there are none; it may be run again.

    URL is such as sqlite:////data/analytics.db or postgresql://owner@host/database. One with a password is better given by a file
    or a variable. With --print, sqlite: or postgresql: is enough.
    Exit codes: 0 the tables are there, 1 the database does not make them, 2 wrong usage.
    """
    given = _given(url, url_file, url_env)
    if only_print:
        _print(given, schema)
        return
    address = _address(given)
    with one_error_at_most():
        make_tables(address, schema)
    click.echo(f"{address.called} has the {len(TABLES)} tables")


def _given(url: str | None, file: Path | None, variable: str | None) -> str:
    """The URL, from the one place that says it."""
    if sum(way is not None for way in (url, file, variable)) != 1:
        raise click.UsageError("Give one of URL, --url-file and --url-env.")
    if url is not None:
        return url
    if variable is not None:
        if not os.environ.get(variable):
            raise click.BadParameter(f"the variable {variable} is not set", param_hint="--url-env")
        return os.environ[variable]
    assert file is not None  # one of the three is given
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise click.BadParameter(f"{file} cannot be read: {error.strerror}", param_hint="--url-file") from None
    except UnicodeDecodeError:
        raise click.BadParameter(f"{file} must hold text in UTF-8", param_hint="--url-file") from None


def _address(url: str) -> Address:
    try:
        return parse_address(url)
    except UpstreamError as error:
        raise click.UsageError(f"{error}.") from None


def _print(url: str, schema: str) -> None:
    dialect = DIALECTS.get(url.partition(":")[0])
    if dialect is None:
        raise click.UsageError("The URL must begin with sqlite: or postgresql:.")
    if dialect == "sqlite":
        click.echo(f"{WRITE_AHEAD};")
    for statement in shipped_statements(dialect, schema):
        click.echo(f"{statement};")
