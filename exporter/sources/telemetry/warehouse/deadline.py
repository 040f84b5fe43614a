"""A bound on how long something may take that cannot be given one itself."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["deadline"]


@contextmanager
def deadline(seconds: float, end: Callable[[], None]) -> Iterator[threading.Event]:
    """Calls `end` in another thread where the block takes longer; the event says whether that happened."""
    passed = threading.Event()

    def pass_by() -> None:
        passed.set()
        end()

    timer = threading.Timer(seconds, pass_by)
    timer.daemon = True
    timer.start()
    try:
        yield passed
    finally:
        timer.cancel()
        # It may be at it just now: whoever goes on may close what it ends.
        timer.join()
