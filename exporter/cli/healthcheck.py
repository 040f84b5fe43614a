"""`kpi-exporter healthcheck`: asks a running exporter whether it is healthy; for containers, which have no curl."""

import ssl
import sys
import urllib.error
import urllib.request
from http.client import HTTPException

import click

from exporter.cli.options import flag

__all__ = ["command"]


@click.command("healthcheck")
@flag(
    "--url",
    default="http://127.0.0.1:8730/-/healthy",
    envvar="KPI_EXPORTER_HEALTHCHECK_URL",
    help="Endpoint to ask; use /-/ready to wait for the first refresh.",
)
@flag(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=5.0,
    envvar="KPI_EXPORTER_HEALTHCHECK_TIMEOUT",
    help="Seconds to wait.",
)
def command(url: str, timeout: float) -> None:
    """Ask a running exporter whether it is healthy. Exit codes: 0 it is, 1 it is not or does not answer."""
    if not url.startswith(("http://", "https://")):
        raise click.UsageError("--url must start with http:// or https://")
    # The certificate of one's own loopback address proves nothing, and is often issued for another name.
    trust = ssl._create_unverified_context() if url.startswith("https://") else None  # noqa: S323
    # A proxy that is meant for the world outside cannot reach this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust))
    try:
        with opener.open(url, timeout=timeout) as answer:
            click.echo(answer.read(200).decode(errors="replace").strip())
    except urllib.error.HTTPError as error:
        with error:
            # Behind basic authentication 401 is an answer too: the process serves.
            if error.code == 401:
                click.echo("healthy (asks for a password)")
                return
            click.echo(f"not healthy: answered {error.code}", err=True)
        sys.exit(1)
    except (OSError, ValueError, HTTPException) as error:
        click.echo(f"not healthy: no usable answer ({_reason(error)})", err=True)
        sys.exit(1)


def _reason(error: Exception) -> str:
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    return getattr(cause, "strerror", None) or type(cause).__name__
