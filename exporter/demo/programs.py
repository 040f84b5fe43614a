"""The programs that the demo runs: those of others where it finds them, and this one."""

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["PROGRAMS", "Program", "find", "ours"]

_BESIDE = ("/usr/sbin", "/usr/local/sbin")
"""Where servers are installed although the PATH of a user does not lead there."""


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
    # Not out of the folder where somebody happens to be, which may have modules of the same names.
    return [sys.executable, "-P", "-m", "exporter", *arguments]
