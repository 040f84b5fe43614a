from typing import Any

import pytest

from exporter.errors import RateLimited, Reason, UpstreamError
from support.github import FakeGitHub, Repository, issues
from support.upstream import Answer


def world(number: int = 3) -> FakeGitHub:
    return FakeGitHub(*[Repository(f"acme/r{i}", stargazer_count=1) for i in range(number)])


def failures(parts: Any) -> dict[str, Reason | None]:
    for part in parts.values():
        assert bool(part.samples) == (part.failure is None)
    return {name: part.failure for name, part in parts.items()}


def test_an_unknown_repository_fails_alone(watch: Any) -> None:
    with watch(world(2), repositories=["acme/r0", "acme/none", "acme/r1"]) as seen:
        assert failures(seen.parts()) == {"acme/r0": None, "acme/none": Reason.NOT_FOUND, "acme/r1": None}


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("FORBIDDEN", Reason.AUTH),
        ("INSUFFICIENT_SCOPES", Reason.AUTH),
        ("NOT_FOUND", Reason.NOT_FOUND),
        ("SERVICE_UNAVAILABLE", Reason.SERVER_ERROR),
    ],
)
@pytest.mark.parametrize("field", ["releases", "issues", "watchers"])
def test_an_error_inside_a_repository_fails_it_as_a_whole(watch: Any, kind: str, reason: Reason, field: str) -> None:
    github = world()
    github.errors["acme/r1", field] = kind
    with watch(github) as seen:
        assert failures(seen.parts()) == {"acme/r0": None, "acme/r1": reason, "acme/r2": None}


def test_an_error_on_a_further_page_fails_the_repository_as_a_whole(watch: Any) -> None:
    github = world(2)
    github.repositories[0].issues = issues(60, "bug")
    with watch(github) as seen:
        answer = github.__call__

        def forbidding(request: Any) -> Answer:
            said = answer(request)
            github.errors["acme/r0", "issues"] = "FORBIDDEN"
            return said

        seen.upstream.handler = forbidding
        assert failures(seen.parts()) == {"acme/r0": Reason.AUTH, "acme/r1": None}


def test_no_repository_at_all_is_no_failure_of_the_source(watch: Any) -> None:
    with watch(world(0), repositories=["acme/none", "acme/nothing"]) as seen:
        assert set(failures(seen.parts()).values()) == {Reason.NOT_FOUND}


def test_a_wrong_token_fails_the_source(watch: Any) -> None:
    with watch(world(), token="ghp_wrong") as seen:
        with pytest.raises(UpstreamError) as raised:
            seen.parts()
        assert raised.value.reason is Reason.AUTH
        assert len(seen.upstream.requests) == 1


def test_a_spent_quota_says_when_it_renews(watch: Any) -> None:
    github = world()
    github.remaining = 0
    with watch(github) as seen:
        with pytest.raises(RateLimited) as raised:
            seen.parts()
        assert raised.value.until == github.reset
        assert len(seen.upstream.requests) == 1


@pytest.mark.parametrize(
    "error",
    [
        {"type": "RATE_LIMITED", "message": "API rate limit exceeded for user ID 1."},
        {"type": "RATE_LIMIT", "code": "graphql_rate_limit", "message": "API rate limit already exceeded for user ID 1."},
        {"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."},
    ],
)
def test_a_rate_limit_is_known_by_type_or_words_even_with_points_left(watch: Any, error: Any) -> None:
    with watch(world()) as seen:
        seen.upstream.fault = Answer.json({"errors": [error]}, headers={"Retry-After": "90", "X-RateLimit-Remaining": "17"})
        with pytest.raises(RateLimited) as raised:
            seen.parts()
    assert raised.value.until is not None
    assert raised.value.until.isoformat() == "2026-01-27T12:01:30+00:00"


def test_a_quota_that_ends_halfway_keeps_what_was_read(watch: Any) -> None:
    """25 repositories cost 21 points: after two queries, what is left is too little for a third."""
    github = world(75)
    github.remaining = 60
    with watch(github, reserve=0) as seen:
        found = list(failures(seen.parts()).values())
        assert len(seen.upstream.requests) == 2
    assert found == [None] * 50 + [Reason.RATE_LIMITED] * 25


def test_what_is_left_for_other_programs_is_not_touched(watch: Any) -> None:
    github = world(75)
    github.remaining = 560
    with watch(github, reserve=0.1) as seen:
        assert set(failures(seen.parts()).values()) == {None, Reason.RATE_LIMITED}
    assert github.remaining >= 500


def test_a_quota_that_ends_before_the_further_pages_fails_the_repositories_that_need_them(watch: Any) -> None:
    github = world(2)
    github.repositories[1].issues = issues(60, "bug")
    github.remaining = 2
    with watch(github) as seen:
        assert failures(seen.parts()) == {"acme/r0": None, "acme/r1": Reason.RATE_LIMITED}


def test_a_quota_that_ends_before_anything_is_complete_fails_the_source(watch: Any) -> None:
    github = FakeGitHub(Repository("acme/r0", issues=issues(60, "bug")))
    github.remaining = 1
    with watch(github) as seen, pytest.raises(RateLimited) as raised:
        seen.parts()
    assert raised.value.until == github.reset


def test_a_query_that_github_does_not_understand_fails_the_source_at_once(watch: Any) -> None:
    with watch(world(60)) as seen:
        error = {"path": ["query", "r0", "new"], "extensions": {"code": "undefinedField"}, "message": "Field 'new' doesn't exist"}
        seen.upstream.fault = Answer.json({"errors": [error]})
        with pytest.raises(UpstreamError) as raised:
            seen.parts()
        assert raised.value.reason is Reason.CLIENT_ERROR
        assert len(seen.upstream.requests) == 1


def test_an_answer_told_as_a_timeout_in_words_is_asked_again_in_halves(watch: Any) -> None:
    github = world(4)
    error = {"message": "Something went wrong while executing your query. This may be the result of a timeout, or a bug."}

    def answer(request: Any) -> Answer:
        return Answer.json({"data": None, "errors": [error]}) if b"r2: " in request.body else github(request)

    with watch(github) as seen:
        seen.upstream.handler = answer
        assert set(failures(seen.parts()).values()) == {None}
    assert github.sizes == [2, 2]


def test_a_server_without_rate_limits_is_read_like_any_other(watch: Any) -> None:
    github = world(1)
    github.quota_known = False
    with watch(github) as seen:
        assert failures(seen.parts()) == {"acme/r0": None}
