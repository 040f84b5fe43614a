"""What `render` has in common: files that are written, or compared with those that are there."""

import difflib
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

__all__ = ["artefact_flags", "write"]

Command = TypeVar("Command", bound=Callable[..., Any])

DIFFERS = 1


def artefact_flags(command: Command) -> Command:
    """Adds the flags of every command that renders."""
    check = click.option("--check", is_flag=True, help="Write nothing; exit with 1 and show what differs.")
    into = click.option(
        "--into",
        type=click.Path(path_type=Path, file_okay=False, exists=True),
        default=".",
        help="Folder of the project. Default: this one.",
    )
    return check(into(command))


def write(files: Mapping[str, str], into: Path, *, check: bool, ours: Mapping[str, str] | None = None) -> None:
    """Writes the texts to their paths below `into`, those that differ; or shows how they differ and ends with exit code 1.

    `ours` says by pattern which files are of a kind that is rendered for each project, and the words in them that tell so: those
    of a project that is there no more are removed.
    """
    differs = False
    for path in _left_over(files, into, ours or {}):
        differs = True
        if check:
            click.echo(f"{path.relative_to(into)} is of a project that is there no more")
        else:
            path.unlink()
            click.echo(f"removed {path}")
    for name, text in files.items():
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


def _left_over(files: Mapping[str, str], into: Path, ours: Mapping[str, str]) -> Iterator[Path]:
    """The files that were rendered once and are not any more; what somebody else wrote beside them stays."""
    for pattern, words in ours.items():
        for path in sorted(into.glob(pattern)):
            if path.relative_to(into).as_posix() not in files and words in path.read_text(encoding="utf-8"):
                yield path
