"""Flags that several commands share, and what they stand for. Each has an environment variable; the flag wins."""

import logging
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from exporter.cli.streams import discard_output
from exporter.errors import InvalidInput, KpiExporterError

__all__ = ["configuration", "flag", "logging_flags", "one_error_at_most", "options_of", "parsed", "web_config_file"]

Command = TypeVar("Command", bound=Callable[..., Any])
Parsed = TypeVar("Parsed")

log = logging.getLogger(__name__)

USAGE = 2
"""Exit code for wrong usage or configuration."""


def flag(name: str, *more: str, **settings: Any) -> Callable[[Command], Command]:
    """A flag that may be given by an environment variable too, named after it; the help tells the variable and the default."""
    variable = f"KPI_EXPORTER_{re.sub(r'[.-]', '_', name.removeprefix('--')).upper()}"
    return click.option(name, *more, **{"envvar": variable, "show_envvar": True, "show_default": True, **settings})


def configuration(command: Command) -> Command:
    """Adds the flags that say which configuration to read and how."""
    inline = flag("--allow-inline-secrets", is_flag=True, help="Accept secrets written in the configuration file itself.")
    # Whether the file can be read is told by who reads it.
    path = click.Path(path_type=Path, readable=False)
    file = flag("--config.file", "config_file", type=path, default="kpi-exporter.yml", help="Configuration file.")
    return file(inline(command))


def web_config_file(command: Command) -> Command:
    """Adds the flag that names the web configuration file."""
    return flag(
        "--web.config.file",
        "web_config",
        type=click.Path(path_type=Path, readable=False),
        help="File that sets TLS and basic authentication, in the format of the Prometheus exporter toolkit.",
    )(command)


def parsed(name: str, parse: Callable[[], Parsed]) -> Parsed:
    """What the value of a flag means; the sentence of a ValueError becomes one about the flag."""
    try:
        return parse()
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=name) from None


def logging_flags(command: Command) -> Command:
    """Adds the flags that say what is logged and how; they take effect at once and reach no command."""

    def level_set(ctx: click.Context, _: click.Parameter, value: str) -> None:
        ctx.ensure_object(dict)["level"] = value

    def format_set(ctx: click.Context, _: click.Parameter, value: str) -> None:
        from exporter.logs import configure

        configure(ctx.ensure_object(dict).get("level", "info"), value)

    form = flag(
        "--log.format",
        "log_format",
        type=click.Choice(["logfmt", "json"]),
        default="logfmt",
        expose_value=False,
        callback=format_set,
        help="Form of the log lines.",
    )
    level = flag(
        "--log.level",
        "log_level",
        type=click.Choice(["debug", "info", "warn", "error"]),
        default="info",
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
        log.debug("what led to it", exc_info=error)
        sys.exit(1)
    except BrokenPipeError:
        # Whoever read the output has seen enough: end quietly, also when Python flushes at its end.
        discard_output()
        sys.exit(1)


def options_of(config_file: Path, allow_inline_secrets: bool, *, read_secrets: bool = True) -> Any:
    """What these flags mean to `load_setup`."""
    from exporter.collect.setup import Options

    return Options(config_file, os.environ, allow_inline_secrets=allow_inline_secrets, read_secrets=read_secrets)
