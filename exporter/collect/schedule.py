"""When a source is refreshed next. Pure functions."""

from datetime import datetime, timedelta

from exporter.collect.job import Health

__all__ = ["next_refresh"]

JITTER = 0.1
"""Share of a delay by which it is spread, so that many sources and many exporters do not ask at once."""
FIRST_RETRY = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=24)


def next_refresh(health: Health, failures: int, interval: timedelta, now: datetime, random: float) -> datetime:
    """When to refresh again, after `failures` refreshes in a row that brought nothing; `random` is uniform in 0..1.

    A source that answers is asked once an interval. One that fails is asked again after 30 s, then twice as long each time, up to
    its interval. One that asked to wait is not asked before that, for at most a day.
    """
    delay = interval
    if failures:
        delay = min(interval, FIRST_RETRY * 2 ** min(failures - 1, 16))
    due = now + delay * (1 - JITTER + 2 * JITTER * random)
    if health.wait_until is not None:
        wait = min(health.wait_until, now + LONGEST_WAIT)
        due = max(due, wait + FIRST_RETRY * JITTER * random)
    return due
