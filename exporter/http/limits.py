"""Reads what upstreams say of their rate limits. Pure: headers, a body and the time in; never an error out."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

__all__ = ["Quota", "limited_until", "quota"]

DEFAULT_WAIT = timedelta(seconds=60)
"""For an upstream that asks to wait and does not say how long."""
SHORTEST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(hours=24)

_NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]{1,15})?")
_RESOURCE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_EPOCH = 1_000_000_000
"""Numbers from here on are moments (seconds since 1970), smaller ones are waits: 1e9 seconds are 31 years."""


@dataclass(frozen=True, slots=True)
class Quota:
    """What an upstream says of one of its quotas; `reset` is in seconds since the epoch."""

    resource: str
    limit: float | None
    remaining: float
    reset: float | None


def quota(headers: Mapping[str, str], now: datetime) -> Quota | None:
    """The quota that an answer tells of in its x-ratelimit headers (names in lower case), None where it does not."""
    remaining = _number(headers.get("x-ratelimit-remaining"))
    if remaining is None:
        return None
    resource = headers.get("x-ratelimit-resource", "")
    reset = _moment(headers.get("x-ratelimit-reset"), now)
    return Quota(
        resource if _RESOURCE.fullmatch(resource) else "",
        _number(headers.get("x-ratelimit-limit")),
        remaining,
        None if reset is None else reset.timestamp(),
    )


def limited_until(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> datetime | None:
    """The moment until which an answer asks to wait, None where it does not ask.

    429 always asks; 403 where a header or the text says that a rate limit is the cause; 503 where it names a time.
    The moment is between a second and a day from `now`; without a usable one in the answer it is a minute away.
    """
    asked = _asked(headers, now)
    spent = _number(headers.get("x-ratelimit-remaining")) == 0
    if status == 403:
        if not (_names_a_wait(headers) or spent or b"secondary rate limit" in body.lower()):
            return None
    elif status == 503:
        if asked is None:
            return None
    elif status != 429:
        return None
    until = asked or _from_reset(headers, body, now) or now + DEFAULT_WAIT
    return min(max(until, now + SHORTEST_WAIT), now + LONGEST_WAIT)


def _names_a_wait(headers: Mapping[str, str]) -> bool:
    return "retry-after" in headers or "x-retry-after" in headers


def _asked(headers: Mapping[str, str], now: datetime) -> datetime | None:
    # Docker Hub writes X-Retry-After, and a moment in it.
    return _moment(headers.get("retry-after"), now) or _moment(headers.get("x-retry-after"), now)


def _from_reset(headers: Mapping[str, str], body: bytes, now: datetime) -> datetime | None:
    wait = _number(headers.get("x-ratelimit-reset-after"))
    if wait is None:
        wait = _retry_after_of(body)
    if wait is not None:
        return now + timedelta(seconds=min(wait, LONGEST_WAIT.total_seconds()))
    if _number(headers.get("x-ratelimit-remaining")):
        # Another limit than the one that these headers describe is reached.
        return None
    return _moment(headers.get("x-ratelimit-reset"), now)


def _retry_after_of(body: bytes) -> float | None:
    """The member `retry_after` of a JSON object, as Discord sends it."""
    try:
        said: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None
    wait = said.get("retry_after") if isinstance(said, dict) else None
    if not isinstance(wait, int | float) or not 0 <= wait < math.inf:
        return None
    return float(min(wait, LONGEST_WAIT.total_seconds()))


def _number(text: str | None) -> float | None:
    return float(text) if text is not None and _NUMBER.fullmatch(text) else None


def _moment(text: str | None, now: datetime) -> datetime | None:
    """A wait in seconds, seconds since the epoch, an HTTP date or an ISO date; None for anything else and for the past."""
    number = _number(text)
    if number is not None:
        seconds = number - now.timestamp() if number >= _EPOCH else number
        return None if seconds < 0 else now + timedelta(seconds=min(seconds, LONGEST_WAIT.total_seconds()))
    moment = _date(text) if text else None
    return moment if moment and moment >= now else None


def _date(text: str) -> datetime | None:
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = read(text)
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
    return None
