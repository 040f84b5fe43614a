"""The processes that were started and have not ended yet: none of them is left to itself when this program ends."""

import atexit
import os
import signal
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress

from exporter.errors import Reason, UpstreamError

__all__ = ["Children", "children", "send"]


class Children:
    """Processes that lead a session each. Threads that wait for one of them may be cut off by the end of this program."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[int] = set()
        self._ended = False

    def start(self, start: Callable[[], "subprocess.Popen[bytes]"]) -> "subprocess.Popen[bytes]":
        """Starts a process and remembers it; raises UpstreamError when all were ended already."""
        with self._lock:
            if self._ended:
                raise UpstreamError(Reason.INTERNAL, "the exporter is ending")
            process = start()
            self._running.add(process.pid)
            return process

    def forget(self, process: "subprocess.Popen[bytes]") -> None:
        """A process that has ended is none of ours any more: its number may be another's soon."""
        with self._lock:
            self._running.discard(process.pid)

    def end(self) -> None:
        """Asks all of them to end, and starts no further one."""
        with self._lock:
            self._ended = True
            for session in self._running:
                send(session, signal.SIGTERM)


def send(session: int, number: signal.Signals) -> None:
    """Sends a signal to a process with all its helpers, if it is still there."""
    with suppress(ProcessLookupError):
        os.killpg(session, number)


children = Children()
"""Those of this program."""
atexit.register(children.end)
