"""What the exporter counts about itself and its upstreams; every method may be called from any thread."""

import threading
from collections import Counter
from dataclasses import dataclass, field

__all__ = ["Quota", "SourceMeter"]


@dataclass(frozen=True, slots=True)
class Quota:
    """What an upstream said of one of its rate limits: size, requests left, and when it renews (seconds since the epoch)."""

    limit: float | None
    remaining: float
    reset: float | None


@dataclass(slots=True)
class SourceMeter:
    """Counts of one source of one project since the process started; implements `exporter.http.Meter`."""

    requests: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    quotas: dict[str, Quota] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def request(self, code: str) -> None:
        with self._lock:
            self.requests[code] += 1

    def rate_limit(self, resource: str, limit: float | None, remaining: float, reset: float | None) -> None:
        with self._lock:
            self.quotas[resource] = Quota(limit, remaining, reset)

    def failure(self, reason: str) -> None:
        """One part, or the whole source, could not be read."""
        with self._lock:
            self.failures[reason] += 1

    def copy(self) -> "SourceMeter":
        """The counts of this moment."""
        with self._lock:
            return SourceMeter(Counter(self.requests), Counter(self.failures), dict(self.quotas))
