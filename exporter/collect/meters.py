"""What the exporter counts about itself and its upstreams; every method may be called from any thread."""

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

__all__ = ["Quota", "SourceMeter"]


@dataclass(frozen=True, slots=True)
class Quota:
    """What an upstream said of one of its rate limits: size, what is left, and when it renews (seconds since the epoch)."""

    limit: float | None
    remaining: float
    reset: float | None


@dataclass(slots=True)
class SourceMeter:
    """Counts of one source of one project since the process started; implements `exporter.http.Meter`.

    `requests` are counted by code, `failures` by reason, `costs` by resource. `quotas` are the last word on each quota, by
    resource and by whose it is.
    """

    requests: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    costs: dict[str, float] = field(default_factory=dict)
    quotas: dict[tuple[str, str], Quota] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def request(self, code: str) -> None:
        with self._lock:
            self.requests[code] += 1

    def rate_limit(self, resource: str, limit: float | None, remaining: float, reset: float | None, holder: str) -> None:
        with self._lock:
            self.quotas[resource, holder] = Quota(limit, remaining, reset)

    def cost(self, resource: str, points: float) -> None:
        with self._lock:
            self.costs[resource] = self.costs.get(resource, 0.0) + points

    def failure(self, reason: str) -> None:
        """One part, or the whole source, could not be read."""
        with self._lock:
            self.failures[reason] += 1

    def copy(self) -> "SourceMeter":
        """The counts of this moment."""
        with self._lock:
            return SourceMeter(Counter(self.requests), Counter(self.failures), dict(self.costs), dict(self.quotas))

    def totals(self) -> dict[str, Quota]:
        """By resource the quotas of all credentials together: sizes and rests added up, and the earliest moment of renewal."""
        by_resource: dict[str, list[Quota]] = {}
        for (resource, _), quota in sorted(self.copy().quotas.items()):
            by_resource.setdefault(resource, []).append(quota)
        return {resource: _together(quotas) for resource, quotas in by_resource.items()}


def _together(quotas: Sequence[Quota]) -> Quota:
    limits = [quota.limit for quota in quotas if quota.limit is not None]
    resets = [quota.reset for quota in quotas if quota.reset is not None]
    # The sum of some sizes is no size.
    limit = sum(limits) if len(limits) == len(quotas) else None
    return Quota(limit, sum(quota.remaining for quota in quotas), min(resets, default=None))
