"""Basic authentication against bcrypt hashes."""

import base64
import binascii
import hashlib
import secrets
import threading
from collections.abc import Callable, Mapping

from exporter.errors import KpiExporterError

__all__ = ["BasicAuth"]

_SIGNIFICANT = 72
"""bcrypt reads this many bytes of a password; tools that make hashes cut off the rest."""

_REMEMBERED = 64
"""Most logins whose success is kept; far more than the few users the format is meant for."""

Check = Callable[[bytes, bytes], bool]


class BasicAuth:
    """Says who may ask, given bcrypt hashes by user name; raises KpiExporterError when bcrypt is needed and not installed.

    `check` says whether a password belongs to a hash, and is bcrypt's own where none is given.
    A success is remembered under a keyed hash, so that a scrape does not pay bcrypt each time and memory holds no password.
    """

    def __init__(self, hashes: Mapping[str, str], check: Check | None = None) -> None:
        self._check = check or _bcrypt()
        self._hashes = {user.encode(): digest.encode() for user, digest in hashes.items()}
        # An unknown user costs as much as the most expensive known one, so that the time an answer takes names nobody.
        self._decoy = max(self._hashes.values(), key=lambda digest: digest[4:6])
        self._key = secrets.token_bytes(32)
        self._known: set[bytes] = set()
        self._lock = threading.Lock()

    def admits(self, authorization: str) -> bool:
        """Whether the value of an Authorization header names a user and the right password."""
        login = _login(authorization)
        if login is None:
            return False
        digest = hashlib.blake2b(b"%d:%b:%b" % (len(login[0]), *login), key=self._key).digest()
        if digest in self._known:
            return True
        user, password = login
        # One at a time: whoever guesses passwords gets one processor, not all. Who is known does not wait here.
        with self._lock:
            matches = self._matches(password, self._hashes.get(user, self._decoy))
            if not (matches and user in self._hashes):
                return False
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known.add(digest)
        return True

    def _matches(self, password: bytes, digest: bytes) -> bool:
        try:
            return self._check(password[:_SIGNIFICANT], digest)
        except ValueError:
            return False


def _bcrypt() -> Check:
    try:
        import bcrypt
    except ImportError:
        text = 'basic authentication needs the package bcrypt; install it with pip install "kpi-exporter[web]"'
        raise KpiExporterError(text) from None
    return bcrypt.checkpw


def _login(authorization: str) -> tuple[bytes, bytes] | None:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = base64.b64decode(encoded.strip(), validate=True).partition(b":")
    except (binascii.Error, ValueError):
        return None
    return (user, password) if colon else None
