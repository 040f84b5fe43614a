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

    def take(self, tokens: int = 1) -> bool:
        """Takes so many tokens at once; False, and none taken, when there are not as many."""
        with self._lock:
            self._fill()
            if self._tokens < tokens:
                return False
            self._tokens -= tokens
            return True

    def wait(self, tokens: int = 1) -> float:
        """Seconds until there are so many tokens, of which a bucket never holds more than its burst."""
        with self._lock:
            self._fill()
            return max(0.0, (min(float(tokens), self._burst) - self._tokens) * self._interval)

    def _fill(self) -> None:
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._time) / self._interval)
        self._time = now
