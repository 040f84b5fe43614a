from typing import Any

import pytest

from support.github import FakeGitHub, Repository
from support.upstream import Answer


def world() -> FakeGitHub:
    return FakeGitHub(Repository("acme/r0"), Repository("acme/r1"))


def test_a_token_that_works_is_told_with_what_is_left_of_its_quota(watch: Any) -> None:
    github = world()
    github.remaining = 4321
    with watch(github) as seen:
        found = seen.findings()
    assert found["token"].works
    assert found["token"].detail == "accepted, 4320 of 5000 points an hour are left"


def test_every_repository_is_told(watch: Any) -> None:
    with watch(world(), repositories=["acme/r0", "acme/none"]) as seen:
        found = seen.findings()
    assert list(found) == ["token", "repository acme/r0", "repository acme/none"]
    assert found["repository acme/r0"].works
    assert not found["repository acme/none"].works
    assert found["repository acme/none"].detail.startswith(
        "not found, or hidden from the token: check the spelling; a fine-grained"
    )


@pytest.mark.parametrize("field", ["issues", "pullRequests", "releases"])
def test_a_permission_that_is_missing_is_named(watch: Any, field: str) -> None:
    github = world()
    github.errors["acme/r1", field] = "FORBIDDEN"
    with watch(github) as seen:
        found = seen.findings()["repository acme/r1"]
    assert not found.works
    assert "read access to metadata, issues, pull requests and contents" in found.detail


@pytest.mark.parametrize("scopes", ["", "gist", "public_repo, read:org"])
def test_a_classic_token_without_the_scope_repo_is_told_to_see_public_repositories_only(watch: Any, scopes: str) -> None:
    github = world()
    github.scopes = scopes
    with watch(github) as seen:
        assert seen.findings()["token"].detail.endswith("without the scope repo it sees public repositories only")


def test_a_classic_token_with_the_scope_repo_is_fine(watch: Any) -> None:
    github = world()
    github.scopes = "gist, repo"
    with watch(github) as seen:
        assert seen.findings()["token"].detail == "accepted, 4999 of 5000 points an hour are left"


def test_a_wrong_token_is_all_that_is_told(watch: Any) -> None:
    with watch(world(), token="ghp_wrong") as seen:
        found = seen.findings()
    assert list(found) == ["token"]
    assert not found["token"].works
    assert found["token"].detail == "refused: it is wrong, has expired, or an organisation has not authorised it"


def test_a_spent_quota_is_told_with_the_time_at_which_it_renews(watch: Any) -> None:
    github = world()
    github.remaining = 0
    with watch(github) as seen:
        assert seen.findings()["token"].detail == "its quota is spent until 12:40 UTC; other programs may use the same token"


@pytest.mark.parametrize("fault", ["drop", "garbage", Answer(500), Answer(404)])
def test_an_upstream_that_does_not_answer_raises_nothing(watch: Any, fault: Any) -> None:
    with watch(world()) as seen:
        seen.upstream.fault = fault
        found = seen.findings()
    assert list(found) == ["token"]
    assert not found["token"].works


def test_a_server_without_rate_limits_is_told_as_such(watch: Any) -> None:
    github = world()
    github.quota_known = False
    with watch(github) as seen:
        assert seen.findings()["token"].detail == "accepted, the server sets no limit"


def test_a_hundred_repositories_are_examined_with_four_requests(watch: Any) -> None:
    github = FakeGitHub(*[Repository(f"acme/r{i}") for i in range(100)])
    with watch(github) as seen:
        assert all(finding.works for finding in seen.findings().values())
    assert github.sizes == [0, 40, 40, 20]
    assert sum(wanted.points for wanted in github.demands) == 4
