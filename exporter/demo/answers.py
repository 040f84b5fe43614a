"""Whether something on this machine answers."""

import urllib.request

__all__ = ["answers"]

_SECONDS = 2.0
_DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""A proxy that is meant for the world outside cannot reach this machine."""


def answers(url: str) -> bool:
    """Whether an address answers, and well."""
    try:
        with _DIRECTLY.open(url, timeout=_SECONDS) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
