"""Crashes: how many there were, and how many for each session."""

from collections.abc import Iterator, Mapping

from exporter.facts import Sample
from exporter.sources.telemetry.figures.counts import EVENTS, Events, by_window, by_word, events_with, of_week
from exporter.sources.telemetry.figures.optional import optional
from exporter.sources.telemetry.figures.sessions import SESSIONS
from exporter.sources.telemetry.figures.users import users_between
from exporter.sources.telemetry.metrics import CRASH_RATIO, PLATFORM_CRASH_RATIO, PLATFORM_CRASHES, TOTAL_CRASHES, VERSION_CRASHES
from exporter.sources.telemetry.reading import WINDOWS, Reading
from exporter.sources.telemetry.warehouse import Relation

__all__ = ["samples"]

_CRASHES = Events("crashes")


def samples(reading: Reading) -> Iterator[Sample]:
    """Crashes by window, by platform and by version; for each session, or for each active user where there are no sessions."""
    relation = reading.warehouse.relation("crashes")
    runs, users = optional(reading, "sessions"), optional(reading, "command_generated", "user_id")
    divisors = _sessions(reading) if runs else _active_users(reading) if users else {}
    for window, sums in by_window(reading, _CRASHES):
        crashes = sums.get(EVENTS, 0)
        yield TOTAL_CRASHES.sample(crashes, window=window)
        if divisors.get(window):
            yield CRASH_RATIO.sample(crashes / divisors[window], window=window)
    yield from by_word(reading, PLATFORM_CRASHES, relation, "platform")
    yield from by_word(reading, VERSION_CRASHES, relation, "version")
    if relation.has("platform"):
        yield from _by_platform(reading, relation, runs, users)


def _by_platform(reading: Reading, crashes: Relation, runs: Relation | None, users: Relation | None) -> Iterator[Sample]:
    """A platform is told where enough users had sessions on it, however few crashes there were."""
    base = runs or users
    if base is None or not base.has("platform"):
        return
    crashed = of_week(reading, crashes, "platform")
    for word, group in of_week(reading, base, "platform").items():
        number, divisor = events_with(word, crashed), group.events if runs else group.users
        if number is not None and divisor and reading.groups.may_be_told(group):
            yield PLATFORM_CRASH_RATIO.sample(number / divisor, platform=word, window="7d")


def _sessions(reading: Reading) -> Mapping[str, float]:
    return {window: sums.get(EVENTS, 0) for window, sums in by_window(reading, SESSIONS)}


def _active_users(reading: Reading) -> Mapping[str, float]:
    return {window: users_between(reading.warehouse, reading.ago(span), reading.now) for window, span in WINDOWS.items()}
