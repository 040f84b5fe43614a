"""One process that the demo starts, and what it is given of the surroundings of the demo."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from exporter.demo import leash

__all__ = ["Child", "surroundings"]

_GRACE_SECONDS = 4.0
_LAST_LINES = 8
_LEFT_OUT = re.compile(r"KPI_EXPORTER_.*|GF_.*|GIT_.*|.*_proxy", re.IGNORECASE)
"""Variables that tell another exporter, Grafana or git what to do; and proxies, which lead away from this machine."""


def surroundings(environ: Mapping[str, str]) -> Mapping[str, str]:
    """The variables of this process, without those that would change what the demo shows."""
    # Without the last one some systems would be asked for their proxies.
    return {**{name: value for name, value in environ.items() if not _LEFT_OUT.fullmatch(name)}, "no_proxy": "*"}


class Child:
    """A program that runs from `with` to its end, and logs to a file; it gets no signal of the terminal.

    It is to be started by the main thread: on Linux it ends with that, and so with this process, also where that is killed.
    `environ` is beside the variables that it has anyway. After the grace it is ended by force, with its own children.
    """

    def __init__(
        self, command: Sequence[str], log: Path, environ: Mapping[str, str] | None = None, grace_seconds: float = _GRACE_SECONDS
    ) -> None:
        self._grace_seconds = grace_seconds
        self._log = log
        self._command = [sys.executable, "-I", "-S", leash.__file__, str(os.getpid()), *command]
        self._environ = {**surroundings(os.environ), **(environ or {})}
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
            process.wait(self._grace_seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    @property
    def ended(self) -> int | None:
        """The exit code, None while it runs."""
        return None if self._process is None else self._process.poll()

    def last_words(self) -> list[str]:
        """The last lines of its log."""
        return self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LAST_LINES:]
