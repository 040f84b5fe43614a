"""Durations as Prometheus writes them: 30s, 15m, 1h30m, 7d."""

import re
from datetime import timedelta

__all__ = ["format_duration", "parse_duration"]

_UNITS = {"y": 365 * 86_400_000, "w": 7 * 86_400_000, "d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
"""Milliseconds in each unit, the longest first."""
_PATTERN = re.compile("".join(rf"(?:(?P<{unit}>[0-9]{{1,15}}){unit})?" for unit in _UNITS))
_EXPECTED = "must be a duration such as 30s, 15m, 1h30m or 7d"
_LONGEST = timedelta(days=292 * 365)
"""Prometheus keeps durations as nanoseconds in 64 bits, which ends here."""


def parse_duration(text: object) -> timedelta:
    """The duration that a text such as `1h30m` names; raises ValueError, saying what was expected, for anything else.

    Units are y (365 days), w, d, h, m, s and ms, each at most once and in this order, as in Prometheus; `0` needs no unit.
    """
    if isinstance(text, timedelta):
        return text
    if text == "0" or (type(text) is int and text == 0):
        return timedelta(0)
    match = _PATTERN.fullmatch(text) if isinstance(text, str) and text else None
    if match is None:
        raise ValueError(_EXPECTED)
    milliseconds = sum(int(number) * _UNITS[unit] for unit, number in match.groupdict().items() if number)
    if milliseconds > _LONGEST // timedelta(milliseconds=1):
        raise ValueError("must not be longer than 292y")
    return timedelta(milliseconds=milliseconds)


def format_duration(duration: timedelta) -> str:
    """The text, such as 7d or 1h30m, that `parse_duration` reads as this duration, rounded to milliseconds.

    Weeks and years are written in days, so that a window has one name only. A duration is not negative.
    """
    rest = round(duration / timedelta(milliseconds=1))
    parts = []
    for unit in ("d", "h", "m", "s", "ms"):
        number, rest = divmod(rest, _UNITS[unit])
        if number:
            parts.append(f"{number}{unit}")
    return "".join(parts) or "0s"
