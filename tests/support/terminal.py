"""A command at a terminal, with a person who answers what it asks."""

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

__all__ = ["CTRL_C", "talk"]

CTRL_C = "\x03"
_PATIENCE = 30.0


def talk(
    args: Iterable[str], answers: Iterable[tuple[str, str]], folder: Path, environ: Mapping[str, str] | None = None
) -> tuple[int, str]:
    """Runs `kpi-exporter` in a folder and gives each answer once its question has been asked; exit code, and all that was shown.

    CTRL_C as an answer is that key. Fails where a question is not asked.
    """
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "exporter", *args],
        stdin=theirs, stdout=theirs, stderr=theirs, cwd=folder, env={**os.environ, **(environ or {})}, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    try:
        seen, shown = "", ""
        for question, answer in answers:
            while question not in seen:
                piece = _read(ours)
                assert piece, f"{question!r} was not asked; last seen: {seen!r}"
                seen, shown = seen + piece, shown + piece
            seen = seen.partition(question)[2]
            if answer == CTRL_C:
                _interrupt(process)
            else:
                os.write(ours, f"{answer}\n".encode())
        while piece := _read(ours):
            shown += piece
        return process.wait(_PATIENCE), shown.replace("\r\n", "\n")
    finally:
        os.close(ours)
        process.kill()
        process.wait()


def _interrupt(process: "subprocess.Popen[bytes]") -> None:
    """Presses Ctrl-C, again and again: what comes before a program waits for its answer is seen only when the next key comes."""
    end = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < end:
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(1)


def _read(terminal: int) -> str:
    """What comes next; "" at the end."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                return os.read(terminal, 4096).decode(errors="replace")
            except OSError:
                # So Linux says that the program has closed the terminal.
                return ""
    return ""
