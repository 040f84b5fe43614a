"""Whether something on this machine answers."""

import urllib.request

__all__ = ["answers"]

_SECONDS = 2.0


def answers(url: str) -> bool:
    """Whether an address answers, and well."""
    try:
        with urllib.request.urlopen(url, timeout=_SECONDS) as answer:  # noqa: S310 - an address of this demo
            return bool(answer.status == 200)
    except OSError:
        return False
