"""When users installed the program for the first time."""

from datetime import datetime

from sqlalchemy import Subquery, exists, select

from exporter.sources.telemetry.warehouse import Relation

__all__ = ["first_installs"]


def first_installs(downloads: Relation, start: datetime, end: datetime) -> Subquery:
    """The users whose first download ever lies between two moments: `user_id`, and `installed` in seconds since 1970."""
    user, earlier = downloads["user_id"], downloads.another()
    within = (
        select(user.label("user_id"), downloads.first.label("installed"))
        .where(downloads.between(start, end), user.is_not(None))
        .group_by(user)
        .subquery()
    )
    before = exists().where(earlier["user_id"] == within.c.user_id, earlier.before(start))
    return select(within).where(~before).subquery()
