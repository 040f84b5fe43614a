"""Flags that several commands share, and what they stand for. Each has an environment variable; the flag wins."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from exporter.errors import InvalidInput, KpiExporterError

__all__ = ["configuration", "logging_flags", "one_error_at_most"]

Command = TypeVar("Command", bound=Callable[..., Any])

USAGE = 2
"""Exit code for wrong usage or configuration."""


def configuration(command: Command) -> Command:
    """Adds the flags that say which configuration to read and how."""
    inline = click.option(
        "--allow-inline-secrets",
        is_flag=True,
        envvar="KPI_EXPORTER_ALLOW_INLINE_SECRETS",
        help="Accept secrets written in the configuration file itself.",
    )
    file = click.option(
        "--config.file",
        "config_file",
        type=click.Path(path_type=Path),
        default="kpi-exporter.yml",
        show_default=True,
        envvar="KPI_EXPORTER_CONFIG_FILE",
        show_envvar=True,
        help="Configuration file.",
    )
    return file(inline(command))


def logging_flags(command: Command) -> Command:
    """Adds the flags that say what is logged and how; they take effect at once and reach no command."""

    def level_set(ctx: click.Context, _: click.Parameter, value: str) -> None:
        ctx.ensure_object(dict)["level"] = value

    def format_set(ctx: click.Context, _: click.Parameter, value: str) -> None:
        from exporter.logs import configure

        configure(ctx.ensure_object(dict).get("level", "info"), value)

    form = click.option(
        "--log.format",
        "log_format",
        type=click.Choice(["logfmt", "json"]),
        default="logfmt",
        show_default=True,
        envvar="KPI_EXPORTER_LOG_FORMAT",
        expose_value=False,
        callback=format_set,
        help="Form of the log lines.",
    )
    level = click.option(
        "--log.level",
        "log_level",
        type=click.Choice(["debug", "info", "warn", "error"]),
        default="info",
        show_default=True,
        envvar="KPI_EXPORTER_LOG_LEVEL",
        expose_value=False,
        is_eager=True,
        callback=level_set,
        help="Least severity that is logged, to standard error.",
    )
    return level(form(command))


@contextmanager
def one_error_at_most() -> Iterator[None]:
    """Turns the errors of this project into a message and an exit code: 2 for what a person wrote, else 1."""
    try:
        yield
    except InvalidInput as error:
        click.echo(error, err=True)
        count = len(error.problems)
        click.echo(f"{count} problem{'s' if count != 1 else ''} found", err=True)
        sys.exit(USAGE)
    except KpiExporterError as error:
        click.echo(f"kpi-exporter: {error}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        # Whoever read the output has seen enough: end quietly, also when Python flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def options_of(config_file: Path, allow_inline_secrets: bool, *, read_secrets: bool = True) -> Any:
    """What these flags mean to `load_setup`."""
    from exporter.collect.setup import Options

    return Options(config_file, os.environ, allow_inline_secrets=allow_inline_secrets, read_secrets=read_secrets)
