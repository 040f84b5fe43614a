"""What a token may still ask."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from support.tools import NOW

__all__ = ["Quota"]

PERIOD = timedelta(hours=1)


@dataclass(eq=False)
class Quota:
    """The points of one token: `remaining` of `limit` until `reset`, and the `scopes` of a classic token (None for others).

    The token itself `ends` at a moment, if it does.
    """

    limit: int = 5000
    remaining: int = 5000
    reset: datetime = field(default=NOW + timedelta(minutes=40))
    scopes: str | None = None
    ends: datetime | None = None

    def renew(self, now: datetime) -> None:
        """Gives all points back where the time has come."""
        if now >= self.reset:
            self.remaining = self.limit
            self.reset = now + PERIOD

    def spend(self, points: int) -> None:
        """Takes points away, as far as there are any."""
        self.remaining = max(0, self.remaining - points)

    def headers(self, resource: str = "graphql") -> dict[str, str]:
        """What GitHub tells of a quota with each answer."""
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(int(self.reset.astimezone(UTC).timestamp())),
            "X-RateLimit-Resource": resource,
        }
