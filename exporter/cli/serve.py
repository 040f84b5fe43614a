"""`kpi-exporter serve`: the exporter itself."""

import atexit
import logging
import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

import click

from exporter import __version__
from exporter.cli.options import configuration, flag, logging_flags, one_error_at_most, options_of, parsed, web_config_file
from exporter.cli.signals import Signals
from exporter.collect.collector import utc_now
from exporter.collect.setup import load_setup
from exporter.errors import KpiExporterError
from exporter.logs import fields
from exporter.tracking import PATH as TRACKING_PATH
from exporter.tracking import Tracking
from exporter.web.address import ListenAddress, parse_external_url, parse_listen_address, parse_route_prefix
from exporter.web.app import App
from exporter.web.guard import Guard
from exporter.web.routes import Route
from exporter.web.server import Server
from exporter.web.service import Service
from exporter.web.settings import Settings, WebConfigFile

__all__ = ["DEFAULT_ADDRESS", "command"]

DEFAULT_ADDRESS = ":8730"
"""Outside the range that the ecosystem allocates to exporters."""

log = logging.getLogger(__name__)


@click.command("serve")
@configuration
@flag("--config.check", "check_only", is_flag=True, help="Read the configuration as at start, then exit.")
@flag("--web.listen-address", "listen_address", default=DEFAULT_ADDRESS, metavar="HOST:PORT", help="Where to listen.")
@web_config_file
@flag(
    "--web.external-url",
    "external_url",
    metavar="URL",
    help="URL under which others reach the exporter; its path is the default of the route prefix.",
)
@flag("--web.route-prefix", "route_prefix", metavar="PATH", help="Path under which every endpoint lives.")
@logging_flags
def command(
    config_file: Path,
    allow_inline_secrets: bool,
    check_only: bool,
    listen_address: str,
    web_config: Path | None,
    external_url: str | None,
    route_prefix: str | None,
) -> None:
    """Run the exporter.

    Every source is refreshed in the background on its own interval; a scrape of /metrics is answered from memory. SIGHUP and
    POST /-/reload read the configuration anew, SIGTERM ends the exporter.
    Exit codes: 0 ended by a signal, 1 it cannot listen or use its state directory, 2 wrong usage or configuration.
    """
    options = options_of(config_file, allow_inline_secrets)
    address = parsed("--web.listen-address", lambda: parse_listen_address(listen_address))
    url = parsed("--web.external-url", lambda: parse_external_url(external_url) if external_url else None)
    prefix = parsed("--web.route-prefix", lambda: parse_route_prefix(route_prefix, url))
    signals = Signals(signal.SIGHUP)
    with one_error_at_most():
        settings = WebConfigFile(web_config).current if web_config else Settings
        if check_only:
            load_setup(options)
            click.echo(f"{config_file}: valid")
            return
        tracking = Tracking(utc_now)
        service = Service(lambda: load_setup(options), extensions=[tracking])
        app = App(service, prefix=prefix, external_url=url, more={TRACKING_PATH: Route(tracking.answer, ("POST",))})
        guarded = Guard(app, settings, own_login={f"{prefix}{TRACKING_PATH}"})
        _run(service, Server(address, guarded, tls=lambda: settings().tls), address, signals)


def _reload_wanted(signals: Signals) -> bool:
    """Waits for a signal; whether it asks for a reload. Several that arrived at once ask for one, and the end goes first."""
    signals.wait()
    return signals.take() == {signal.SIGHUP}


def _run(service: Service, server: Server, address: ListenAddress, signals: Signals) -> None:
    """Serves until a signal ends it."""
    signals.note(signal.SIGTERM, signal.SIGINT)
    service.start()
    server.start()
    log.info("listening", extra=fields(address=ListenAddress(address.host, server.port), version=__version__))
    while _reload_wanted(signals):
        try:
            service.reload()
        except KpiExporterError:
            # Logged where it failed, and told by a metric: the old configuration stays.
            continue
    server.stop()
    service.stop()
    log.info("stopped")
    _leave()


def _leave() -> NoReturn:
    """Ends the process without taking the interpreter down: that may wait for a source that hangs in a query, for ever.

    What is to be done at the end is done, such as ending the processes of git.
    """
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(0)
