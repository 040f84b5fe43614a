"""The service account that forms are shared with: its key, and the tokens of an hour that it gets for reading.

Source: developers.google.com, "Using OAuth 2.0 for Server to Server Applications"; RFC 7523 for the grant.
"""

import ipaddress
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError

from exporter.errors import RateLimited, Reason, UpstreamError
from exporter.http import Auth, Client
from exporter.sources.signature import load_key, sign

__all__ = ["SCOPES", "Account", "AccountKey", "read_key"]

SCOPES = (
    "https://www.googleapis.com/auth/forms.body.readonly",
    "https://www.googleapis.com/auth/forms.responses.readonly",
)
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"

_EARLY = timedelta(minutes=5)
"""A token is renewed so long before its end, for a refresh that takes its time."""
_NO_KEY = "must hold the JSON key of a service account as Google gives it"
_UNSIGNED = (
    "Google does not accept the signature of the service account: check the clock of this machine, and that neither"
    " the account nor its key was disabled or deleted"
)


def _token_uri(url: str) -> str:
    """The signature goes there, and a token comes back: nobody on the way may read them."""
    parts = urlsplit(url)
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname))):
        raise ValueError("no https URL")
    return url


def _is_loopback(host: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


class AccountKey(BaseModel):
    """The members of a key file that are used."""

    model_config: ClassVar[ConfigDict] = ConfigDict(strict=True, frozen=True)

    type: Literal["service_account"]
    client_email: str = Field(min_length=1, repr=False)
    private_key: SecretStr
    token_uri: Annotated[str, AfterValidator(_token_uri)]


class _Issued(BaseModel):
    """A token, and for how many seconds it holds."""

    model_config: ClassVar[ConfigDict] = ConfigDict(strict=True, frozen=True)

    access_token: str = Field(pattern=r"^[!-~]+$", repr=False)
    expires_in: Annotated[int, Field(ge=1, le=86_400)]


def read_key(content: SecretStr) -> AccountKey:
    """The key of an account; raises ValueError with a text for whoever configured it, which shows nothing of the key."""
    try:
        key = AccountKey.model_validate_json(content.get_secret_value())
    except ValidationError as error:
        wrong = sorted({str(detail["loc"][0]) for detail in error.errors() if detail["loc"]})
        key, members = None, f": its {', '.join(wrong)} cannot be used" if wrong else ""
    if key is None:
        raise ValueError(f"{_NO_KEY}{members}")
    if load_key(key.private_key, "google") is None:
        raise ValueError(f"{_NO_KEY}: its private_key cannot be used")
    return key


class Account:
    """A service account, and the token that it has at the moment; it lives as long as its source."""

    def __init__(self, key: AccountKey) -> None:
        self._key = key
        self._token: SecretStr | None = None
        self._good_until: datetime | None = None

    def auth(self, client: Client, now: datetime) -> Auth:
        """What to send with a request; raises UpstreamError, AUTH with what an operator can do."""
        if self._token is None or self._good_until is None or now >= self._good_until:
            issued = self._issued(client, now)
            self._token = SecretStr(issued.access_token)
            self._good_until = now + timedelta(seconds=issued.expires_in) - _EARLY
        return Auth(f"Bearer {self._token.get_secret_value()}", "service account")

    def renew(self) -> None:
        """Told that the last token was refused: the next one is a new one."""
        self._token = None

    def _issued(self, client: Client, now: datetime) -> _Issued:
        try:
            answer: Any = client.post_form(self._key.token_uri, form={"grant_type": GRANT, "assertion": self._signed(now)}).json()
        except RateLimited:
            raise
        except UpstreamError as error:
            # OAuth answers a grant that it does not accept with 400 (RFC 6749, 5.2); of its reasons the clock is the commonest.
            raise UpstreamError(Reason.AUTH, _UNSIGNED) if error.status in (400, 401) else error from None
        with suppress(ValidationError):
            return _Issued.model_validate(answer)
        raise UpstreamError(Reason.MALFORMED, "Google answered no usable token")

    def _signed(self, now: datetime) -> str:
        key = load_key(self._key.private_key, "google")
        assert key is not None  # the configuration was checked
        return sign({"iss": self._key.client_email, "aud": self._key.token_uri, "scope": " ".join(SCOPES)}, key, now)
