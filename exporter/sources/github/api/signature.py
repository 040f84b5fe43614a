"""What a GitHub App signs with its private key."""

from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import SecretStr

from exporter.sources.signature import load_key, sign

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

__all__ = ["check_key", "signed"]


def check_key(key: SecretStr) -> SecretStr:
    """The key, if it can sign; raises ValueError with a text for whoever configured it."""
    _loaded(key)
    return key


def signed(issuer: str, key: SecretStr, now: datetime) -> str:
    """A JSON Web Token by which GitHub knows an App, its issuer; raises ValueError as `check_key` does."""
    return sign({"iss": issuer}, _loaded(key), now)


def _loaded(key: SecretStr) -> "RSAPrivateKey":
    loaded = load_key(key, "github-app")
    if loaded is None:
        raise ValueError("must be the private key of the App as GitHub gives it: an RSA key in PEM form, without a password")
    return loaded
