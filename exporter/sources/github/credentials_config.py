"""What an operator writes so that GitHub may be asked: a token, several, or a GitHub App."""

import re
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator

from exporter.config.github import TokenValue
from exporter.config.types import UNREAD, BaseUrl, Called, HttpSourceConfig, MultiLineSecret, Section
from exporter.sources.github.api.signature import check_key

__all__ = ["CredentialsConfig"]

_APP = re.compile(r"[A-Za-z0-9._-]{1,100}")


def _key(key: SecretStr) -> SecretStr:
    return key if key == UNREAD else check_key(key)


def _app(app_id: Any) -> Any:
    """The id of an App is a number, its client id a text; GitHub takes both."""
    return str(app_id) if isinstance(app_id, int) and not isinstance(app_id, bool) else app_id


def _of_app(app_id: str) -> str:
    if not _APP.fullmatch(app_id):
        raise ValueError("must be the id of a GitHub App or its client id")
    return app_id


class TokenConfig(Section):
    """One of several tokens."""

    token: TokenValue = Field(description="Access token, as `token`.")


class CredentialsConfig(HttpSourceConfig):
    """The keys that say where GitHub is, with what credentials it is asked, and how much of their quota may be used."""

    base_url: BaseUrl = Field(
        "https://api.github.com",
        description="Root of the API; for GitHub Enterprise Server https://HOST/api/v3.",
    )
    token: TokenValue | None = Field(
        None,
        description="Access token that may read metadata, issues, pull requests and contents of the repositories. This, `tokens`"
        " or `app_id` is needed.",
    )
    tokens: tuple[TokenConfig, ...] = Field(
        (), description="Several access tokens instead, of different accounts, which take turns; each must see all repositories."
    )
    app_id: Annotated[str, BeforeValidator(_app), AfterValidator(_of_app), Called("number or text")] | None = Field(
        None, description="Id or client id of a GitHub App to read as, with `private_key`; needs the extra `github-app`."
    )
    installation_id: Annotated[int, Field(ge=1)] | None = Field(
        None, description="Installation of the App; by default the one for the organisation or the first repository."
    )
    private_key: Annotated[MultiLineSecret, AfterValidator(_key)] | None = Field(
        None, description="Private key of the App, in PEM form."
    )
    reserve: Annotated[float, Field(ge=0, le=0.9)] = Field(
        0.1, description="Share of the hourly quota of the credentials that is left to other programs."
    )

    @model_validator(mode="after")
    def _one_way_to_ask(self) -> Self:
        given = [key for key in ("token", "tokens", "app_id") if getattr(self, key)]
        if not given and not self.private_key:
            raise ValueError("has no credentials: give token_file or token_env, or tokens, or app_id with private_key_file")
        if len(given) > 1:
            raise ValueError(f"must not have both {given[0]} and {given[1]}")
        if (self.app_id is None) != (self.private_key is None):
            raise ValueError("must have both app_id and private_key_file, or private_key_env, or neither")
        if self.app_id is None and self.installation_id is not None:
            raise ValueError("installation_id goes with app_id")
        read = [entry.token for entry in self.tokens if entry.token != UNREAD]
        if len(set(read)) < len(read):
            raise ValueError("tokens must hold each token only once")
        return self
