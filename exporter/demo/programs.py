"""The programs of others that the demo runs where it finds them."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

__all__ = ["PROGRAMS", "Child", "Program", "find", "ours"]

_BESIDE = ("/usr/sbin", "/usr/local/sbin")
"""Where servers are installed although the PATH of a user does not lead there."""
_GRACE_SECONDS = 4.0
_LAST_LINES = 8


@dataclass(frozen=True, slots=True)
class Program:
    """A program: what its file may be called, what is lacking without it, and how to get it."""

    called: str
    files: tuple[str, ...]
    lacking: str
    get: str


PROGRAMS: Mapping[str, Program] = {
    "git": Program("git", ("git",), "no contributors", "apt install git"),
    "prometheus": Program("Prometheus", ("prometheus",), "no alerts, no history", "apt install prometheus"),
    "alertmanager": Program(
        # Debian puts the name of the system before that of the program.
        "Alertmanager",
        ("prometheus-alertmanager", "alertmanager"),
        "no messages",
        "apt install prometheus-alertmanager",
    ),
    "promtool": Program("promtool", ("promtool",), "no history", "apt install prometheus"),
    "grafana": Program("Grafana", ("grafana", "grafana-server"), "no dashboards", "Debian has no package; its makers have one"),
}


def find(name: str) -> str | None:
    """The path of a program of the table, None where it is not installed."""
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), *_BESIDE))
    return next((found for file in PROGRAMS[name].files if (found := shutil.which(file, path=path))), None)


def ours(*arguments: str) -> list[str]:
    """A command of this program itself."""
    return [sys.executable, "-m", "exporter", *arguments]


class Child:
    """A program that runs from `with` to its end, and logs to a file; it gets no signal of the terminal."""

    def __init__(self, command: Sequence[str], log: Path, environ: Mapping[str, str] | None = None) -> None:
        self._log = log
        self._command = command
        self._environ = {**os.environ, **(environ or {})}
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Child":
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - a program of the table
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self._environ, process_group=0
            )
        return self

    def __exit__(self, *_: object) -> None:
        process = self._process
        assert process is not None  # it has been entered
        # One that has ended already needs no signal, and one that does not listen to the first is ended all the same.
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    @property
    def ended(self) -> int | None:
        """The exit code, None while it runs."""
        return None if self._process is None else self._process.poll()

    def last_words(self) -> list[str]:
        """The last lines of its log."""
        return self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LAST_LINES:]
