"""The git repository of the project, made in one go."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

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
    # Variables of git may name another repository.
    environ = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    for command, stream in ((new, b""), (take, "".join(_stream(commits)).encode())):
        try:
            subprocess.run(command, input=stream, capture_output=True, env=environ, timeout=_LONGEST, check=True)  # noqa: S603
        except subprocess.CalledProcessError as error:
            raise KpiExporterError(f"git cannot make the repository of the demo: it ended with {error.returncode}") from None
        except subprocess.TimeoutExpired:
            raise KpiExporterError(f"git did not make the repository of the demo within {_LONGEST} s") from None


def _stream(commits: Sequence[Commit]) -> Iterator[str]:
    """What `git fast-import` reads: commits without files, each after the one before."""
    for commit in commits:
        who = f"{commit.by.name} <{commit.by.email}> {commit.at.timestamp():.0f} +0000"
        message = "Make Caro better\n"
        yield f"commit refs/heads/{_BRANCH}\nauthor {who}\ncommitter {who}\ndata {len(message)}\n{message}\n"
