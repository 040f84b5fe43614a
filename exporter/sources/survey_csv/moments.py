"""The many ways in which tools write a time."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

__all__ = ["read_moment"]

_YEAR_FIRST = re.compile(
    r"""
    (?P<year>[0-9]{4}) (?P<sign>[-/.]) (?P<month>[0-9]{1,2}) (?P=sign) (?P<day>[0-9]{1,2})
    (?:
        (?:\s+|T) (?P<hour>[0-9]{1,2}) : (?P<minute>[0-9]{2}) (?: : (?P<second>[0-9]{2}) (?:[.,][0-9]+)? )?
        (?: \s* (?P<half>[AP]M) )?
    )?
    (?: \s* (?P<zone> Z | (?:UTC|GMT) | (?:UTC|GMT)? (?P<offset>[+-][0-9]{1,2}) (?: :?(?P<more>[0-9]{2}) )? ) )?
    """,
    re.VERBOSE | re.ASCII | re.IGNORECASE,
)
_NOON = 12


def read_moment(text: str, zone: tzinfo, date_format: str | None = None) -> datetime | None:
    """The moment (UTC) that is written; None where none is. `zone` is that of a time that does not tell its own.

    Without `date_format` the year comes first: `2026-01-20 10:30`, `2026-01-20T10:30:00Z`, `2026/01/20 10:30:00 AM GMT+1`. A day
    without a time begins at midnight. Of two moments in the hour that clocks go back the first is meant.
    """
    try:
        moment = _year_first(text.strip()) if date_format is None else datetime.strptime(text.strip(), date_format)  # noqa: DTZ007
        if moment is None:
            return None
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _year_first(text: str) -> datetime | None:
    """The moment in a text with the year first, with its zone where it tells one; raises ValueError where there is none such."""
    match = _YEAR_FIRST.fullmatch(text)
    if match is None:
        return None
    hour, half = int(match["hour"] or 0), (match["half"] or "").upper()
    if half:
        if not 1 <= hour <= _NOON:
            return None
        hour = hour % _NOON + (_NOON if half == "PM" else 0)
    moment = datetime(  # noqa: DTZ001 - its zone may come next
        int(match["year"]), int(match["month"]), int(match["day"]), hour, int(match["minute"] or 0), int(match["second"] or 0)
    )
    return moment.replace(tzinfo=_offset(match["offset"], match["more"])) if match["zone"] else moment


def _offset(hours: str | None, minutes: str | None) -> tzinfo:
    if hours is None:
        return UTC
    sign = -1 if hours.startswith("-") else 1
    return timezone(sign * timedelta(hours=abs(int(hours)), minutes=int(minutes or 0)))
