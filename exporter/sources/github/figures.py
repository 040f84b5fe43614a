"""How figures are made of facts: windows, statistics, shares, working time. Pure functions; moments are seconds since 1970."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from statistics import fmean

__all__ = ["DAY", "WINDOWS", "percentile", "seconds_between", "share", "statistics"]

DAY = 86_400
WINDOWS = {"24h": DAY, "7d": 7 * DAY, "30d": 30 * DAY, "90d": 90 * DAY}
"""The lengths of the windows in seconds, by their names in the label `window`. A window begins just after its start."""

_SATURDAY = 5


def statistics(values: Sequence[float]) -> Iterator[tuple[str, float]]:
    """Mean, median and p90 of values by name; nothing where there are none."""
    if values:
        ordered = sorted(values)
        yield "mean", fmean(ordered)
        yield "median", percentile(ordered, 0.5)
        yield "p90", percentile(ordered, 0.9)


def percentile(ordered: Sequence[float], share_below: float) -> float:
    """The continuous percentile of ordered values, as `percentile_cont` of SQL has it: between two values it is interpolated."""
    position = (len(ordered) - 1) * share_below
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def share(part: int, whole: int) -> float | None:
    """A share of a whole; None where there is no whole to have a share of."""
    return part / whole if whole else None


def seconds_between(start: float, end: float, *, business_days: bool) -> float:
    """The time from one moment to a later one, in seconds; with `business_days` without the Saturdays and Sundays of UTC."""
    if not business_days:
        return end - start
    return _worked(end) - _worked(start)


def _worked(moment: float) -> float:
    """Seconds of Mondays to Fridays (UTC) since Monday, 5 January 1970."""
    monday = datetime(1970, 1, 5, tzinfo=UTC).timestamp()
    weeks, rest = divmod(moment - monday, timedelta(weeks=1).total_seconds())
    return (weeks * _SATURDAY * DAY) + min(rest, _SATURDAY * DAY)
