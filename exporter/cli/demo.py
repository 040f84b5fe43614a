"""`kpi-exporter demo`: everything at once, on this machine, without any account."""

import signal
import time
from pathlib import Path

import click

from exporter.cli.options import flag, one_error_at_most, parsed
from exporter.cli.signals import Signals
from exporter.demo.options import PRIORITIES, SOURCES, Options
from exporter.document.duration import parse_duration
from exporter.web.address import parse_external_url, parse_listen_address

__all__ = ["command"]


@click.command("demo")
@flag("--into", type=click.Path(path_type=Path), help="Folder to write to, which stays. Default: one that is removed at the end.")
@flag("--port-base", type=click.IntRange(1024, 65_000), help="Listen on the ports from this one on. Default: on free ones.")
@flag("--break", "broken", type=click.Choice(SOURCES), multiple=True, help="Let a source fail, soon after the first figures.")
@flag("--raise", "raised", type=click.Choice(PRIORITIES), help="Raise an alert of this priority, soon after the first figures.")
@flag("--no-history", is_flag=True, help="Leave out the four weeks before now.")
@flag("--for", "length", metavar="DURATION", help="End after this time. Default: at Ctrl-C.")
@flag(
    "--services-only",
    "services_only",
    metavar="HOST:PORT",
    help="Serve the services there, write the configuration of an exporter to --into, and run nothing else.",
)
@flag("--services-url", metavar="URL", help="Where the exporter reaches these. Default: http://HOST:PORT.")
def command(
    into: Path | None,
    port_base: int | None,
    broken: tuple[str, ...],
    raised: str | None,
    no_history: bool,
    length: str | None,
    services_only: str | None,
    services_url: str | None,
) -> None:
    """Show everything at once: a project in the second week of its beta, and all that watches it.

    Services that speak as GitHub, Discord, npm, PyPI, crates.io and Typeform do, a warehouse of events and the exporter over
    them, all on 127.0.0.1; and, where they are installed, Prometheus, Alertmanager and Grafana. No account is needed, and nothing
    is asked of another machine.
    Exit codes: 0 ended by a signal or after its time, 1 it cannot start, 2 wrong usage.
    """
    begun = time.monotonic()
    if raised == "P3" and no_history:
        raise click.UsageError("--raise P3 tells of a milestone, which is judged against history: leave out --no-history.")
    span = parsed("--for", lambda: parse_duration(length)) if length is not None else None
    address = parsed("--services-only", lambda: parse_listen_address(services_only)) if services_only is not None else None
    if address is not None and (into is None or any((port_base, broken, raised, no_history, length))):
        raise click.UsageError("--services-only wants --into, which the exporter reads, and goes with --services-url alone.")
    if address is None and services_url is not None:
        raise click.UsageError("--services-url goes with --services-only.")
    url = parsed("--services-url", lambda: parse_external_url(services_url).rstrip("/")) if services_url is not None else None
    signals = _awaited()
    with one_error_at_most():
        from exporter.collect.collector import utc_now
        from exporter.demo.alone import serve_services
        from exporter.demo.stage import Stage

        if address is not None and into is not None:
            serve_services(address, url, into, click.echo, signals.wait, utc_now)
            return
        options = Options(into, port_base, tuple(dict.fromkeys(broken)), raised, not no_history, span)
        Stage(options, click.echo, signals.wait, utc_now, begun).run()


def _awaited() -> Signals:
    """The signals that ask for the end."""
    # A terminal that is closed ends it too, but where it was started so as to outlive that (nohup).
    closing = () if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else (signal.SIGHUP,)
    return Signals(signal.SIGINT, signal.SIGTERM, *closing)
