"""Activation: of those who installed the program, who had a command within a day of it."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import and_, case, func, select

from exporter.facts import Sample
from exporter.sources.telemetry.figures.installs import first_installs
from exporter.sources.telemetry.metrics import ACTIVATED_USERS, INSTALLED_USERS
from exporter.sources.telemetry.reading import Reading

__all__ = ["samples"]

_DAY = timedelta(days=1)
_EARLIEST = timedelta(days=8)


def samples(reading: Reading) -> Iterator[Sample]:
    """Users who installed first 8 days ago to just over 1 day ago, and those of them with a command within 24 hours of it.

    A command up to `clock_skew` before the installation counts too: the two moments may come from different clocks.
    """
    downloads = reading.warehouse.relation("downloads", "user_id")
    commands = reading.warehouse.relation("command_generated", "user_id")
    start, end, skew = reading.ago(_EARLIEST), reading.ago(_DAY), reading.config.clock_skew
    installs = first_installs(downloads, start, end)
    soon = commands.seconds.between(installs.c.installed - skew.total_seconds(), installs.c.installed + _DAY.total_seconds())
    joined = installs.outerjoin(
        commands.rows, and_(commands["user_id"] == installs.c.user_id, commands.between(start - skew, reading.now), soon)
    )
    activated = func.max(case((commands["user_id"].is_not(None), 1), else_=0))
    users = select(activated.label("activated")).select_from(joined).group_by(installs.c.user_id).subquery()
    row = reading.warehouse.rows(select(func.count(), func.sum(users.c.activated)).select_from(users))[0]
    yield INSTALLED_USERS.sample(row[0])
    yield ACTIVATED_USERS.sample(row[1] or 0)
