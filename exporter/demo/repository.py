"""The git repository of the project, made in one go."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from exporter.demo.child import surroundings
from exporter.demo.project import Commit
from exporter.errors import KpiExporterError

__all__ = ["write_repository"]

_BRANCH = "main"
_LONGEST = 60
"""Seconds that git may take."""


def write_repository(git: str, path: Path, commits: Sequence[Commit]) -> None:
    """Makes a bare repository with these commits, by the program `git`; raises KpiExporterError where that fails."""
    new = [git, "init", "--quiet", "--bare", f"--initial-branch={_BRANCH}", str(path)]
    take = [git, "-C", str(path), "fast-import", "--quiet"]
    environ = surroundings(os.environ)
    for command, stream in ((new, b""), (take, "".join(_stream(commits)).encode())):
        try:
            # In a group of its own: Ctrl-C in a terminal is for the demo, which then ends in order.
            subprocess.run(  # noqa: S603 - a program of the table
                command, input=stream, capture_output=True, env=environ, timeout=_LONGEST, check=True, process_group=0
            )
        except subprocess.CalledProcessError as error:
            raise KpiExporterError(f"git cannot make the repository of the demo: it ended with {error.returncode}") from None
        except OSError as error:
            raise KpiExporterError(f"{git} cannot be run: {error.strerror}") from None
        except subprocess.TimeoutExpired:
            raise KpiExporterError(f"git did not make the repository of the demo within {_LONGEST} s") from None


def _stream(commits: Sequence[Commit]) -> Iterator[str]:
    """What `git fast-import` reads: commits without files, each after the one before."""
    for commit in commits:
        who = f"{commit.by.name} <{commit.by.email}> {commit.at.timestamp():.0f} +0000"
        message = "Make Caro better\n"
        yield f"commit refs/heads/{_BRANCH}\nauthor {who}\ncommitter {who}\ndata {len(message)}\n{message}\n"
