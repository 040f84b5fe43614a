"""A token bucket: how many requests may come at once, and how many over time."""

import threading
from collections.abc import Callable
from datetime import timedelta

__all__ = ["Bucket"]


class Bucket:
    """Holds at most `burst` tokens and gains one every `interval`; `clock` gives seconds that never go back."""

    def __init__(self, interval: timedelta, burst: int, clock: Callable[[], float]) -> None:
        self._interval = interval.total_seconds()
        self._burst = float(burst)
        self._clock = clock
        self._tokens = self._burst
        self._time = clock()
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Takes a token; False when there is none."""
        with self._lock:
            now = self._clock()
            self._tokens = min(self._burst, self._tokens + (now - self._time) / self._interval)
            self._time = now
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True
