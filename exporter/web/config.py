"""The web configuration file in the ecosystem's format: TLS, headers, basic authentication, rate limit.

Keys of the format that this exporter cannot honour are refused by name, so that nobody believes to be protected who is not.
The one exception is `http2`: every client falls back to HTTP/1, so the key is accepted and has no effect.
"""

import dataclasses
import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationInfo, field_validator

from exporter.config.types import Section
from exporter.document import Document, Problem, parse_duration, validate
from exporter.errors import InvalidInput

__all__ = ["CIPHER_SUITES", "RateLimit", "TlsServerConfig", "WebConfig", "web_config"]

CIPHER_SUITES = {
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256": "ECDHE-ECDSA-AES128-GCM-SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384": "ECDHE-ECDSA-AES256-GCM-SHA384",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256": "ECDHE-ECDSA-CHACHA20-POLY1305",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256": "ECDHE-RSA-AES128-GCM-SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384": "ECDHE-RSA-AES256-GCM-SHA384",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256": "ECDHE-RSA-CHACHA20-POLY1305",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA": "ECDHE-ECDSA-AES128-SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA": "ECDHE-ECDSA-AES256-SHA",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA": "ECDHE-RSA-AES128-SHA",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA": "ECDHE-RSA-AES256-SHA",
    "TLS_AES_128_GCM_SHA256": None,
    "TLS_AES_256_GCM_SHA384": None,
    "TLS_CHACHA20_POLY1305_SHA256": None,
}
"""Cipher suites by the name of the format, with OpenSSL's name; None marks those of TLS 1.3, which cannot be chosen."""

_BCRYPT = re.compile(r"\$2[aby]\$(0[4-9]|[12][0-9]|3[01])\$[./A-Za-z0-9]{53}")


def _bcrypt_hash(secret: SecretStr) -> SecretStr:
    if not _BCRYPT.fullmatch(secret.get_secret_value()):
        raise ValueError("must be a bcrypt hash, as `htpasswd -nB` makes it")
    return secret


def _cipher_suite(name: str) -> str:
    if name not in CIPHER_SUITES:
        raise ValueError(f"must be one of {', '.join(sorted(CIPHER_SUITES))}")
    return name


def _header_value(text: str) -> str:
    if not (text.isascii() and (text.isprintable() or not text)):
        raise ValueError("must be one line of ASCII text")
    return text


def _refuse(advice: str) -> BeforeValidator:
    def refuse(_: object) -> None:
        raise ValueError(f"is not supported by this exporter; {advice}")

    return BeforeValidator(refuse)


BcryptHash = Annotated[SecretStr, AfterValidator(_bcrypt_hash)]
CipherSuite = Annotated[str, AfterValidator(_cipher_suite)]
HeaderValue = Annotated[str, AfterValidator(_header_value)]


class TlsServerConfig(Section):
    """How connections are encrypted, and which clients may connect."""

    cert_file: Path
    key_file: Path
    client_auth_type: Literal["NoClientCert", "VerifyClientCertIfGiven", "RequireAndVerifyClientCert"] = "NoClientCert"
    client_ca_file: Path | None = Field(None, validate_default=True)
    client_allowed_sans: tuple[str, ...] = ()
    min_version: Literal["TLS12", "TLS13"] = "TLS12"
    max_version: Literal["TLS12", "TLS13"] = "TLS13"
    cipher_suites: tuple[CipherSuite, ...] = ()
    prefer_server_cipher_suites: bool = True
    # A secret as a type keeps a key out of the message that refuses it.
    cert: Annotated[SecretStr | None, _refuse("use cert_file")] = None
    key: Annotated[SecretStr | None, _refuse("use key_file")] = None
    client_ca: Annotated[SecretStr | None, _refuse("use client_ca_file")] = None
    curve_preferences: Annotated[SecretStr | None, _refuse("leave it out, OpenSSL chooses the curves")] = None

    @field_validator("client_ca_file")
    @classmethod
    def _goes_with_client_auth_type(cls, name: Path | None, info: ValidationInfo) -> Path | None:
        kind = info.data.get("client_auth_type")
        if kind == "NoClientCert" and name is not None:
            raise ValueError("needs a client_auth_type that verifies certificates")
        if kind in ("VerifyClientCertIfGiven", "RequireAndVerifyClientCert") and name is None:
            raise ValueError(f"needs a client_ca_file, because client_auth_type is {kind}")
        return name

    @field_validator("client_allowed_sans")
    @classmethod
    def _needs_a_client_certificate(cls, names: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if names and info.data.get("client_auth_type", "RequireAndVerifyClientCert") != "RequireAndVerifyClientCert":
            raise ValueError("needs client_auth_type RequireAndVerifyClientCert")
        return names

    @field_validator("max_version")
    @classmethod
    def _not_below_min_version(cls, version: str, info: ValidationInfo) -> str:
        if version < info.data.get("min_version", "TLS12"):
            raise ValueError("must not be below min_version")
        return version

    @field_validator("cipher_suites")
    @classmethod
    def _leave_a_choice(cls, names: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if names and info.data.get("min_version") == "TLS12" and not any(CIPHER_SUITES[name] for name in names):
            raise ValueError("must name a cipher suite of TLS 1.2, because min_version is TLS12")
        return names

    def beside(self, folder: Path) -> Self:
        """The same with file names taken from `folder` where they are relative."""
        named = {name: getattr(self, name) for name in ("cert_file", "key_file", "client_ca_file")}
        return self.model_copy(update={name: folder / file for name, file in named.items() if file is not None})


class Headers(Section):
    """Headers of every answer: None leaves one as the exporter sends it, the empty text leaves it out."""

    content_security_policy: HeaderValue | None = Field(None, alias="Content-Security-Policy")
    strict_transport_security: HeaderValue | None = Field(None, alias="Strict-Transport-Security")
    x_content_type_options: Literal["nosniff"] | None = Field(None, alias="X-Content-Type-Options")
    x_frame_options: Literal["deny", "sameorigin"] | None = Field(None, alias="X-Frame-Options")
    x_xss_protection: HeaderValue | None = Field(None, alias="X-XSS-Protection")


class HttpServerConfig(Section):
    """How answers look; `http2` has no effect."""

    http2: bool = True
    headers: Headers = Headers()


class RateLimit(Section):
    """A bucket of `burst` requests that gains one every `interval`; no interval, no limit."""

    interval: Annotated[timedelta, BeforeValidator(parse_duration)] = timedelta(0)
    burst: int = Field(1, ge=1)


class WebConfig(Section):
    """The whole file."""

    tls_server_config: TlsServerConfig | None = None
    http_server_config: HttpServerConfig = HttpServerConfig()
    basic_auth_users: dict[str, BcryptHash] = Field(default_factory=dict)
    rate_limit: RateLimit = RateLimit()

    def headers(self) -> dict[str, str]:
        """The headers that the file sets, by name; the empty text means that one is not to be sent."""
        headers: dict[str, str | None] = self.http_server_config.headers.model_dump(by_alias=True)
        return {name: value for name, value in headers.items() if value is not None}

    def files(self) -> tuple[Path, ...]:
        """The files that this one names."""
        tls = self.tls_server_config
        names = (tls.cert_file, tls.key_file, tls.client_ca_file) if tls else ()
        return tuple(name for name in names if name is not None)


def web_config(document: Document) -> WebConfig:
    """The configuration in a document, file names taken from its folder; raises InvalidInput with every problem."""
    try:
        config = validate(document, WebConfig)
    except InvalidInput as error:
        raise InvalidInput([_without_login(problem) for problem in error.problems]) from None
    if config.tls_server_config is None:
        return config
    return config.model_copy(update={"tls_server_config": config.tls_server_config.beside(Path(document.file).parent)})


def _without_login(problem: Problem) -> Problem:
    """Problems of a running exporter are logged, and a log names nobody; the line tells which user is meant."""
    section = "basic_auth_users"
    return dataclasses.replace(problem, path=section) if problem.path.startswith(f"{section}.") else problem
