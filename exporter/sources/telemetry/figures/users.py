"""Users told by their commands: who had one in some time, and when each had their first.

A command without a user is nobody's. What a statement costs follows the commands of the time in question: the first command of a
user is looked up in the index by user, never found by reading the history.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import BigInteger, Select, Subquery, case, cast, func, literal, select, union_all

from exporter.sources.telemetry.reading import Reading
from exporter.sources.telemetry.rollups import Period, midnight
from exporter.sources.telemetry.warehouse import Relation, Warehouse

__all__ = ["FirstCommands", "by_first_command", "commands_of_users", "in_parts", "new_users", "users", "users_between"]

_HOUR = timedelta(hours=1)
_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def commands_of_users(warehouse: Warehouse) -> Relation:
    """The table of commands; raises LackingError and UpstreamError."""
    return warehouse.relation("command_generated", "user_id")


def users(commands: Relation, start: datetime, end: datetime) -> Select[Any]:
    """The distinct users with a command between two moments, in the column `user_id`."""
    user = commands["user_id"]
    return select(user.label("user_id")).where(commands.between(start, end), user.is_not(None)).distinct()


def users_between(warehouse: Warehouse, start: datetime, end: datetime) -> int:
    """How many users had a command between two moments; raises UpstreamError."""
    # count(DISTINCT ...) would sort in PostgreSQL, where DISTINCT in a subquery hashes.
    found = users(commands_of_users(warehouse), start, end).subquery()
    return int(warehouse.number(select(func.count()).select_from(found)))


def in_parts(commands: Relation, periods: Sequence[Period]) -> Subquery:
    """The users with a command in some periods, at most 30 of them; `parts` is the sum of 2 to the power of the period's number
    over those in which a user had one.

    Periods that do not overlap have each command read once.
    """
    if len(periods) == 1:
        return users(commands, *periods[0]).add_columns(literal(1).label("parts")).subquery()
    found = union_all(
        *(users(commands, *period).add_columns(literal(1 << number).label("part")) for number, period in enumerate(periods))
    ).subquery()
    return select(found.c.user_id, func.sum(found.c.part).label("parts")).group_by(found.c.user_id).subquery()


def by_first_command(
    warehouse: Warehouse, periods: Sequence[Period], origin: datetime, step: timedelta
) -> Sequence[Mapping[int, int]]:
    """The users with a command in each period by when they had their first one ever: how many steps after `origin`.

    Those whose first was before `origin` are left out. Raises UpstreamError.
    """
    commands = commands_of_users(warehouse)
    found = in_parts(commands, periods)
    ever = commands.another()
    first = select(ever.first).where(ever["user_id"] == found.c.user_id, ever.counted).scalar_subquery()
    # The offset keeps both engines from looking the first command up once more for each time that it is spoken of.
    each = select(first.label("first"), found.c.parts).offset(0).subquery()
    since = _microseconds(each.c.first) - (origin - _EPOCH) // _MICROSECOND
    steps = (since // literal(step // _MICROSECOND, BigInteger)).label("steps")
    counts = (func.count(case((each.c.parts.bitwise_and(1 << number) != 0, 1))) for number in range(len(periods)))
    rows = warehouse.rows(select(steps, *counts).where(since >= 0).group_by(steps))
    return [{int(row[0]): int(row[1 + number]) for row in rows if row[1 + number]} for number in range(len(periods))]


class FirstCommands:
    """How many users had their first command ever in each hour: the hours since 1970 are the names.

    It is asked for from the beginning of an hour on.
    """

    name = "first commands by hour"

    def __call__(self, warehouse: Warehouse, start: datetime, end: datetime) -> Mapping[str, float]:
        (hours,) = by_first_command(warehouse, [Period(start, end)], start, _HOUR)
        begins = _hour(start)
        return {str(begins + hour): count for hour, count in hours.items()}

    def by_period(self, warehouse: Warehouse, periods: Sequence[Period]) -> Sequence[Mapping[str, float]]:
        hours = self(warehouse, periods[0].start, periods[-1].end)
        return [
            {name: count for name, count in hours.items() if _hour(period.start) <= int(name) < _hour(period.end)}
            for period in periods
        ]


_FIRST_COMMANDS = FirstCommands()


def new_users(reading: Reading, moments: Sequence[datetime]) -> Sequence[int]:
    """How many users had their first command ever between each of the moments, oldest first, and the next; raises UpstreamError.

    The moments are more than an hour apart. Whole hours are added up; an hour that a moment divides is counted in its parts.
    """
    hours = reading.sums.over(_FIRST_COMMANDS, midnight(moments[0]), moments[-1])

    def directly(start: datetime, end: datetime) -> int:
        if start == end:
            return 0
        (counts,) = by_first_command(reading.warehouse, [Period(start, end)], start, end - start)
        return sum(counts.values())

    def between(start: datetime, end: datetime) -> int:
        first = _whole_hour(start) if start == _whole_hour(start) else _whole_hour(start) + _HOUR
        last = _whole_hour(end)
        whole = sum(hours.get(str(hour), 0) for hour in range(_hour(first), _hour(last)))
        return directly(start, first) + round(whole) + directly(last, end)

    return [between(start, end) for start, end in pairwise(moments)]


def _microseconds(seconds: Any) -> Any:
    return cast(func.round(seconds * 1_000_000.0), BigInteger)


def _whole_hour(moment: datetime) -> datetime:
    return moment - (moment - _EPOCH) % _HOUR


def _hour(moment: datetime) -> int:
    return (moment - _EPOCH) // _HOUR
