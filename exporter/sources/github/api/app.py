"""A GitHub App: says who it is by its signature, and gets tokens of an hour for one installation.

Sources: docs.github.com, "Generating a JSON Web Token (JWT) for a GitHub App" and "Generating an installation access token".
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from pydantic import Field, SecretStr

from exporter.errors import RateLimited, Reason, UpstreamError
from exporter.http import Auth, Client
from exporter.logs import fields
from exporter.sources.github.api.answer import Count, Moment, read
from exporter.sources.github.api.credentials import Credential
from exporter.sources.github.api.rest import HEADERS, RestAnswer
from exporter.sources.github.api.signature import signed

__all__ = ["App"]

log = logging.getLogger(__name__)

_EARLY = timedelta(minutes=5)
"""A token is renewed so long before its end, and used for so long in any case: by a wrong clock it may seem to have ended."""

_UNSIGNED = "GitHub does not accept the signature of the App: check app_id, the private key, and the clock of this machine"
_NO_TOKEN: Mapping[int, str] = {
    401: _UNSIGNED,
    403: "GitHub refuses a token for the installation of the App: it may be suspended",
    404: "the App has no such installation: check installation_id, or install the App again",
}
_GONE = 404
_UNGRANTED = 422


class _Installation(RestAnswer):
    """An installation of the App, and what it was granted."""

    id: Count
    permissions: dict[str, str]
    suspended_at: Moment | None = None


class _Issued(RestAnswer):
    """A token of an installation. It may be of any length and form."""

    token: SecretStr = Field(min_length=1)
    expires_at: Moment


class App(Credential):
    """The installation of a GitHub App whose REST API is below `root`, and the token that it has at the moment.

    `issuer` is the id of the App or its client id. Tokens are asked for with the least `permissions` that are needed, such as
    {"issues": "read"}, or with those among them that were granted. Without an `installation`, the first of the paths `found_at`
    tells which it is.
    """

    def __init__(
        self,
        root: str,
        issuer: str,
        key: SecretStr,
        *,
        installation: int | None,
        found_at: Sequence[str],
        permissions: Mapping[str, str],
    ) -> None:
        self.name = "app"
        self._root = root
        self._issuer = issuer
        self._key = key
        self._configured = installation
        self._found: int | None = None
        self._found_at = found_at
        self._permissions = dict(permissions)
        self._token: SecretStr | None = None
        self._good_until: datetime | None = None
        self._lacking: list[str] = []

    def authorization(self, client: Client, now: datetime) -> str:
        """The token of the installation, renewed where it ends soon; raises UpstreamError, AUTH with what an operator can do."""
        if self._token is None or self._good_until is None or now >= self._good_until:
            issued = self._issued(client, now)
            self._token = issued.token
            self._good_until = max(issued.expires_at - _EARLY, now + _EARLY)
        return f"Bearer {self._token.get_secret_value()}"

    def renew(self) -> bool:
        self._token = None
        return True

    def _issued(self, client: Client, now: datetime) -> _Issued:
        auth = self._signed(now)
        installation = self._configured or self._found or self._find(client, auth)
        try:
            return self._token_of(installation, self._permissions, client, auth)
        except UpstreamError as error:
            if error.status == _GONE:
                # It may have been installed again, under another number.
                self._found = None
            if error.status != _UNGRANTED:
                raise _told(error, _NO_TOKEN) from None
        try:
            return self._token_of(installation, self._granted(installation, client, auth), client, auth)
        except UpstreamError as error:
            raise _told(error, _NO_TOKEN) from None

    def _signed(self, now: datetime) -> Auth:
        try:
            return Auth(f"Bearer {signed(self._issuer, self._key, now)}", self.name)
        except ValueError as error:
            raise UpstreamError(Reason.AUTH, f"private_key {error}") from None

    def _token_of(self, installation: int, permissions: Mapping[str, str], client: Client, auth: Auth) -> _Issued:
        url = f"{self._root}/app/installations/{installation}/access_tokens"
        return read(_Issued, client.post(url, json={"permissions": permissions}, headers=HEADERS, auth=auth).json())

    def _find(self, client: Client, auth: Auth) -> int:
        """The number of the installation, where the configuration does not tell it."""
        for path in self._found_at:
            try:
                found = self._installation(path, client, auth)
            except UpstreamError as error:
                if error.status != _GONE:
                    raise _told(error, {401: _UNSIGNED}) from None
                continue
            if found.suspended_at is not None:
                raise UpstreamError(Reason.AUTH, "the installation of the App is suspended")
            self._found = found.id
            return found.id
        raise UpstreamError(Reason.AUTH, f"the App is not installed where it is looked for: {', '.join(self._found_at)}")

    def _granted(self, installation: int, client: Client, auth: Auth) -> dict[str, str]:
        """The permissions that are wanted and were granted; whatever needs another fails on its own."""
        granted = self._installation(f"/app/installations/{installation}", client, auth).permissions
        lacking = sorted(self._permissions.keys() - granted.keys())
        if lacking != self._lacking:
            self._lacking = lacking
            log.warning("the App lacks permissions", extra=fields(permissions=", ".join(lacking)))
        return {name: access for name, access in self._permissions.items() if name in granted}

    def _installation(self, path: str, client: Client, auth: Auth) -> _Installation:
        return read(_Installation, client.get(f"{self._root}{path}", headers=HEADERS, auth=auth, conditional=False).json())


def _told(error: UpstreamError, texts: Mapping[int, str]) -> UpstreamError:
    """The error in words that say what an operator can do, where it is of that kind."""
    text = None if isinstance(error, RateLimited) else texts.get(error.status or 0)
    return error if text is None else UpstreamError(Reason.AUTH, text)
