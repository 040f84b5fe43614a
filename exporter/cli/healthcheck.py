"""`kpi-exporter healthcheck`: asks a running exporter whether it is healthy; for containers, which have no curl."""

import ssl
import sys
import urllib.error
import urllib.request

import click

__all__ = ["command"]


@click.command("healthcheck")
@click.option(
    "--url",
    default="http://127.0.0.1:8730/-/healthy",
    show_default=True,
    envvar="KPI_EXPORTER_HEALTHCHECK_URL",
    show_envvar=True,
    help="Endpoint to ask; use /-/ready to wait for the first refresh.",
)
@click.option("--timeout", type=click.FloatRange(min=0, min_open=True), default=5.0, show_default=True, help="Seconds to wait.")
def command(url: str, timeout: float) -> None:
    """Ask a running exporter whether it is healthy. Exit codes: 0 it is, 1 it is not or does not answer."""
    if not url.startswith(("http://", "https://")):
        raise click.UsageError("--url must start with http:// or https://")
    # The certificate of one's own loopback address proves nothing, and is often issued for another name.
    trust = ssl._create_unverified_context() if url.startswith("https://") else None  # noqa: S323
    try:
        with urllib.request.urlopen(url, timeout=timeout, context=trust) as answer:  # noqa: S310 - checked above
            click.echo(answer.read(200).decode(errors="replace").strip())
    except urllib.error.HTTPError as error:
        with error:
            # Behind basic authentication 401 is an answer too: the process serves.
            if error.code == 401:
                click.echo("healthy (asks for a password)")
                return
            click.echo(f"not healthy: answered {error.code}", err=True)
        sys.exit(1)
    except OSError as error:
        click.echo(f"not healthy: {type(error).__name__}", err=True)
        sys.exit(1)
