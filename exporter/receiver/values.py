"""What a field of an event may be. Nothing is converted: a number in quotes is a text.

What is raised says what should stand there, never what stands there.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from exporter.document import format_duration

__all__ = ["OLDEST", "Unfit", "event_id", "flag", "moment", "number", "user_id", "whole"]

OLDEST = timedelta(days=90)
"""An event from before is refused: a client that keeps events for so long has a clock that stands still."""

_UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})")
_HASH = re.compile(r"[A-Za-z0-9_-]{16,128}")


class Unfit(Exception):
    """A field does not hold what it should; the text is the end of a sentence about it."""


def event_id(value: Any) -> UUID:
    """The id of an event; the one of zeros alone is what a program sends that makes none."""
    if not (isinstance(value, str) and _UUID.fullmatch(value) and (found := UUID(value)).int):
        raise Unfit("must be a UUID of 36 characters, new for each event")
    return found


def moment(value: Any, now: datetime, clock_skew: timedelta) -> datetime:
    """When an event happened (UTC), in whole milliseconds, which is what every warehouse can hold."""
    if not (isinstance(value, str) and _MOMENT.fullmatch(value)):
        raise Unfit("must be a moment with its zone, such as 2026-01-20T10:00:00Z")
    try:
        # Fractions are cut to microseconds.
        found = datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unfit("must be a moment that there is") from None
    if found > now + clock_skew:
        raise Unfit(f"must not be more than {format_duration(clock_skew)} in the future")
    if found < now - OLDEST:
        raise Unfit(f"must not be more than {format_duration(OLDEST)} in the past")
    return found.replace(microsecond=found.microsecond // 1000 * 1000)


def user_id(value: Any) -> str:
    """A hash that stands for a user."""
    if not (isinstance(value, str) and _HASH.fullmatch(value)):
        raise Unfit("must be a hash: 16 to 128 letters, digits, - and _")
    return value


def flag(value: Any) -> bool:
    """Yes or no."""
    if not isinstance(value, bool):
        raise Unfit("must be true or false")
    return value


def whole(value: Any, least: int, most: int) -> int:
    """A whole number."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise Unfit(f"must be a whole number from {least} to {most}")
    return value


def number(value: Any, most: int) -> float:
    """A number that is not negative."""
    # Neither an infinite number nor one that is none is within bounds.
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= most:
        raise Unfit(f"must be a number from 0 to {most}")
    return float(value)
