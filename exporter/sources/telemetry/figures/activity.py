"""Who uses the program, how much, and who stopped."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from sqlalchemy import case, func, select

from exporter.facts import Sample
from exporter.sources.telemetry.figures.users import commands_of_users, in_parts, new_users
from exporter.sources.telemetry.metrics import (
    ACTIVE_USERS,
    ACTIVITY_USERS,
    HEAVY_USERS,
    LOST_USERS,
    NEW_USERS,
    PREVIOUS_USERS,
    USERS_EACH_WEEK,
    WEEKLY_NEW_USERS,
    WEEKLY_USERS,
)
from exporter.sources.telemetry.reading import WEEK, WINDOWS, Reading
from exporter.sources.telemetry.rollups import Period

__all__ = ["samples"]

_CASUAL, _REGULAR = 5, 20
"""Most commands a week of a casual and of a regular user, by the caro guide; those with more are power users."""
_NOW, _MONTH = timedelta(0), WINDOWS["30d"]
_WEEKS = 4
_AGES = tuple(sorted({_NOW, *WINDOWS.values(), *(week * WEEK for week in range(_WEEKS + 1)), 2 * _MONTH}))
"""How long ago the windows begin and end, the newest first: they divide the last 60 days into parts."""


def samples(reading: Reading) -> Iterator[Sample]:
    """Users by window, by rolling week and by how much they do.

    A group by activity of fewer than `min_group` users is left out; an empty one is told. Raises UpstreamError.
    """
    there = _Presence(reading)
    for window in ("24h", "7d", "30d"):
        yield ACTIVE_USERS.sample(there.users(_NOW, WINDOWS[window]), window=window)
    weeks = [there.users(week * WEEK, (week + 1) * WEEK) for week in range(_WEEKS)]
    for week, count in enumerate(weeks):
        yield WEEKLY_USERS.sample(count, week=str(week))
    yield USERS_EACH_WEEK.sample(weeks[0], window="7d")
    yield USERS_EACH_WEEK.sample(sum(weeks), window="28d")
    yield PREVIOUS_USERS.sample(there.users(_MONTH, 2 * _MONTH), window="30d")
    yield LOST_USERS.sample(there.users(_NOW, 2 * _MONTH) - there.users(_NOW, _MONTH), window="30d")
    yield from _new(reading)
    yield from _by_activity(reading)


class _Presence:
    """In which parts of the last 60 days users had a command: each command is read once, however many windows it lies in."""

    def __init__(self, reading: Reading) -> None:
        periods = [Period(reading.ago(end), reading.ago(start)) for start, end in pairwise(_AGES)]
        each = in_parts(commands_of_users(reading.warehouse), periods)
        counted = select(each.c.parts, func.count()).group_by(each.c.parts)
        self._numbers = {int(parts): int(count) for parts, count in reading.warehouse.rows(counted)}

    def users(self, start: timedelta, end: timedelta) -> int:
        """How many users had a command between two ages, of which the second is the greater one."""
        wanted = sum(1 << number for number, age in enumerate(_AGES) if start <= age < end)
        return sum(count for parts, count in self._numbers.items() if parts & wanted)


def _by_activity(reading: Reading) -> Iterator[Sample]:
    commands = commands_of_users(reading.warehouse)
    user, number = commands["user_id"], func.count().label("number")
    in_week = commands.between(reading.ago(WEEK), reading.now)
    each = select(number).where(in_week, user.is_not(None)).group_by(user).subquery()
    kinds = {
        "casual": each.c.number <= _CASUAL,
        "regular": each.c.number.between(_CASUAL + 1, _REGULAR),
        "power": each.c.number > _REGULAR,
    }
    told = (each.c.number > reading.config.heavy_use, *kinds.values())
    counted = select(*(func.count(case((condition, 1))) for condition in told)).select_from(each)
    heavy, *groups = reading.warehouse.rows(counted)[0]
    yield HEAVY_USERS.sample(heavy, window="7d")
    for kind, count in zip(kinds, groups, strict=True):
        if count == 0 or count >= reading.config.min_group:
            yield ACTIVITY_USERS.sample(count, activity=kind, window="7d")


def _new(reading: Reading) -> Iterator[Sample]:
    ages = [age for age in reversed(_AGES) if age <= _MONTH]
    counts = dict(zip(ages, new_users(reading, [reading.ago(age) for age in ages]), strict=False))

    def began(start: timedelta, end: timedelta) -> int:
        return sum(count for age, count in counts.items() if start < age <= end)

    for window, span in WINDOWS.items():
        yield NEW_USERS.sample(began(_NOW, span), window=window)
    for week in range(_WEEKS):
        yield WEEKLY_NEW_USERS.sample(began(week * WEEK, (week + 1) * WEEK), week=str(week))
