"""Which moments of the past are filled: the points that are written, and the moments that figures are computed at."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

__all__ = ["DAY", "HOUR", "Span", "moment"]

HOUR = 3600
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Span:
    """From the beginning of a day (UTC) to a moment, both included; all in seconds since 1970.

    Points stand every `step`, which divides an hour. Figures are computed at knots, every `resolution`, which divides a day into
    whole hours; from one knot to the next they hold.
    """

    since: int
    until: int
    step: int = HOUR
    resolution: int = DAY

    @classmethod
    def between(cls, since: datetime, until: datetime, step: timedelta, resolution: timedelta) -> "Span":
        """The span from the day of `since` to the last point not after `until`; raises ValueError where nothing is in it."""
        pace, knots = int(step.total_seconds()), int(resolution.total_seconds())
        begin, end = int(since.timestamp()) // DAY * DAY, int(until.timestamp()) // pace * pace
        if begin > end:
            raise ValueError("ends before it begins")
        return cls(begin, end, pace, knots)

    @property
    def points(self) -> range:
        """The moments of the points."""
        return range(self.since, self.until + 1, self.step)

    @property
    def knots(self) -> range:
        """The moments that figures are computed at."""
        return range(self.since, self.until + 1, self.resolution)

    @property
    def days(self) -> range:
        """The beginnings of days, which are the ends of those before."""
        return range(self.since, self.until + 1, DAY)

    def knot(self, point: int) -> int:
        """The number of the knot whose figures hold at a point."""
        return (point - self.since) // self.resolution


def moment(seconds: int) -> datetime:
    """Seconds since 1970 as a moment in UTC."""
    return datetime.fromtimestamp(seconds, UTC)
