"""A GitHub App and where it is installed: how it proves who it is, and the tokens it is given."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from support.github.accounts import user, written
from support.github.world import LONG_AGO, Account

__all__ = ["LIFETIME", "App", "new_key", "private_pem"]

LIFETIME = timedelta(hours=1)
LONGEST_PROOF = timedelta(minutes=10)
PERMISSIONS = {"metadata": "read", "issues": "read", "pull_requests": "read", "contents": "read"}

_numbers = count(1)


@cache
def new_key(name: str) -> rsa.RSAPrivateKey:
    """A private key for tests, the same for the same name."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def private_pem(key: rsa.RSAPrivateKey) -> str:
    """A private key as GitHub hands it out."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()


@dataclass(eq=False)
class App:
    """An App that is installed once, for all repositories of an owner, with `permissions`."""

    app_id: int = 4711
    client_id: str = "Iv1.plantedclient"
    installation_id: int = 77
    permissions: dict[str, str] = field(default_factory=lambda: dict(PERMISSIONS))
    owner: Account = field(default_factory=lambda: Account("acme", "Organization"))
    key: rsa.RSAPrivateKey = field(default_factory=lambda: new_key("app"))
    suspended: bool = False

    def proves_itself(self, authorization: str, now: datetime) -> bool:
        """Whether a header holds a proof that the App signed for these minutes, by GitHub's rules."""
        scheme, _, proof = authorization.partition(" ")
        try:
            # The clock is the world's, not that of this machine.
            said = jwt.decode(
                proof,
                self.key.public_key(),
                algorithms=["RS256"],
                options={"require": ["iat", "exp", "iss"], "verify_exp": False, "verify_iat": False, "verify_iss": False},
            )
        except jwt.InvalidTokenError:
            return False
        start, end, today = said["iat"], said["exp"], now.timestamp()
        known = str(said["iss"]) in (str(self.app_id), self.client_id)
        return scheme == "Bearer" and known and start <= today < end <= today + LONGEST_PROOF.total_seconds()

    def new_token(self, wanted: dict[str, Any], now: datetime) -> dict[str, Any] | None:
        """A new token for what is wanted, None where that is more than the App may do."""
        asked = wanted.get("permissions") or self.permissions
        if not all(self.permissions.get(name) in (level, "write") for name, level in asked.items()):
            return None
        token = f"ghs_planted{next(_numbers):04d}_{'x' * 60}"
        return {
            "token": token,
            "expires_at": written(now + LIFETIME),
            "permissions": dict(asked),
            "repository_selection": "selected" if wanted.get("repositories") else "all",
        }

    def installation(self, root: str) -> dict[str, Any]:
        """Where the App is installed, as it is told about that."""
        url = f"{root}/app/installations/{self.installation_id}"
        return {
            "id": self.installation_id,
            "account": user(self.owner),
            "repository_selection": "all",
            "access_tokens_url": f"{url}/access_tokens",
            "repositories_url": f"{root}/installation/repositories",
            "html_url": url,
            "app_id": self.app_id,
            "client_id": self.client_id,
            "app_slug": "planted-app",
            "target_id": 1,
            "target_type": self.owner.kind,
            "permissions": self.permissions,
            "events": [],
            "created_at": written(LONG_AGO),
            "updated_at": written(LONG_AGO),
            "single_file_name": None,
            "suspended_by": None,
            "suspended_at": written(LONG_AGO) if self.suspended else None,
        }
