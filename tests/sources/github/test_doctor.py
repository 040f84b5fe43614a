"""What `doctor` finds at GitHub: whether credentials work, and which topics they may read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from exporter.sources.base import Finding
from exporter.sources.github import GitHubConfig
from exporter.sources.github.api.credentials import Credentials, Token
from exporter.sources.github.api.graph import Graph
from exporter.sources.github.api.planner import Planner
from exporter.sources.github.api.rest import Rest
from exporter.sources.github.doctor import Access, examine
from exporter.sources.github.metrics import METRICS, TOPICS
from support.github import PLANTED, TOKEN, FakeGitHub, Quota, Repository
from support.tools import NOW, make_tools
from support.upstream import Answer, Request, Upstream

SECOND = "ghp_plantedTokenPlantedTokenPlanted0002"
EVERY_TOPIC = [topic.name for topic in TOPICS[1:]]
EVERY_TOOL = ["dependabot", "code_scanning", "secret_scanning"]


class Examined:
    """The findings of one run, and the upstream that was asked."""

    def __init__(self, upstream: Upstream, config: GitHubConfig, accesses: list[Access]) -> None:
        self.upstream = upstream
        self._config = config
        self._accesses = accesses

    def findings(self) -> dict[str, Finding]:
        """By subject, in their order."""
        found = list(examine(self._config, self._accesses))
        by_subject = {finding.subject: finding for finding in found}
        assert len(by_subject) == len(found), "a subject is told once"
        assert TOKEN not in repr(found)
        assert PLANTED not in repr(found)
        return by_subject


Open = Callable[..., Any]


@pytest.fixture
def opened(tmp_path: Path) -> Open:
    """Opens a fake GitHub to the doctor: `with opened(github, read=[…]) as examined`."""

    @contextmanager
    def examined(github: FakeGitHub, tokens: dict[str, str] | None = None, **keys: Any) -> Iterator[Examined]:
        if "organization" not in keys:
            keys.setdefault("repositories", [repository.name for repository in github.repositories])
        with Upstream(github) as upstream:
            config = GitHubConfig.model_validate({"base_url": upstream.url, "token": TOKEN, **keys})
            accesses = [access(config, tmp_path, name, token) for name, token in (tokens or {"token": TOKEN}).items()]
            yield Examined(upstream, config, accesses)
        assert github.refused == []

    return examined


def access(config: GitHubConfig, folder: Path, name: str, token: str) -> Access:
    client = make_tools(folder).client
    credentials = Credentials([Token(name, SecretStr(token))], planner := Planner(0))
    graph = Graph(client, config.graphql_url, credentials, planner, lambda: NOW)
    return Access(name, graph, Rest(client, config.base_url, credentials, lambda: NOW))


def world() -> FakeGitHub:
    github = FakeGitHub(Repository("acme/r0"), Repository("acme/r1"))
    github.rest = rest()
    return github


def rest(**refused: int) -> Callable[[Request], Answer]:
    """Answers every list with one entry, but for paths that hold one of the words: with its status (`_` stands for -)."""

    def answer(request: Request) -> Answer:
        for word, status in refused.items():
            if word.replace("_", "-") in request.path:
                return Answer.json({"message": PLANTED}, status)
        if request.path.endswith("/traffic/views"):
            return Answer.json({"count": 1, "uniques": 1, "views": []})
        return Answer.json([{"login": PLANTED, "secret": PLANTED}])

    return answer


def test_a_token_that_works_is_told_with_what_is_left_of_its_quota(opened: Open) -> None:
    github = world()
    github.remaining = 4321
    with opened(github) as examined:
        found = examined.findings()["token"]
    assert found.works
    assert found.detail == "accepted, 4320 of 5000 points an hour are left"


def test_every_topic_that_is_read_is_told_in_one_line(opened: Open) -> None:
    with opened(world()) as examined:
        found = examined.findings()
    read = ["repositories", "issues", "pull_requests", "conflicts", "discussions", "stars", "contributors"]
    assert [subject for subject, finding in found.items() if finding.works] == ["token", *read]
    assert {found[subject].detail for subject in read} == {"readable in 2 repositories"}


def test_topics_that_are_not_read_are_told_with_what_they_need(opened: Open) -> None:
    with opened(world()) as examined:
        found = {subject: finding for subject, finding in examined.findings().items() if finding.works is None}
    assert list(found) == ["traffic", "security", "comments"]
    assert found["traffic"].detail == (
        "not read; list it in `read`. It needs the permission Administration of a fine-grained token or App,"
        " of a classic one the scope repo"
    )
    assert "github_traffic_views" in found["traffic"].metrics


def test_the_metrics_of_all_findings_are_those_of_the_source(opened: Open) -> None:
    with opened(world()) as examined:
        found = examined.findings()
    assert frozenset[str]().union(*(finding.metrics for finding in found.values())) == {metric.name for metric in METRICS}


@pytest.mark.parametrize(
    ("field", "topics"),
    [
        ("issues", {"repositories", "issues"}),
        ("pullRequests", {"repositories", "pull_requests", "conflicts"}),
        ("releases", {"repositories"}),
        ("discussions", {"discussions"}),
        ("stargazers", {"stars"}),
        ("defaultBranchRef", {"contributors"}),
    ],
)
def test_a_permission_that_is_missing_fails_the_topics_that_need_it(opened: Open, field: str, topics: set[str]) -> None:
    github = world()
    github.errors["acme/r1", field] = "FORBIDDEN"
    with opened(github) as examined:
        found = examined.findings()
    assert {subject for subject, finding in found.items() if finding.works is False} == topics
    assert all(found[topic].detail.startswith("cannot be read in acme/r1 (auth), of 2 repositories: ") for topic in topics)


def test_the_permission_of_a_fine_grained_token_is_named(opened: Open) -> None:
    github = world()
    github.errors["acme/r1", "discussions"] = "FORBIDDEN"
    with opened(github) as examined:
        assert examined.findings()["discussions"].detail == (
            "cannot be read in acme/r1 (auth), of 2 repositories:"
            " a fine-grained token or App needs the permission Discussions for them, read-only"
        )


def test_who_may_see_the_list_of_stars_is_told_where_it_is_refused(opened: Open) -> None:
    github = world()
    github.errors["acme/r1", "stargazers"] = "FORBIDDEN"
    with opened(github) as examined:
        found = examined.findings()["stars"]
    assert found.works is False
    assert found.detail.endswith("; github.com shows the list to those alone who administer the repository or collaborate on it")


@pytest.mark.parametrize(
    ("scopes", "advice"),
    [
        ("", "the token lacks the scope repo, if they are private"),
        ("public_repo, read:org", "the token lacks the scope repo, if they are private"),
        ("gist, repo", "the account of the token must be allowed to see it"),
    ],
)
def test_the_scope_of_a_classic_token_is_named(opened: Open, scopes: str, advice: str) -> None:
    github = world()
    github.scopes = scopes
    github.errors["acme/r1", "discussions"] = "FORBIDDEN"
    with opened(github) as examined:
        assert examined.findings()["discussions"].detail == f"cannot be read in acme/r1 (auth), of 2 repositories: {advice}"


@pytest.mark.parametrize(
    ("scopes", "lacking"),
    [("public_repo", "the scope security_events"), ("security_events", "if they are private"), ("repo", "the account")],
)
def test_alerts_need_a_scope_of_their_own_that_repo_includes(opened: Open, scopes: str, lacking: str) -> None:
    github = world()
    github.scopes = scopes
    github.rest = rest(dependabot=403)
    with opened(github, read=["security"]) as examined:
        found = examined.findings()["security (dependabot)"]
    assert not found.works
    assert lacking in found.detail
    assert found.detail.endswith("; check that the tool is enabled there")


def test_a_repository_that_is_not_found_fails_every_topic_and_is_asked_for_once(opened: Open) -> None:
    with opened(world(), repositories=["acme/r0", "acme/none"], read=EVERY_TOPIC, security_tools=EVERY_TOOL) as examined:
        found = examined.findings()
        asked = [request.path for request in examined.upstream.requests if request.method == "GET"]
    told = [finding for subject, finding in found.items() if subject != "token"]
    assert len(told) == len(EVERY_TOPIC) + len(EVERY_TOOL)
    assert all(finding.detail.startswith("cannot be read in acme/none (not_found), of 2 rep") for finding in told)
    assert all(finding.detail.endswith("; check the spelling") for finding in told)
    assert not any("none" in path for path in asked)


@pytest.mark.parametrize(
    ("refused", "subject", "permission"),
    [
        ("traffic", "traffic", "Administration"),
        ("contributors", "contributors", "Contents"),
        ("issues", "comments", "Issues"),
        ("dependabot", "security (dependabot)", "Dependabot alerts"),
        ("code_scanning", "security (code_scanning)", "Code scanning alerts"),
        ("secret_scanning", "security (secret_scanning)", "Secret scanning alerts"),
    ],
)
def test_what_rest_refuses_is_told_with_its_permission(opened: Open, refused: str, subject: str, permission: str) -> None:
    github = world()
    github.rest = rest(**{refused: 403})
    with opened(github, read=EVERY_TOPIC, security_tools=EVERY_TOOL) as examined:
        found = examined.findings()
    assert [name for name, finding in found.items() if not finding.works] == [subject]
    assert found[subject].detail.startswith("cannot be read in acme/r0, acme/r1 (auth), of 2 repositories: ")
    assert f"needs the permission {permission} for them" in found[subject].detail


def test_no_secret_is_asked_for_and_no_list_longer_than_one_entry(opened: Open) -> None:
    with opened(world(), read=EVERY_TOPIC, security_tools=EVERY_TOOL) as examined:
        examined.findings()
        asked = {request.path: request.query for request in examined.upstream.requests if request.method == "GET"}
    assert asked["/repos/acme/r0/secret-scanning/alerts"] == {"per_page": ["1"], "hide_secret": ["true"]}
    assert all(query.get("per_page") == ["1"] for path, query in asked.items() if not path.endswith("/traffic/views"))


def test_hundreds_of_repositories_are_told_in_as_many_lines(opened: Open) -> None:
    github = FakeGitHub(*[Repository(f"acme/r{i}") for i in range(120)])
    github.rest = rest()
    for repository in github.repositories[:100]:
        github.errors[repository.name, "discussions"] = "FORBIDDEN"
    with opened(github, read=["discussions", "traffic"]) as examined:
        found = examined.findings()
        gets = [request for request in examined.upstream.requests if request.method == "GET"]
    assert list(found)[:4] == ["token", "repositories", "discussions", "traffic"]
    assert found["discussions"].detail.startswith("cannot be read in acme/r0, acme/r1, acme/r2 and 97 more (auth), of 120 rep")
    assert found["traffic"].detail == "readable in the first 25 repositories of 120"
    assert len(gets) == 25


def test_a_hundred_repositories_cost_a_few_points(opened: Open) -> None:
    github = FakeGitHub(*[Repository(f"acme/r{i}") for i in range(100)])
    with opened(github, read=["issues", "stars"]) as examined:
        assert all(finding.works is not False for finding in examined.findings().values())
    assert github.sizes == [0, 100, 100, 100]
    assert sum(wanted.points for wanted in github.demands) == 1 + 3 * 2


@pytest.mark.parametrize("scopes", ["", "gist", "public_repo, read:org"])
def test_a_classic_token_without_the_scope_repo_is_told_to_see_public_repositories_only(opened: Open, scopes: str) -> None:
    github = world()
    github.scopes = scopes
    with opened(github) as examined:
        assert examined.findings()["token"].detail.endswith("without the scope repo it sees public repositories only")


def test_a_classic_token_with_the_scope_repo_is_fine(opened: Open) -> None:
    github = world()
    github.scopes = "gist, repo"
    with opened(github) as examined:
        assert examined.findings()["token"].detail == "accepted, 4999 of 5000 points an hour are left"


def test_a_wrong_token_is_all_that_is_told_with_everything_that_it_takes_away(opened: Open) -> None:
    with opened(world(), {"token": "ghp_wrong"}, read=["stars"]) as examined:
        found = examined.findings()
    assert list(found) == ["token"]
    assert found["token"].works is False
    assert found["token"].detail == "refused: it is wrong, has expired, or an organisation has not authorised it"
    assert {"github_stars_new", "github_repository_stars"} < found["token"].metrics


def test_a_spent_quota_is_told_with_the_time_at_which_it_renews(opened: Open) -> None:
    github = world()
    github.remaining = 0
    with opened(github) as examined:
        detail = examined.findings()["token"].detail
    assert detail == "its quota is spent until 12:40 UTC; other programs may use the same token"


def test_a_quota_that_ends_in_the_middle_is_no_missing_permission(opened: Open) -> None:
    github = world()
    github.remaining = 1
    with opened(github, read=[]) as examined:
        detail = examined.findings()["repositories"].detail
    assert detail == (
        "cannot be read in acme/r0, acme/r1 (rate_limited), of 2 repositories: the quota is spent, but for its reserve"
    )


@pytest.mark.parametrize("fault", ["drop", "garbage", Answer(500), Answer(404)])
def test_an_upstream_that_does_not_answer_raises_nothing(opened: Open, fault: Any) -> None:
    with opened(world()) as examined:
        examined.upstream.fault = fault
        found = examined.findings()
    assert [(subject, finding.works) for subject, finding in found.items()] == [("token", False)]


def test_a_server_without_rate_limits_is_told_as_such(opened: Open) -> None:
    github = world()
    github.quota_known = False
    with opened(github) as examined:
        assert examined.findings()["token"].detail == "accepted, the server sets no limit"


def test_each_of_several_tokens_is_told_by_its_name(opened: Open) -> None:
    github = world()
    github.tokens[SECOND] = Quota(remaining=100)

    def answer(request: Request) -> Answer:
        own = request.headers["authorization"].endswith(SECOND)
        return rest(traffic=403)(request) if own else rest()(request)

    github.rest = answer
    with opened(github, {"token 1": TOKEN, "token 2": SECOND, "token 3": "ghp_wrong"}, read=["traffic"]) as examined:
        found = {subject: finding.works for subject, finding in examined.findings().items() if finding.works is not None}
    assert found == {
        "token 1": True,
        "token 2": True,
        "token 3": False,
        "token 1: repositories": True,
        "token 1: traffic": True,
        "token 2: repositories": True,
        "token 2: traffic": False,
    }


def test_an_organisation_is_told_with_the_number_of_its_repositories(opened: Open) -> None:
    with opened(world(), organization="acme", exclude=["r1"]) as examined:
        found = examined.findings()
    assert found["token: organisation acme"].detail == "1 repository"
    assert found["repositories"].detail == "readable in 1 repository"


@pytest.mark.parametrize(
    ("keys", "detail"),
    [
        ({"organization": "nobody"}, "no organisation or account nobody is known, or it hides from the token"),
        (
            {"organization": "acme", "include": ["x"]},
            "the token sees no repository of acme that include, exclude, forks and archived let through",
        ),
    ],
)
def test_an_organisation_without_repositories_fails(opened: Open, keys: Any, detail: str) -> None:
    with opened(world(), **keys) as examined:
        found = examined.findings()
    assert [(subject, finding.detail) for subject, finding in found.items() if finding.works is False] == [
        (f"token: organisation {keys['organization']}", detail)
    ]
    assert "issues" not in found
