"""What a GitHub App signs with its private key.

PyJWT and cryptography come with an extra, and are imported only where they are needed.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import SecretStr

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

__all__ = ["check_key", "signed"]

_BACKDATED = timedelta(seconds=60)
"""Against clocks that differ: GitHub refuses what was signed in its future."""
_VALID = timedelta(minutes=9)
"""GitHub allows ten minutes by its own clock."""


def check_key(key: SecretStr) -> SecretStr:
    """The key, if it can sign; raises ValueError with a text for whoever configured it."""
    _loaded(key)
    return key


def signed(issuer: str, key: SecretStr, now: datetime) -> str:
    """A JSON Web Token (RFC 7519, RS256) by which GitHub knows an App, its issuer; raises ValueError as `check_key` does."""
    loaded = _loaded(key)
    import jwt

    claims = {"iat": int((now - _BACKDATED).timestamp()), "exp": int((now + _VALID).timestamp()), "iss": issuer}
    return jwt.encode(claims, loaded, algorithm="RS256")


def _loaded(key: SecretStr) -> "RSAPrivateKey":
    try:
        import jwt  # noqa: F401 - cryptography alone may be there for others
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ImportError:
        raise ValueError("needs the extra github-app: pip install 'kpi-exporter[github-app]'") from None
    try:
        # Windows line ends and spaces around it do no harm.
        loaded = load_pem_private_key(key.get_secret_value().strip().encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # TypeError: it is encrypted.
        loaded = None
    if not isinstance(loaded, RSAPrivateKey):
        raise ValueError("must be the private key of the App as GitHub gives it: an RSA key in PEM form, without a password")
    return loaded
