"""`kpi-exporter telemetry`: what a warehouse of telemetry events is begun and filled with."""

import click

from exporter.cli.groups import LazyGroup

__all__ = ["command"]

SUMMARIES = {
    "init": "Make the tables that events stand in, where there are none.",
    "receive": "Take events from the programs of users into the warehouse.",
}


@click.command("telemetry", cls=LazyGroup, package=__name__, summaries=SUMMARIES)
def command() -> None:
    """Begin and fill a warehouse of telemetry events."""
