"""Tokens that are signed with a private key: what stands in them, and which keys can sign."""

from datetime import timedelta

import jwt
import pytest
from pydantic import SecretStr

from exporter.sources.signature import load_key, sign
from support.github.app import new_key, private_pem
from support.tools import NOW


def test_a_token_says_who_signed_it_and_holds_from_a_minute_before_to_nine_minutes_after() -> None:
    key = load_key(SecretStr(private_pem(new_key("signature"))), "google")
    assert key is not None
    token = sign({"iss": "acme", "aud": "https://example.org/token"}, key, NOW)
    public = new_key("signature").public_key()
    said = jwt.decode(token, public, algorithms=["RS256"], audience="https://example.org/token", options={"verify_exp": False})
    start, end = NOW - timedelta(minutes=1), NOW + timedelta(minutes=9)
    assert said == {
        "iss": "acme",
        "aud": "https://example.org/token",
        "iat": int(start.timestamp()),
        "exp": int(end.timestamp()),
    }


@pytest.mark.parametrize("pem", ["", "planted", "-----BEGIN PRIVATE KEY-----\nplanted\n-----END PRIVATE KEY-----"])
def test_what_is_no_key_cannot_sign(pem: str) -> None:
    assert load_key(SecretStr(pem), "google") is None
