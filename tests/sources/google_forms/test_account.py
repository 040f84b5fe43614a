"""The service account: how it proves who it is, the tokens it gets, and what is told where it gets none."""

import json
import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from exporter.errors import RateLimited, Reason, UpstreamError
from exporter.sources.google_forms.account import SCOPES, Account, read_key
from support.google_forms import EMAIL, FakeGoogle
from support.tools import NOW, make_tools
from support.upstream import Answer, Upstream

UNSIGNED = (
    "Google does not accept the signature of the service account: check the clock of this machine, and that neither"
    " the account nor its key was disabled or deleted"
)


class Asker:
    """A service account with a clock of its own, and Google with another."""

    def __init__(self, google: FakeGoogle, upstream: Upstream, folder: Path) -> None:
        self.google = google
        self.upstream = upstream
        self.key = read_key(SecretStr(google.credentials(upstream.url)))
        self.account = Account(self.key)
        self._client = make_tools(folder).client

    def token(self, now: datetime = NOW, skew: timedelta = timedelta(0)) -> str:
        self.google.now = now - skew
        return self.account.auth(self._client, now).authorization

    def failure(self, **times: Any) -> UpstreamError:
        with pytest.raises(UpstreamError) as caught:
            self.token(**times)
        return caught.value


Open = Callable[[], Any]


@pytest.fixture
def asking(tmp_path: Path) -> Open:
    @contextmanager
    def opened() -> Iterator[Asker]:
        google = FakeGoogle()
        with Upstream(google) as upstream:
            yield Asker(google, upstream, tmp_path)

    return opened


def test_the_account_asks_for_a_token_that_may_read_forms_and_responses_and_nothing_else(asking: Open) -> None:
    with asking() as asker:
        token = asker.token().removeprefix("Bearer ")
        (request,) = asker.upstream.requests
    assert asker.google.tokens[token][1] == frozenset(SCOPES)
    assert all(scope.endswith(".readonly") and "/forms." in scope for scope in SCOPES)
    assert (request.method, request.path) == ("POST", "/token")


def test_a_token_is_used_until_five_minutes_before_its_end(asking: Open) -> None:
    with asking() as asker:
        first = [asker.token(NOW + timedelta(minutes=minutes)) for minutes in (0, 30, 54)]
        then = asker.token(NOW + timedelta(minutes=55))
    assert len(set(first)) == 1
    assert then not in first


def test_a_token_that_was_refused_is_not_used_again(asking: Open) -> None:
    with asking() as asker:
        first = asker.token()
        asker.account.renew()
        assert asker.token() != first


def test_the_quota_of_the_account_stays_one_when_its_token_is_renewed(tmp_path: Path, asking: Open) -> None:
    with asking() as asker:
        client = make_tools(tmp_path).client
        first = asker.account.auth(client, NOW)
        asker.account.renew()
        second = asker.account.auth(client, NOW)
    assert (first.holder, first.authorization != second.authorization) == (second.holder, True)


@pytest.mark.parametrize("skew", [timedelta(seconds=50), timedelta(minutes=-8)])
def test_a_clock_that_is_a_little_fast_or_some_minutes_slow_does_no_harm(skew: timedelta, asking: Open) -> None:
    with asking() as asker:
        assert asker.token(skew=skew).startswith("Bearer ")


@pytest.mark.parametrize("skew", [timedelta(minutes=5), timedelta(minutes=-15), timedelta(days=365)])
def test_a_clock_that_is_wrong_is_told_as_a_likely_cause(skew: timedelta, asking: Open) -> None:
    with asking() as asker:
        error = asker.failure(skew=skew)
    assert (error.reason, str(error)) == (Reason.AUTH, UNSIGNED)


def test_a_key_that_google_no_longer_knows_is_told_the_same(asking: Open) -> None:
    with asking() as asker:
        asker.google.known = False
        error = asker.failure()
    assert (error.reason, str(error)) == (Reason.AUTH, UNSIGNED)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer.json({"error": "invalid_client", "error_description": "planted"}, 401), Reason.AUTH),
        (Answer(500), Reason.SERVER_ERROR),
        (Answer(404), Reason.NOT_FOUND),
        (Answer(302, headers={"Location": "https://planted.example.org/"}), Reason.REDIRECT),
        (Answer.json([]), Reason.MALFORMED),
        (Answer.json({"access_token": "planted"}), Reason.MALFORMED),
        (Answer.json({"access_token": "", "expires_in": 3599}), Reason.MALFORMED),
        (Answer.json({"access_token": "planted\r\nX-Other: 1", "expires_in": 3599}), Reason.MALFORMED),
        (Answer.json({"access_token": 7, "expires_in": 3599}), Reason.MALFORMED),
        (Answer.json({"access_token": "planted", "expires_in": "3599"}), Reason.MALFORMED),
        (Answer.json({"access_token": "planted", "expires_in": 10**9}), Reason.MALFORMED),
        ("garbage", Reason.MALFORMED),
        ("drop", Reason.CONNECTION),
        ("half", Reason.CONNECTION),
        ("hang", Reason.TIMEOUT),
    ],
)
def test_whatever_goes_wrong_at_the_token_endpoint_is_told_with_its_reason(answer: Any, reason: Reason, asking: Open) -> None:
    with asking() as asker:
        asker.upstream.fault = answer
        error = asker.failure()
    assert error.reason is reason
    assert "planted" not in "".join(traceback.format_exception(error))


def test_a_limit_at_the_token_endpoint_is_waited_for(asking: Open) -> None:
    with asking() as asker:
        asker.upstream.fault = Answer(429, headers={"Retry-After": "90"})
        error = asker.failure()
    assert isinstance(error, RateLimited)
    assert error.until == NOW + timedelta(seconds=90)


# The key


def key_file(**changes: Any) -> SecretStr:
    members = json.loads(FakeGoogle().credentials("https://oauth2.example.org")) | changes
    return SecretStr(json.dumps({name: value for name, value in members.items() if value is not None}))


@pytest.mark.parametrize("url", ["https://oauth2.googleapis.com/token", "http://127.0.0.1:8080/token", "http://localhost/token"])
def test_the_key_says_where_tokens_are_to_be_had(url: str) -> None:
    assert read_key(key_file(token_uri=url)).token_uri == url


NO_KEY = "must hold the JSON key of a service account as Google gives it"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (SecretStr("planted"), NO_KEY),
        (SecretStr("[]"), NO_KEY),
        (
            SecretStr('{"installed": {"client_secret": "planted"}}'),
            f"{NO_KEY}: its client_email, private_key, token_uri, type cannot be used",
        ),
        (key_file(type="authorized_user"), f"{NO_KEY}: its type cannot be used"),
        (key_file(client_email=None), f"{NO_KEY}: its client_email cannot be used"),
        (key_file(private_key=None), f"{NO_KEY}: its private_key cannot be used"),
        (key_file(private_key="planted"), f"{NO_KEY}: its private_key cannot be used"),
        (key_file(token_uri="http://planted.example.org/token"), f"{NO_KEY}: its token_uri cannot be used"),
        (key_file(token_uri="http://127.0.0.1.planted.example.org/token"), f"{NO_KEY}: its token_uri cannot be used"),
        (key_file(token_uri="file:///planted"), f"{NO_KEY}: its token_uri cannot be used"),
        (key_file(token_uri="https://[planted"), f"{NO_KEY}: its token_uri cannot be used"),
        (key_file(token_uri=7), f"{NO_KEY}: its token_uri cannot be used"),
    ],
)
def test_a_key_that_cannot_be_used_is_told_without_showing_it(content: SecretStr, told: str) -> None:
    with pytest.raises(ValueError, match="must hold") as caught:
        read_key(content)
    assert str(caught.value) == told
    assert "planted" not in "".join(traceback.format_exception(caught.value))


def test_neither_key_nor_address_nor_signature_nor_token_is_shown(asking: Open, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), asking() as asker:
        token = asker.token().removeprefix("Bearer ")
        (request,) = asker.upstream.requests
        shown = repr([vars(asker.account), asker.account, asker.key, [record.__dict__ for record in caplog.records]])
    assertion = request.body.decode().partition("assertion=")[2]
    for secret in (token, assertion, EMAIL, *asker.key.private_key.get_secret_value().splitlines()[1:-1]):
        assert secret not in shown
