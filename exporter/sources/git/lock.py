"""One process at a time works on a clone."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from exporter.errors import Reason, UpstreamError

__all__ = ["locked"]

_PAUSE = 0.1


@contextmanager
def locked(file: Path, timeout: timedelta) -> Iterator[int]:
    """Holds the lock that `file` stands for, and gives its descriptor; raises UpstreamError when it cannot be had in time.

    A command that inherits the descriptor holds the lock as well, until it ends, even when this process is killed before.
    """
    deadline = time.monotonic() + timeout.total_seconds()
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise UpstreamError(Reason.TIMEOUT, "another process works on the clone of the repository") from None
                time.sleep(_PAUSE)
        yield descriptor
    finally:
        os.close(descriptor)
