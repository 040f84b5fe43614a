"""Tokens that a program signs with its private key to say who it is: JSON Web Tokens (RFC 7519), signed by RS256.

PyJWT and cryptography come with an extra, and are imported only where they are needed.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import SecretStr

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

__all__ = ["load_key", "sign"]

_BACKDATED = timedelta(seconds=60)
"""Against clocks that differ: whoever checks a token refuses one that was signed in the future."""
_VALID = timedelta(minutes=9)
"""GitHub allows ten minutes by its own clock, Google an hour."""


def load_key(pem: SecretStr, extra: str) -> "RSAPrivateKey | None":
    """The RSA key that stands in PEM form in a text, None where it holds none without a password.

    Raises ValueError, with a text for whoever configured the key, where the packages of the `extra` are not installed.
    """
    try:
        import jwt  # noqa: F401 - cryptography alone may be there for others
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ImportError:
        raise ValueError(f"needs the extra {extra}: pip install 'kpi-exporter[{extra}]'") from None
    try:
        # Windows line ends and spaces around it do no harm.
        loaded = load_pem_private_key(pem.get_secret_value().strip().encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # TypeError: it is encrypted.
        return None
    return loaded if isinstance(loaded, RSAPrivateKey) else None


def sign(claims: Mapping[str, str], key: "RSAPrivateKey", now: datetime) -> str:
    """A token with these claims that holds at `now`, from a minute before to nine minutes after."""
    import jwt

    times = {"iat": int((now - _BACKDATED).timestamp()), "exp": int((now + _VALID).timestamp())}
    return jwt.encode({**times, **claims}, key, algorithm="RS256")
