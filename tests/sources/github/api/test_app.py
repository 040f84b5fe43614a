"""Reading GitHub as an App: its signature, the tokens of its installation, and what is told where they are not given."""

import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from pydantic import SecretStr

from exporter.errors import RateLimited, Reason, UpstreamError
from exporter.sources.github.api.app import App
from exporter.sources.github.api.credentials import Credentials
from exporter.sources.github.api.graph import Graph
from exporter.sources.github.api.planner import Planner
from exporter.sources.github.api.signature import signed
from exporter.sources.github.repositories.queries import quota_query
from support.github import FakeGitHub, Repository
from support.github.app import new_key, private_pem
from support.tools import NOW, make_tools
from support.upstream import Answer, Request, Upstream

KEY = SecretStr(private_pem(new_key("app")))
READ = {"metadata": "read", "issues": "read"}
TOKENS = "/app/installations/77/access_tokens"


class AsApp:
    """Asks a fake GitHub as an App, by a clock that a test moves."""

    def __init__(self, upstream: Upstream, github: FakeGitHub, folder: Path, **settings: Any) -> None:
        self.now = NOW
        self.clock_of_github_is_late = timedelta(0)
        self.upstream = upstream
        self.github = github
        self._root = upstream.url + ("/api/v3" if github.path.startswith("/api/") else "")
        chosen = {"installation": 77, "found_at": (), "permissions": READ, **settings}
        issuer, key = chosen.pop("issuer", "4711"), chosen.pop("key", KEY)
        self.app = App(self._root, issuer, key, **chosen)
        planner = Planner(0)
        self.credentials = Credentials([self.app], planner)
        client = make_tools(folder, clock=self.clock).client
        self._graph = Graph(client, upstream.url + github.path, self.credentials, planner, self.clock)

    def clock(self) -> datetime:
        self.github.now = self.now - self.clock_of_github_is_late
        return self.now

    def query(self) -> None:
        self._graph.ask(quota_query(), 0)

    def asked(self) -> list[str]:
        """The paths asked for since this was last called."""
        asked, self.upstream.requests[:] = [request.path for request in self.upstream.requests], []
        return asked


Open = Callable[..., Any]


@pytest.fixture
def as_app(tmp_path: Path) -> Open:
    """Opens a GitHub with an App: `with as_app(installation=None) as asker`."""

    @contextmanager
    def opened(path: str = "/graphql", **settings: Any) -> Iterator[AsApp]:
        github = FakeGitHub(Repository("acme/widget"), path=path)
        with Upstream(github) as upstream:
            yield AsApp(upstream, github, tmp_path, **settings)

    return opened


# The signature


@pytest.mark.parametrize("issuer", ["4711", "Iv1.plantedclient"])
def test_the_app_signs_who_it_is_for_less_than_ten_minutes(issuer: str) -> None:
    token = signed(issuer, KEY, NOW)
    assert jwt.get_unverified_header(token)["alg"] == "RS256"
    said = jwt.decode(token, new_key("app").public_key(), algorithms=["RS256"], options={"verify_exp": False})
    moment = int(NOW.timestamp())
    assert said == {"iat": moment - 60, "exp": moment + 540, "iss": issuer}


def test_the_client_id_serves_as_well_as_the_id(as_app: Open) -> None:
    with as_app(issuer="Iv1.plantedclient") as asker:
        asker.query()
        assert asker.asked() == [TOKENS, "/graphql"]


# Tokens of the installation


def test_a_token_is_asked_for_once_and_used_until_five_minutes_before_its_end(as_app: Open) -> None:
    with as_app() as asker:
        for minutes in (0, 30, 54):
            asker.now = NOW + timedelta(minutes=minutes)
            asker.query()
        assert asker.asked() == [TOKENS, "/graphql", "/graphql", "/graphql"]
        asker.now = NOW + timedelta(minutes=55)
        asker.query()
        assert asker.asked() == [TOKENS, "/graphql"]


def test_a_token_that_github_ends_early_is_renewed_in_the_middle_of_a_refresh(as_app: Open) -> None:
    with as_app() as asker:
        asker.query()
        asker.github.revoked.update(asker.github.tokens)
        asker.asked()
        asker.query()
        assert asker.asked() == ["/graphql", TOKENS, "/graphql"]


def test_a_new_token_that_is_refused_too_is_an_error_and_no_endless_loop(as_app: Open) -> None:
    with as_app() as asker:
        asker.upstream.handler = lambda request: Answer(401) if request.path == "/graphql" else asker.github(request)
        with pytest.raises(UpstreamError) as raised:
            asker.query()
        assert raised.value.reason is Reason.AUTH
        assert asker.asked() == [TOKENS, "/graphql", TOKENS, "/graphql"]


def test_no_more_is_asked_for_than_is_needed(as_app: Open) -> None:
    with as_app() as asker:
        asker.query()
        (token, *_) = asker.upstream.requests
    assert token.body == b'{"permissions":{"metadata":"read","issues":"read"}}'
    assert token.headers["accept"] == "application/vnd.github+json"
    assert token.headers["x-github-api-version"] == "2022-11-28"


def test_permissions_that_were_not_granted_are_done_without(as_app: Open, caplog: pytest.LogCaptureFixture) -> None:
    """What needs them fails on its own, and everything else is read."""
    with as_app(permissions={**READ, "administration": "read"}) as asker:
        asker.query()
        asker.now += timedelta(hours=1)
        asker.query()
        bodies = [request.body for request in asker.upstream.requests if request.path == TOKENS]
        assert asker.asked()[:4] == [TOKENS, "/app/installations/77", TOKENS, "/graphql"]
    assert bodies[1] == b'{"permissions":{"metadata":"read","issues":"read"}}'
    assert [(record.getMessage(), record.fields) for record in caplog.records] == [  # type: ignore[attr-defined]
        ("the App lacks permissions", {"permissions": "administration"})
    ]


def test_a_token_may_be_of_any_length_and_form(as_app: Open) -> None:
    long = "ghs_4711_" + "eyJ." * 300
    issued = Answer.json({"token": long, "expires_at": "2026-01-27T13:00:00Z"}, 201)
    with as_app() as asker:
        asker.upstream.handler = lambda request: issued if request.path == TOKENS else Answer.json({"data": {}})
        asker.query()
        assert asker.upstream.requests[-1].headers["authorization"] == f"Bearer {long}"


def test_a_clock_that_is_ahead_does_not_ask_for_a_token_each_time(as_app: Open) -> None:
    issued = Answer.json({"token": "ghs_planted", "expires_at": "2026-01-27T10:00:00Z"}, 201)
    with as_app() as asker:
        asker.upstream.handler = lambda request: issued if request.path == TOKENS else Answer.json({"data": {}})
        asker.query()
        asker.query()
        assert asker.asked() == [TOKENS, "/graphql", "/graphql"]


# Finding the installation


@pytest.mark.parametrize("path", ["/orgs/acme/installation", "/repos/acme/widget/installation"])
def test_the_installation_is_looked_for_where_it_is_not_told_and_only_once(as_app: Open, path: str) -> None:
    with as_app(installation=None, found_at=(path,)) as asker:
        asker.query()
        asker.now += timedelta(hours=1)
        asker.query()
        assert asker.asked() == [path, TOKENS, "/graphql", TOKENS, "/graphql"]


def test_an_account_that_is_no_organisation_is_looked_for_as_a_person(as_app: Open) -> None:
    with as_app(installation=None, found_at=("/orgs/none/installation", "/repos/acme/widget/installation")) as asker:
        asker.query()
        assert asker.asked()[:2] == ["/orgs/none/installation", "/repos/acme/widget/installation"]


def test_an_app_that_was_installed_anew_is_found_again(as_app: Open) -> None:
    with as_app(installation=None, found_at=("/orgs/acme/installation",)) as asker:
        asker.query()
        asker.github.rest.app.installation_id = 78
        asker.now += timedelta(hours=1)
        with pytest.raises(UpstreamError):
            asker.query()
        asker.query()
        assert asker.asked()[-3:] == ["/orgs/acme/installation", "/app/installations/78/access_tokens", "/graphql"]


def test_an_enterprise_server_has_all_of_it_below_its_api(as_app: Open) -> None:
    with as_app("/api/graphql", installation=None, found_at=("/orgs/acme/installation",)) as asker:
        asker.query()
        assert asker.asked() == ["/api/v3/orgs/acme/installation", f"/api/v3{TOKENS}", "/api/graphql"]


# What is told where there is no token


def problem(asker: AsApp) -> str:
    with pytest.raises(UpstreamError) as raised:
        asker.query()
    assert raised.value.reason is Reason.AUTH
    assert "ghs_" not in "".join(traceback.format_exception(raised.value))
    return str(raised.value)


UNSIGNED = "GitHub does not accept the signature of the App: check app_id, the private key, and the clock of this machine"


def test_a_key_of_another_app_is_told(as_app: Open) -> None:
    with as_app(key=SecretStr(private_pem(new_key("other")))) as asker:
        assert problem(asker) == UNSIGNED


def test_a_clock_that_is_wrong_is_told_in_the_same_words(as_app: Open) -> None:
    """GitHub answers 401 to both."""
    with as_app(installation=None, found_at=("/orgs/acme/installation",)) as asker:
        asker.clock_of_github_is_late = timedelta(hours=2)
        assert problem(asker) == UNSIGNED


def test_an_installation_that_is_suspended_is_told(as_app: Open) -> None:
    with as_app() as asker:
        asker.github.rest.app.suspended = True
        assert problem(asker) == "GitHub refuses a token for the installation of the App: it may be suspended"
    with as_app(installation=None, found_at=("/orgs/acme/installation",)) as asker:
        asker.github.rest.app.suspended = True
        assert problem(asker) == "the installation of the App is suspended"


def test_an_installation_that_is_gone_is_told(as_app: Open) -> None:
    with as_app(installation=99) as asker:
        assert problem(asker) == "the App has no such installation: check installation_id, or install the App again"


def test_an_app_that_is_not_installed_is_told_with_where_it_was_looked_for(as_app: Open) -> None:
    with as_app(installation=None, found_at=("/orgs/none/installation", "/users/none/installation")) as asker:
        assert problem(asker) == (
            "the App is not installed where it is looked for: /orgs/none/installation, /users/none/installation"
        )


def test_a_key_that_cannot_sign_is_told_without_showing_it(as_app: Open) -> None:
    with as_app(key=SecretStr("planted-key")) as asker:
        assert problem(asker) == (
            "private_key must be the private key of the App as GitHub gives it: an RSA key in PEM form, without a password"
        )


@pytest.mark.parametrize(
    "answer",
    [Answer.json({"token": "", "expires_at": "2026-01-27T13:00:00Z"}, 201), Answer.json({"token": "planted"}, 201), Answer(201)],
)
def test_a_malformed_token_is_told_as_such(as_app: Open, answer: Answer) -> None:
    with as_app() as asker:
        asker.upstream.handler = lambda request: answer
        with pytest.raises(UpstreamError) as raised:
            asker.query()
    assert raised.value.reason is Reason.MALFORMED
    assert "planted" not in str(raised.value)


def test_a_limit_while_a_token_is_asked_for_is_waited_for(as_app: Open) -> None:
    with as_app() as asker:
        asker.upstream.handler = lambda request: Answer(403, b"secondary rate limit", {"Retry-After": "60"})
        with pytest.raises(RateLimited) as raised:
            asker.query()
    assert raised.value.until == NOW + timedelta(seconds=60)


def test_an_outage_is_told_as_what_it_is(as_app: Open) -> None:
    with as_app() as asker:
        asker.upstream.handler = lambda request: Answer(503)
        with pytest.raises(UpstreamError) as raised:
            asker.query()
    assert raised.value.reason is Reason.SERVER_ERROR


# Secrets


def test_neither_key_nor_signature_nor_token_is_shown(as_app: Open, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), as_app() as asker:
        sent: list[Request] = asker.upstream.requests
        asker.query()
        secrets = [request.headers["authorization"].removeprefix("Bearer ") for request in sent]
        shown = repr([vars(asker.app), asker.app, asker.credentials, [record.__dict__ for record in caplog.records]])
    assert len(set(secrets)) == 2
    for secret in (*secrets, *KEY.get_secret_value().splitlines()[1:-1]):
        assert secret not in shown
