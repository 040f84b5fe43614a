"""Makes the quotas of GitHub last: keeps a reserve for other programs, and spreads refreshes over the time to the next renewal.

A quota belongs to a holder (a token, or the installation of an App) and a resource. Sources: docs.github.com, "Rate limits and
query limits for the GraphQL API" and "Rate limits for the REST API".
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

__all__ = ["CORE", "GRAPHQL", "POINTS_A_UNIT", "Planner"]

GRAPHQL = "graphql"
"""The resource of the GraphQL API, counted in points."""
CORE = "core"
"""The resource of the REST API, counted in requests."""
POINTS_A_UNIT = 1.0
"""What a unit of a query is taken to cost before any answer has told."""

_ROUNDED = 0.5
"""GitHub rounds the cost of a query, so it may have been higher by as much."""
_UNTOLD = timedelta(seconds=60)
"""Time to the renewal of a quota that does not say when, or says a moment that is past here: then a clock is wrong."""


@dataclass(slots=True)
class _Quota:
    """A quota of `limit` that is renewed at `renewal`, until when `remaining` of it is left."""

    limit: float
    remaining: float
    renewal: datetime

    def left(self, now: datetime) -> float:
        return self.limit if now >= self.renewal else self.remaining


class Planner:
    """Knows the quotas that answers have told of, what queries cost, and what this refresh has spent. Pure.

    `reserve` is the share of each quota, from 0 to 0.9, that is left to other programs. A quota that nobody has told of, or of
    the size 0, has no end: so it is on a GitHub Enterprise Server without limits.
    """

    def __init__(self, reserve: float) -> None:
        self._reserve = reserve
        self._quotas: dict[tuple[str, str], _Quota] = {}
        self._costs: dict[str, float] = {}
        self._points = 0.0
        self._wait: datetime | None = None

    def begin(self) -> None:
        """A refresh begins."""
        self._points, self._wait = 0.0, None

    def heard(
        self, holder: str, resource: str, limit: float | None, remaining: float, reset: datetime | None, now: datetime
    ) -> None:
        """An answer told of a quota."""
        if not limit:
            self._quotas.pop((holder, resource), None)
            return
        renewal = reset if reset is not None and reset > now else now + _UNTOLD
        self._quotas[holder, resource] = _Quota(limit, remaining, renewal)

    def spent(self, holder: str, resource: str, cost: float) -> None:
        """A request has cost that much; until an answer tells better, as much less is left."""
        if resource == GRAPHQL:
            self._points += cost
        quota = self._quotas.get((holder, resource))
        if quota is not None:
            quota.remaining -= cost

    def waits(self, until: datetime) -> None:
        """What is left of this refresh cannot be asked before that moment."""
        self._wait = until

    @property
    def waiting(self) -> datetime | None:
        """From when on what is left of this refresh can be asked; None where nothing had to wait."""
        return self._wait

    def room(self, holder: str, resource: str, now: datetime) -> float:
        """What may be spent now without touching the reserve; infinite where there is no limit."""
        quota = self._quotas.get((holder, resource))
        return math.inf if quota is None else self._room(quota, now)

    def free_at(self, holder: str, resource: str, cost: float, now: datetime) -> datetime:
        """When a request of that cost may be sent: `now`, or else the renewal of the quota.

        One that costs more than the whole quota without its reserve may be sent while nothing of that is used; it never could be
        otherwise.
        """
        quota = self._quotas.get((holder, resource))
        if quota is None or self._room(quota, now) >= min(cost, quota.limit - self._reserve * quota.limit):
            return now
        return quota.renewal

    def expected(self, kind: str, units: int) -> float:
        """What a query of that kind over so many units will cost, in points: rather too much than too little."""
        return max(1.0, math.ceil(self._costs.get(kind, POINTS_A_UNIT) * units))

    def learnt(self, kind: str, units: int, cost: float) -> None:
        """A query of that kind did cost so much. What is more than expected is believed at once, what is less by half."""
        if units:
            told = (cost + _ROUNDED) / units
            self._costs[kind] = max(told, (self._costs.get(kind, told) + told) / 2)

    def next_refresh(self, interval: timedelta, now: datetime) -> datetime | None:
        """When the next refresh may begin so that the points last until they are renewed; None where the interval will do.

        A refresh that cost c points leaves u above the reserve for the time T to the renewal: more like it last as long where
        they are T·c/u apart. Several holders give u/T points a second each. That moment is not later than the first renewal;
        where the refresh could not be finished, it is not before the rest may be asked.

        The requests of the REST API do not count here: they are for what is read once in many refreshes, and end at the reserve.
        """
        moments = [self._spread(interval, now), self._wait or now]
        return max(moments) if max(moments) > now else None

    def _spread(self, interval: timedelta, now: datetime) -> datetime:
        """When a refresh that costs as much may follow; `now` where the interval will do."""
        quotas = [quota for (_, resource), quota in self._quotas.items() if resource == GRAPHQL and quota.renewal > now]
        if not quotas:
            return now
        rate = sum(self._room(quota, now) / (quota.renewal - now).total_seconds() for quota in quotas)
        if self._points <= rate * interval.total_seconds():
            return now
        first = min(quota.renewal for quota in quotas)
        apart = self._points / rate if rate else math.inf
        return now + timedelta(seconds=min(apart, (first - now).total_seconds()))

    def _room(self, quota: _Quota, now: datetime) -> float:
        return max(0.0, quota.left(now) - self._reserve * quota.limit)
