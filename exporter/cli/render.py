"""`kpi-exporter render`: writes what is made of declarations and catalogs."""

import difflib
import sys
from pathlib import Path

import click

from exporter.render.docs import pages

__all__ = ["command"]

DIFFERS = 1


@click.group("render")
def command() -> None:
    """Write what is made of declarations and catalogs."""


@command.command("docs")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 and show what differs.")
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=".",
    help="Folder of the project. Default: this one.",
)
def docs(check: bool, into: Path) -> None:
    """Write the reference pages of configuration and metrics."""
    differs = False
    for name, text in pages().items():
        path = into / name
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        if before == text:
            continue
        differs = True
        if check:
            click.echo("".join(difflib.unified_diff(before.splitlines(True), text.splitlines(True), name, f"{name} (rendered)")))
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            click.echo(f"wrote {path}")
    if check and differs:
        sys.exit(DIFFERS)
