"""Who comes back: of those who began some weeks ago, how many had a command in the last 7 days."""

from collections.abc import Iterator

from exporter.facts import Sample
from exporter.sources.telemetry.figures.users import by_first_command, new_users
from exporter.sources.telemetry.metrics import RETURNED_USERS, STARTED_USERS
from exporter.sources.telemetry.reading import WEEK, Reading
from exporter.sources.telemetry.rollups import Period

__all__ = ["samples"]

_WEEKS = 9


def samples(reading: Reading) -> Iterator[Sample]:
    """Users by the rolling week of their first command, week 0 being the last 7 days; raises UpstreamError.

    Weeks in which fewer than `min_group` users began are left out, and so are those in which nobody did.
    """
    moments = [reading.ago(week * WEEK) for week in range(_WEEKS, -1, -1)]
    started = new_users(reading, moments)
    (returned,) = by_first_command(reading.warehouse, [Period(reading.ago(WEEK), reading.now)], moments[0], WEEK)
    for week in range(_WEEKS):
        oldest_first = _WEEKS - 1 - week
        if started[oldest_first] >= reading.config.min_group:
            yield STARTED_USERS.sample(started[oldest_first], week=str(week))
            yield RETURNED_USERS.sample(returned.get(oldest_first, 0), week=str(week))
