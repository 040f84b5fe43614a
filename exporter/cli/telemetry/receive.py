"""`kpi-exporter telemetry receive`: takes events from the programs of users into the warehouse."""

import logging
import signal
from pathlib import Path

import click

from exporter import __version__
from exporter.cli.options import configuration, flag, logging_flags, one_error_at_most, options_of, parsed, web_config_file
from exporter.cli.signals import Signals
from exporter.collect.collector import utc_now
from exporter.collect.setup import load_setup
from exporter.config import Config
from exporter.document import did_you_mean
from exporter.errors import KpiExporterError
from exporter.logs import fields
from exporter.receiver.meters import Metered
from exporter.receiver.service import Receiver
from exporter.sources.telemetry.config import ReceiverConfig, TelemetryConfig
from exporter.web.address import ListenAddress, parse_listen_address
from exporter.web.connection import Limits
from exporter.web.guard import Guard
from exporter.web.server import Server
from exporter.web.settings import Settings, WebConfigFile

__all__ = ["command"]

DEFAULT_ADDRESS = "127.0.0.1:9798"
LIMITS = Limits(connections=64, request_seconds=10, total_seconds=30)
GRACE_SECONDS = 8.0
"""How long requests under way may take to end; containers are killed after ten."""

log = logging.getLogger(__name__)


@click.command("receive")
@configuration
@flag("--project", metavar="NAME", help="Project whose events are taken; needed where several have a receiver.")
@flag("--web.listen-address", "listen_address", default=DEFAULT_ADDRESS, metavar="HOST:PORT", help="Where clients send events.")
@flag(
    "--web.telemetry-address",
    "metrics_address",
    metavar="HOST:PORT",
    help="Where the receiver serves its own /metrics, which are not for the public. Default: nowhere.",
)
@web_config_file
@logging_flags
def command(
    config_file: Path,
    allow_inline_secrets: bool,
    project: str | None,
    listen_address: str,
    metrics_address: str | None,
    web_config: Path | None,
) -> None:
    """Take telemetry events from clients into the warehouse.

    POST /v1/events takes batches as JSON; an event that is sent again counts once. SIGTERM ends the receiver when the requests
    under way are answered.
    Exit codes: 0 ended by a signal, 1 it cannot listen or write the warehouse, 2 wrong usage or configuration.
    """
    address = parsed("--web.listen-address", lambda: parse_listen_address(listen_address))
    own = parsed("--web.telemetry-address", lambda: parse_listen_address(metrics_address) if metrics_address else None)
    with one_error_at_most():
        settings = WebConfigFile(web_config).current if web_config else Settings
        config, receiver_config = _chosen(load_setup(options_of(config_file, allow_inline_secrets)).config, project)
        if receiver_config.token and settings().auth:
            raise KpiExporterError("a token in the receiver and basic_auth_users exclude each other: a request names one login")
        receiver = Receiver(config, receiver_config, clock=utc_now)
        receiver.start()
        events = Metered(Guard(receiver.events, settings), receiver.meters)
        servers = [Server(address, events, tls=lambda: settings().tls, limits=LIMITS)]
        if own is not None:
            servers.append(Server(own, Guard(receiver.metrics, settings), tls=lambda: settings().tls))
        _run(servers, address, Signals(signal.SIGTERM, signal.SIGINT))
        receiver.stop()


def _chosen(config: Config, name: str | None) -> tuple[TelemetryConfig, ReceiverConfig]:
    """The project that is named, or the only one with a receiver."""
    found = {}
    for project in config.projects:
        source = project.sources.get("telemetry")
        if isinstance(source, TelemetryConfig) and source.receiver is not None:
            found[project.name] = source, source.receiver
    if name is not None and name not in found:
        raise click.UsageError(f"No project '{name}' has a receiver in its source telemetry, {did_you_mean(name, found)}")
    if not found:
        raise click.UsageError("No project has a receiver in its source telemetry.")
    if name is None and len(found) > 1:
        raise click.UsageError(f"Several projects have a receiver: choose with --project one of {', '.join(sorted(found))}")
    return found[name] if name is not None else next(iter(found.values()))


def _run(servers: list[Server], address: ListenAddress, signals: Signals) -> None:
    """Serves until a signal ends it."""
    for server in servers:
        server.start()
    log.info("listening", extra=fields(address=ListenAddress(address.host, servers[0].port), version=__version__))
    signals.wait()
    for server in servers:
        server.stop(GRACE_SECONDS)
    log.info("stopped")
