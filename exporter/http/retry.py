"""When asking again helps, and how long to wait before it. Pure."""

from exporter.errors import Reason

__all__ = ["RETRIES", "SHORT_WAIT", "backoff", "worth_another_try"]

RETRIES = 2
"""Tries after the first one."""
SHORT_WAIT = 5.0
"""The longest wait, in seconds, that an upstream may ask for and that is spent waiting here."""

_FIRST = 1.0
_LONGEST = 10.0
_PASSING = frozenset({Reason.TIMEOUT, Reason.CONNECTION})
_PASSING_STATUS = frozenset({500, 502, 503, 504})


def worth_another_try(reason: Reason, status: int | None) -> bool:
    """Whether the same request may well succeed in a moment; `status` is None where no whole answer came."""
    return reason in _PASSING if status is None else status in _PASSING_STATUS


def backoff(tried: int, chance: float) -> float:
    """Seconds to wait after `tried` tries: a share, `chance` (0 to 1), of a bound that doubles with each try.

    Exponential backoff with full jitter: clients that failed together do not come back together.
    """
    return chance * min(_LONGEST, _FIRST * 2.0 ** (tried - 1))
