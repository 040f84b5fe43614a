"""Cohorts: the users who began in a week of the launch calendar, and how many of them are there in each week after it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from exporter.facts import Sample
from exporter.sources.telemetry.figures.users import by_first_command
from exporter.sources.telemetry.metrics import COHORT_USERS
from exporter.sources.telemetry.reading import WEEK, Reading
from exporter.sources.telemetry.rollups import Period
from exporter.sources.telemetry.warehouse import Warehouse

__all__ = ["samples"]

_COHORTS = 26
"""The most cohorts that are told, the latest: half a year."""


@dataclass(frozen=True, slots=True)
class _UsersByCohort:
    """The users with a command in some time, by the cohort they belong to; the days on which cohorts begin are the names.

    Cohorts before `oldest` are left out. It moves on with time, so that what is kept holds all that is needed later.
    """

    launch: date
    oldest: date

    @property
    def name(self) -> str:
        return f"users by cohort of weeks from {self.launch.isoformat()}"

    def __call__(self, warehouse: Warehouse, start: datetime, end: datetime) -> Mapping[str, float]:
        (users,) = self.by_period(warehouse, [Period(start, end)])
        return users

    def by_period(self, warehouse: Warehouse, periods: Sequence[Period]) -> Sequence[Mapping[str, float]]:
        found = by_first_command(warehouse, periods, _midnight(self.oldest), WEEK)
        return [{(self.oldest + week * WEEK).isoformat(): count for week, count in users.items()} for users in found]


def samples(reading: Reading) -> Iterator[Sample]:
    """The users of each cohort, in its own week and in each after it; raises UpstreamError.

    The weeks begin on the day of the launch at 00:00 UTC and every 7 days after it. A cohort is made of those whose first command
    ever is in its week: whoever had one before the launch belongs to none. Cohorts of fewer than `min_group` users are left out.
    The week that goes on now is partial: it is told with what has come so far, as a cohort and as a week of the others.
    """
    if reading.launch is None or reading.now <= _midnight(reading.launch):
        return
    # Weeks that have begun, without one that begins just now.
    weeks = -((_midnight(reading.launch) - reading.now) // WEEK)
    first = max(0, weeks - _COHORTS)
    days = [reading.launch + week * WEEK for week in range(first, weeks)]
    periods = [Period(_midnight(day), min(_midnight(day) + WEEK, reading.now)) for day in days]
    active = reading.sums.each(_UsersByCohort(reading.launch, days[0]), periods)
    for number, day in enumerate(days):
        cohort = day.isoformat()
        sizes = [round(week.get(cohort, 0)) for week in active[number:]]
        if sizes[0] >= reading.config.min_group:
            for week, count in enumerate(sizes):
                yield COHORT_USERS.sample(count, cohort=cohort, week=str(week))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
