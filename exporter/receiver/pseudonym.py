"""Pseudonyms of users, hashed once more: who knows how clients make theirs cannot tell whose a row is."""

import hashlib
import hmac
from collections.abc import Callable

__all__ = ["pseudonyms"]

_LENGTH = 32
"""Characters of hex, 128 bits: two users among a billion fall together with a probability of less than 1 in 10^20."""


def pseudonyms(salt: str) -> Callable[[str], str]:
    """What makes of a client's user id the stored one: its HMAC-SHA256 (RFC 2104) under the salt, cut to 32 characters of hex."""
    key = salt.encode()

    def pseudonym(user_id: str) -> str:
        return hmac.digest(key, user_id.encode(), hashlib.sha256).hex()[:_LENGTH]

    return pseudonym
