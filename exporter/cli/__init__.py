"""The command line: each command is a module that is imported only when it runs."""

import signal
import sys
from types import FrameType
from typing import Any, NoReturn

import click

from exporter import __version__
from exporter.cli.groups import LazyGroup
from exporter.cli.streams import colour_wanted, discard_output, provide_streams

__all__ = ["main"]


SUMMARIES = {
    "demo": "Show everything at once on this machine, without any account.",
    "init": "Write a first configuration and catalog for a project.",
    "serve": "Run the exporter: refresh in the background, serve /metrics.",
    "check": "Collect once and judge every KPI; the exit code is a release gate.",
    "collect": "Collect once and print the metrics.",
    "validate": "Check configuration and catalogs without any network.",
    "doctor": "Ask each upstream whether the credentials work.",
    "healthcheck": "Ask a running exporter whether it is healthy.",
    "telemetry": "Begin and fill a warehouse of telemetry events.",
    "access": "Give Grafana its teams and the permissions of its folders.",
    "backfill": "Give Prometheus the history that the upstreams still have.",
    "render": "Write rules, routes and reference pages from the catalogs.",
}
COMMANDS = tuple(SUMMARIES)


class _Program(LazyGroup):
    """The whole command line."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Runs a command; whatever ends it, nobody sees a traceback."""
        provide_streams()
        before = {number: signal.signal(number, _end) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            return super().main(*args, **kwargs)
        except OSError as error:
            # Nowhere else is an error of the system left to itself: most likely the output goes to a disk that is full.
            click.echo(f"kpi-exporter: {error.strerror or type(error).__name__}", err=True)
            discard_output()
            sys.exit(1)
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _end(number: int, _: FrameType | None) -> NoReturn:
    """Ends the program in order, with the exit code that shells give for a signal."""
    sys.exit(128 + number)


@click.command(
    cls=_Program,
    package=__name__,
    summaries=SUMMARIES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(__version__, prog_name="kpi-exporter")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Reads what an open-source project measures itself by and serves it to Prometheus.

    Exit codes: 0 done, 1 failed or an alert holds, 2 wrong usage or configuration, 3 no source answered.
    """
    if not colour_wanted():
        ctx.color = False
