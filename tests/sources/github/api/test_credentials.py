"""Which token GitHub is asked with, and when the next takes over."""

import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from exporter.collect.meters import SourceMeter
from exporter.errors import KpiExporterError, RateLimited, Reason, UpstreamError
from exporter.sources.github.api.credentials import Credentials, Token
from exporter.sources.github.api.graph import Graph
from exporter.sources.github.api.planner import CORE, GRAPHQL, Planner
from exporter.sources.github.api.query import Query
from support.tools import NOW, make_tools
from support.upstream import Answer, Request, Upstream

HOUR = timedelta(hours=1)
QUERY = Query("query { rateLimit { cost limit remaining resetAt } r0: viewer { login } }", {})
LIMIT_ERROR = {"type": "RATE_LIMITED", "message": "planted: API rate limit exceeded for user"}


def named(number: int) -> str:
    return f"ghp_plantedToken{number:04d}"


@dataclass
class Account:
    """What a token may do: points and requests left, or the one answer that it gets."""

    points: int = 5000
    requests: int = 5000
    answer: Answer | None = None


@dataclass
class GitHubOfTokens:
    """A GitHub that knows nothing but tokens: every query costs a point, every other request counts one."""

    accounts: dict[str, Account] = field(default_factory=dict)
    limits: bool = True
    asked: list[int] = field(default_factory=list)
    """The numbers of the tokens with which requests came."""

    def __call__(self, request: Request) -> Answer:
        token = request.headers["authorization"].removeprefix("Bearer ")
        account = self.accounts[token]
        self.asked.append(int(token[-4:]))
        if account.answer is not None:
            return account.answer
        return self._query(account) if request.method == "POST" else self._rest(account)

    def _query(self, account: Account) -> Answer:
        if account.points <= 0:
            return Answer.json({"errors": [LIMIT_ERROR]}, headers=self._headers("graphql", 0))
        account.points -= 1
        quota = {"cost": 1, "limit": 5000, "remaining": account.points, "resetAt": "2026-01-27T13:00:00Z"}
        data = {"rateLimit": quota if self.limits else None, "r0": {"login": "planted-login"}}
        return Answer.json({"data": data}, headers=self._headers("graphql", account.points))

    def _rest(self, account: Account) -> Answer:
        if account.requests <= 0:
            return Answer.json({"message": "planted"}, 403, self._headers("core", 0))
        account.requests -= 1
        return Answer.json([1], headers={"ETag": '"one"', **self._headers("core", account.requests)})

    def _headers(self, resource: str, remaining: int) -> dict[str, str]:
        if not self.limits:
            return {}
        reset = str(int((NOW + HOUR).timestamp()))
        said = {"Limit": "5000", "Remaining": str(remaining), "Reset": reset, "Resource": resource}
        return {f"X-RateLimit-{name}": text for name, text in said.items()}


class Asker:
    """Asks that GitHub with its tokens, by a clock that a test moves."""

    def __init__(self, upstream: Upstream, github: GitHubOfTokens, folder: Path, reserve: float) -> None:
        self.now = NOW
        self.meter = SourceMeter()
        self.github = github
        self.planner = Planner(reserve)
        tokens = [Token(f"token {n}", SecretStr(token)) for n, token in enumerate(github.accounts, 1)]
        self.credentials = Credentials(tokens, self.planner)
        self._client = make_tools(folder, clock=lambda: self.now, meter=self.meter).client
        self._url = upstream.url
        self._graph = Graph(self._client, upstream.url, self.credentials, self.planner, lambda: self.now)

    def query(self) -> Any:
        """The data of a query."""
        return self._graph.ask(QUERY, 1).entries[0]

    def get(self) -> Any:
        """The answer of the REST API."""

        def send(auth: Any) -> Any:
            return self._client.get(f"{self._url}/rest", auth=auth)

        return self.credentials.ask(CORE, self._client, lambda: self.now, send).json()

    def asked(self) -> list[int]:
        """The numbers of the tokens of the requests since this was last called."""
        asked, self.github.asked = self.github.asked, []
        return asked


Open = Callable[..., Any]


@pytest.fixture
def asking(tmp_path: Path) -> Open:
    """Opens a GitHub with these accounts: `with asking(Account(), Account()) as asker`."""

    @contextmanager
    def opened(*accounts: Account, reserve: float = 0.0, limits: bool = True) -> Iterator[Asker]:
        github = GitHubOfTokens({named(n): account for n, account in enumerate(accounts, 1)}, limits)
        with Upstream(github) as upstream:
            yield Asker(upstream, github, tmp_path, reserve)

    return opened


REVOKED = Answer.json(
    {"message": "planted: Bad credentials"},
    401,
    {"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "59", "X-RateLimit-Resource": "core"},
)
SUSPENDED = Answer.json({"message": "planted: Sorry. Your account was suspended"}, 403)
BUSY = Answer.json({"message": "You have exceeded a secondary rate limit"}, 403, {"Retry-After": "120"})


# Taking turns


def test_the_token_with_most_points_left_is_asked_next(asking: Open) -> None:
    with asking(Account(points=100), Account(points=102)) as asker:
        for _ in range(6):
            asker.query()
    # Both have to be heard of first.
    assert asker.asked() == [1, 2, 2, 2, 1, 2]


def test_points_and_requests_are_counted_apart(asking: Open) -> None:
    with asking(Account(points=10, requests=20), Account(points=20, requests=10)) as asker:
        for _ in range(2):
            asker.query()
            asker.get()
        asker.asked()
        asker.query()
        asker.get()
    assert asker.asked() == [2, 1]


def test_a_server_without_limits_is_asked_with_the_first_token(asking: Open) -> None:
    with asking(Account(), Account(), limits=False) as asker:
        for _ in range(3):
            asker.query()
            asker.get()
        assert asker.planner.next_refresh(timedelta(minutes=15), NOW) is None
    assert set(asker.asked()) == {1}
    assert asker.meter.totals() == {}


# Limits


def test_a_query_on_which_a_token_reaches_its_limit_is_sent_again_with_the_next(asking: Open) -> None:
    with asking(Account(points=0), Account()) as asker:
        assert asker.query() == {"login": "planted-login"}
        assert asker.asked() == [1, 2]
        asker.query()
        assert asker.asked() == [2]


def test_a_token_is_used_again_when_its_limit_ends(asking: Open) -> None:
    with asking(Account(points=0), Account(points=3000)) as asker:
        asker.query()
        asker.now += HOUR
        asker.github.accounts[named(1)].points = 5000
        asker.asked()
        asker.query()
        assert asker.asked() == [1]


def test_only_when_all_tokens_have_to_wait_is_nothing_answered_until_the_first_need_not(asking: Open) -> None:
    with asking(Account(points=0), Account(answer=BUSY)) as asker:
        with pytest.raises(RateLimited) as raised:
            asker.query()
        assert raised.value.until == NOW + timedelta(seconds=120)
        assert asker.asked() == [1, 2]
        with pytest.raises(RateLimited) as raised:
            asker.query()
        assert raised.value.until == NOW + timedelta(seconds=120)
        assert asker.asked() == []


def test_a_secondary_limit_holds_for_both_apis_of_its_token_only(asking: Open) -> None:
    with asking(Account(answer=BUSY), Account()) as asker:
        asker.query()
        asker.get()
        assert asker.asked() == [1, 2, 2]
        asker.github.accounts[named(1)].answer = None
        asker.now += timedelta(seconds=119)
        asker.get()
        assert asker.asked() == [2]
        asker.now += timedelta(seconds=1)
        asker.query()
        asker.get()
        assert asker.asked() == [1, 1]


def test_a_secondary_limit_told_with_status_200_holds_for_both_apis_too(asking: Open) -> None:
    told = Answer.json({"errors": [LIMIT_ERROR]}, headers={"Retry-After": "90"})
    with asking(Account(answer=told)) as asker:
        with pytest.raises(RateLimited) as raised:
            asker.query()
        assert raised.value.until == NOW + timedelta(seconds=90)
        with pytest.raises(RateLimited):
            asker.get()
    assert asker.asked() == [1]


def test_spent_requests_leave_the_points_alone(asking: Open) -> None:
    with asking(Account(requests=0)) as asker:
        with pytest.raises(RateLimited) as raised:
            asker.get()
        assert raised.value.until == NOW + HOUR
        assert asker.query() == {"login": "planted-login"}
        with pytest.raises(RateLimited):
            asker.get()
    assert asker.asked() == [1, 1]


def test_spent_points_leave_the_requests_alone(asking: Open) -> None:
    with asking(Account(points=0)) as asker:
        with pytest.raises(RateLimited):
            asker.query()
        assert asker.get() == [1]


def test_a_partial_answer_of_a_token_at_its_limit_is_asked_for_again_with_the_next(asking: Open) -> None:
    partial = Answer.json({"data": {"r0": None}, "errors": [{**LIMIT_ERROR, "path": ["r0"]}]})
    with asking(Account(answer=partial), Account()) as asker:
        assert asker.query() == {"login": "planted-login"}
    with asking(Account(answer=partial), Account(points=0)) as asker:
        assert asker.query() is Reason.RATE_LIMITED
        assert asker.planner.next_refresh(timedelta(minutes=15), NOW) is not None


def test_a_query_that_would_touch_the_reserve_of_every_token_is_not_sent(asking: Open) -> None:
    with asking(Account(points=503), Account(points=502), reserve=0.1) as asker:
        for _ in range(3):
            asker.query()
        assert asker.asked() == [1, 2, 1]
        # One point is left of each, and the next query may cost two.
        for _ in range(2):
            with pytest.raises(RateLimited) as raised:
                asker.query()
        assert asker.asked() == []
    assert raised.value.until == NOW + HOUR
    assert [account.points for account in asker.github.accounts.values()] == [501, 501]
    assert asker.planner.next_refresh(timedelta(minutes=15), NOW) == NOW + HOUR


# Tokens that GitHub refuses


@pytest.mark.parametrize("refusal", [REVOKED, SUSPENDED])
def test_a_token_that_is_refused_does_not_stop_the_other(asking: Open, refusal: Answer, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO), asking(Account(answer=refusal), Account()) as asker:
        for _ in range(3):
            assert asker.query() == {"login": "planted-login"}
            asker.now += timedelta(minutes=59)
        assert asker.asked() == [1, 2, 2, 1, 2]
    (record,) = caplog.records
    assert (record.getMessage(), record.fields) == ("credentials refused, others take over", {"credentials": "token 1"})  # type: ignore[attr-defined]


def test_a_token_that_is_accepted_again_is_told_too(asking: Open, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO), asking(Account(answer=REVOKED), Account(points=100)) as asker:
        asker.query()
        asker.github.accounts[named(1)].answer = None
        asker.now += HOUR
        asker.query()
    assert [record.getMessage() for record in caplog.records][1:] == ["credentials accepted again"]


def test_a_refused_token_is_not_waited_for_beside_one_that_has_to_wait(asking: Open) -> None:
    with asking(Account(answer=REVOKED), Account(points=0)) as asker, pytest.raises(RateLimited) as raised:
        asker.query()
    assert raised.value.until == NOW + HOUR


def test_tokens_that_are_all_refused_are_tried_again_by_the_next_refresh(asking: Open) -> None:
    with asking(Account(answer=REVOKED), Account(answer=REVOKED)) as asker:
        for _ in range(2):
            with pytest.raises(UpstreamError) as raised:
                asker.query()
            assert raised.value.reason is Reason.AUTH
        assert asker.asked() == [1, 2, 1, 2]


def test_a_single_token_that_is_refused_is_told_by_the_refresh_alone(asking: Open, caplog: pytest.LogCaptureFixture) -> None:
    with asking(Account(answer=REVOKED)) as asker, pytest.raises(UpstreamError):
        asker.query()
    assert caplog.records == []


def test_what_a_token_may_not_read_over_rest_says_nothing_about_the_token(asking: Open) -> None:
    with asking(Account(answer=SUSPENDED), Account()) as asker:
        with pytest.raises(UpstreamError) as raised:
            asker.get()
        assert raised.value.reason is Reason.AUTH
    assert asker.asked() == [1]


@pytest.mark.parametrize("answer", [Answer(502), Answer(200, b"planted")])
def test_a_failure_of_github_is_not_tried_with_every_token(asking: Open, answer: Answer) -> None:
    with asking(Account(answer=answer), Account()) as asker, pytest.raises(UpstreamError):
        asker.query()
    assert set(asker.asked()) == {1}


# What is counted


def test_the_quotas_of_all_tokens_are_told_as_one(asking: Open) -> None:
    with asking(Account(points=100), Account(points=200)) as asker:
        asker.query()
        asker.query()
    quota = asker.meter.totals()["graphql"]
    assert (quota.limit, quota.remaining, quota.reset) == (10_000, 298, (NOW + HOUR).timestamp())


def test_the_quota_of_nobody_is_not_taken_for_that_of_a_refused_token(asking: Open) -> None:
    with asking(Account(answer=REVOKED), Account()) as asker:
        asker.get()
    assert asker.meter.totals()["core"].limit == 5000


def test_points_and_requests_are_counted_where_they_cost_something(asking: Open) -> None:
    with asking(Account()) as asker:
        asker.query()
        asker.query()
        asker.get()
        asker.github.accounts[named(1)].answer = Answer(304)
        assert asker.get() == [1]
        asker.github.accounts[named(1)].answer = Answer(404)
        with pytest.raises(UpstreamError):
            asker.get()
    assert asker.meter.costs == {GRAPHQL: 2, CORE: 2}


# Secrets


def test_no_token_is_in_errors_logs_or_representations(asking: Open, caplog: pytest.LogCaptureFixture) -> None:
    traces = []
    with caplog.at_level(logging.DEBUG), asking(Account(answer=REVOKED), Account(answer=BUSY), Account(points=1)) as asker:
        asker.query()
        for _ in range(2):
            with pytest.raises(KpiExporterError) as raised:
                asker.query()
            traces += traceback.format_exception(raised.value)
        shown = repr([vars(asker.credentials), asker.credentials, vars(asker.planner), asker.meter])
    logged = repr([record.__dict__ for record in caplog.records])
    assert "github answered" in logged
    assert "planted" not in "".join(traces) + shown
    assert "ghp_" not in logged


def test_each_credential_can_be_examined_by_itself(asking: Open) -> None:
    with asking(Account(), Account(answer=REVOKED)) as asker:
        assert [name for name, _ in asker.credentials.apart()] == ["token 1", "token 2"]


def test_the_moments_of_limits_are_in_utc(asking: Open) -> None:
    with asking(Account(points=1), reserve=0.1) as asker:
        asker.query()
        with pytest.raises(RateLimited) as raised:
            asker.query()
    until: datetime | None = raised.value.until
    assert until is not None
    assert until.tzinfo is UTC
