"""First success: how long it takes from installing the program to a command that worked."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import case, literal, select

from exporter.facts import Sample
from exporter.sources.telemetry.figures.installs import first_installs
from exporter.sources.telemetry.figures.percentiles import distributions
from exporter.sources.telemetry.metrics import FIRST_SUCCESS_SECONDS
from exporter.sources.telemetry.reading import Reading

__all__ = ["samples"]

_SPAN = timedelta(days=30)
_PERCENTS = {"median": 50, "p90": 90}
_MILLISECONDS = 3
"""Digits after the point of a second; the engines differ in those that follow."""


def samples(reading: Reading) -> Iterator[Sample]:
    """Mean, median and p90 of the seconds from first installation to first success, over users who installed in the last 30 days.

    A success up to `clock_skew` before the installation comes from another clock, and took no time. Of fewer than `min_group`
    users nothing is told.
    """
    downloads = reading.warehouse.relation("downloads", "user_id")
    feedback = reading.warehouse.relation("command_feedback", "user_id", "success")
    start, skew = reading.ago(_SPAN), reading.config.clock_skew
    installs = first_installs(downloads, start, reading.now)
    taken = feedback.first - installs.c.installed
    users = (
        select(literal("").label("word"), case((taken < 0, 0.0), else_=taken).label("value"))
        .join_from(installs, feedback.rows, feedback["user_id"] == installs.c.user_id)
        .where(
            feedback.between(start - skew, reading.now),
            feedback["success"],
            feedback.seconds >= installs.c.installed - skew.total_seconds(),
        )
        .group_by(installs.c.user_id, installs.c.installed)
    )
    for distribution in distributions(reading.warehouse, users, _PERCENTS).values():
        if distribution.size >= reading.config.min_group:
            for statistic, seconds in {"mean": distribution.mean, **distribution.percentiles}.items():
                yield FIRST_SUCCESS_SECONDS.sample(round(seconds, _MILLISECONDS), statistic=statistic, window="30d")
