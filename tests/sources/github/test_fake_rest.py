"""The fake GitHub keeps to the rules of the real one over REST."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from support.github import TOKEN, Account, Comment, Commit, FakeGitHub, Issue, Repository
from support.github.alerts import SECRET, Alert
from support.github.app import new_key, private_pem
from support.github.rest import RestSide, Traffic
from support.tools import NOW
from support.upstream import Answer, Request

ANNA, ROBOT = Account("planted-anna"), Account("planted-robot", "Bot")
MINUTE = timedelta(minutes=1)


def github(*repositories: Repository) -> tuple[FakeGitHub, RestSide]:
    world = FakeGitHub(*repositories)
    return world, RestSide(world)


def ask(world: FakeGitHub, path: str, method: str = "GET", body: Any = None, **headers: str) -> Answer:
    parts = urlsplit(path)
    sent = {"authorization": f"Bearer {TOKEN}", "host": "127.0.0.1:1", **headers}
    text = b"" if body is None else json.dumps(body).encode()
    return world(Request(method, parts.path, parse_qs(parts.query), sent, text))


def said(answer: Answer) -> Any:
    assert answer.status in (200, 201)
    return json.loads(answer.body)


def link(answer: Answer) -> str:
    """The address of the next page."""
    return answer.headers["Link"].partition(">")[0].removeprefix("<http://127.0.0.1:1")


# Requests


@pytest.mark.parametrize(
    "path",
    [
        "/repos/acme/widget/forks",
        "/repos/acme/widget/traffic/views?per=month",
        "/repos/acme/widget/traffic/views?days=14",
        "/repos/acme/widget/dependabot/alerts?page=2",
        "/repos/acme/widget/code-scanning/alerts?per_page=many",
        "/repos/acme/widget/issues/comments?since=yesterday",
    ],
)
def test_what_the_description_does_not_have_is_refused_and_noted(path: str) -> None:
    world, _ = github(Repository("acme/widget"))
    assert ask(world, path).status == 404
    assert len(world.refused) == 1


def test_a_world_that_breaks_the_description_is_a_mistake_of_the_test() -> None:
    widget = Repository("acme/widget")
    world, rest = github(widget)
    rest.alerts[widget] = [Alert(1, "moderate")]
    with pytest.raises(AssertionError, match="InvalidData"):
        ask(world, "/repos/acme/widget/dependabot/alerts")


def test_unknown_tokens_and_repositories_are_refused() -> None:
    world, _ = github(Repository("acme/widget"))
    assert ask(world, "/repos/acme/widget/traffic/views", authorization="Bearer wrong").status == 401
    assert ask(world, "/repos/acme/gadget/traffic/views").status == 404


def test_an_old_name_leads_to_the_number_of_the_repository() -> None:
    widget = Repository("acme/widget")
    world, rest = github(widget)
    rest.traffic[widget, "views"] = Traffic(together=(5, 2))
    world.renamed["acme/old"] = "acme/widget"
    moved = ask(world, "/repos/acme/old/traffic/views?per=day")
    assert moved.status == 301
    assert said(ask(world, moved.headers["Location"].removeprefix("http://127.0.0.1:1")))["count"] == 5


def test_an_answer_that_the_client_has_costs_nothing() -> None:
    world, rest = github(Repository("acme/widget"))
    path = "/repos/acme/widget/traffic/views"
    first = ask(world, path)
    again = ask(world, path, **{"if-none-match": first.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")
    assert rest.quota_of(TOKEN).remaining == 4999


def test_without_quota_there_is_a_403_that_says_so() -> None:
    world, rest = github(Repository("acme/widget"))
    rest.quota_of(TOKEN).remaining = 0
    refused = ask(world, "/repos/acme/widget/traffic/views")
    assert (refused.status, refused.headers["X-RateLimit-Remaining"]) == (403, "0")
    assert refused.headers["X-RateLimit-Resource"] == "core"


# Contributors


def names(answer: Answer) -> list[tuple[str, int]]:
    return [(entry.get("login") or entry["email"], entry["contributions"]) for entry in said(answer)]


def commits() -> Repository:
    by_anna = [Commit(author=ANNA, email="planted-anna@example.org") for _ in range(3)]
    by_robot = [Commit(author=ROBOT, email="planted-robot@example.org") for _ in range(2)]
    return Repository("acme/widget", commits=[*by_anna, *by_robot, Commit(email="planted-b@example.org")])


def test_contributors_are_accounts_and_with_anon_addresses_too() -> None:
    world, _ = github(commits())
    accounts = [("planted-anna", 3), ("planted-robot[bot]", 2)]
    assert names(ask(world, "/repos/acme/widget/contributors")) == accounts
    for anon in ("1", "true"):
        assert names(ask(world, f"/repos/acme/widget/contributors?anon={anon}")) == [*accounts, ("planted-b@example.org", 1)]
    assert [entry["type"] for entry in said(ask(world, "/repos/acme/widget/contributors?anon=1"))] == ["User", "Bot", "Anonymous"]


def test_accounts_behind_addresses_that_are_not_linked_are_anonymous() -> None:
    world, rest = github(commits())
    rest.linked = 1
    assert names(ask(world, "/repos/acme/widget/contributors?anon=1")) == [
        ("planted-anna", 3),
        ("planted-robot@example.org", 2),
        ("planted-b@example.org", 1),
    ]


def test_an_empty_repository_has_no_contributors() -> None:
    world, _ = github(Repository("acme/widget"))
    assert ask(world, "/repos/acme/widget/contributors").status == 204


def test_pages_are_linked_by_the_number_of_the_repository() -> None:
    world, _ = github(commits())
    first = ask(world, "/repos/acme/widget/contributors?anon=1&per_page=2")
    assert link(first).startswith("/repositories/")
    second = ask(world, link(first))
    assert [name for name, _ in names(first) + names(second)] == ["planted-anna", "planted-robot[bot]", "planted-b@example.org"]
    assert "Link" not in second.headers


# Comments and alerts


def test_since_asks_for_comments_that_were_changed_after_it() -> None:
    old, new = Comment(ANNA, NOW - timedelta(days=9)), Comment(ANNA, NOW)
    world, rest = github(Repository("acme/widget", issues=[Issue(comments=[old, new])]))
    path = "/repos/acme/widget/issues/comments?since=2026-01-26T00:00:00Z&sort=created&direction=desc"
    assert len(said(ask(world, path))) == 1
    rest.edited[old] = NOW
    assert [comment["created_at"][:10] for comment in said(ask(world, path))] == ["2026-01-27", "2026-01-18"]


def test_the_secret_comes_unless_it_is_hidden() -> None:
    widget = Repository("acme/widget")
    world, rest = github(widget)
    rest.alerts[widget] = [Alert(1, tool="secret_scanning")]
    assert SECRET.encode() in ask(world, "/repos/acme/widget/secret-scanning/alerts").body
    assert SECRET.encode() not in ask(world, "/repos/acme/widget/secret-scanning/alerts?hide_secret=true").body


def test_the_list_of_dependabot_has_cursors() -> None:
    widget = Repository("acme/widget")
    world, rest = github(widget)
    rest.alerts[widget] = [Alert(number, "low") for number in (1, 2, 3)]
    first = ask(world, "/repos/acme/widget/dependabot/alerts?per_page=2")
    assert "after=" in link(first)
    assert [alert["number"] for alert in said(first) + said(ask(world, link(first)))] == [3, 2, 1]


# The App


def proof(rest: RestSide, *, issuer: Any = None, age: timedelta = MINUTE, life: timedelta = 10 * MINUTE, key: str = "app") -> str:
    start = NOW - age
    claims = {"iat": int(start.timestamp()), "exp": int((start + life).timestamp()), "iss": issuer or str(rest.app.app_id)}
    return f"Bearer {jwt.encode(claims, private_pem(new_key(key)), algorithm='RS256')}"


def test_an_app_that_proves_itself_gets_a_token_that_lasts_an_hour() -> None:
    world, rest = github(Repository("acme/widget"))
    granted = said(ask(world, "/app/installations/77/access_tokens", "POST", authorization=proof(rest)))
    assert granted["expires_at"] == "2026-01-27T13:00:00Z"
    assert granted["permissions"] == rest.app.permissions
    used = {"authorization": f"Bearer {granted['token']}"}
    assert ask(world, "/repos/acme/widget/traffic/views", **used).status == 200
    world.now = NOW + timedelta(hours=1)
    assert ask(world, "/repos/acme/widget/traffic/views", **used).status == 401


def test_a_token_for_less_says_what_it_is_for() -> None:
    world, rest = github()
    path, wanted = "/app/installations/77/access_tokens", {"permissions": {"issues": "read"}}
    assert said(ask(world, path, "POST", wanted, authorization=proof(rest)))["permissions"] == {"issues": "read"}
    too_much = {"permissions": {"issues": "write"}}
    assert ask(world, path, "POST", too_much, authorization=proof(rest)).status == 422


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "1"},
        {"key": "another"},
        {"age": -MINUTE},
        {"age": 11 * MINUTE},
        {"life": 12 * MINUTE},
    ],
)
def test_a_proof_that_is_wrong_old_or_too_long_is_refused(wrong: dict[str, Any]) -> None:
    world, rest = github()
    assert ask(world, "/app/installations/77/access_tokens", "POST", authorization=proof(rest, **wrong)).status == 401


def test_a_token_is_no_proof() -> None:
    world, _ = github()
    assert ask(world, "/app/installations/77/access_tokens", "POST").status == 401


def test_the_client_id_is_as_good_as_the_number_of_the_app() -> None:
    world, rest = github(Repository("acme/widget"))
    for path in ("/repos/acme/widget/installation", "/orgs/acme/installation", "/app/installations/77"):
        assert said(ask(world, path, authorization=proof(rest, issuer=rest.app.client_id)))["id"] == 77
    for path in ("/orgs/others/installation", "/app/installations/78"):
        assert ask(world, path, authorization=proof(rest)).status == 404


def test_a_suspended_or_unknown_installation_gets_no_token() -> None:
    world, rest = github()
    assert ask(world, "/app/installations/78/access_tokens", "POST", authorization=proof(rest)).status == 404
    rest.app.suspended = True
    assert ask(world, "/app/installations/77/access_tokens", "POST", authorization=proof(rest)).status == 403
