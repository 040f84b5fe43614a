from typing import Any

import pytest

from exporter.errors import Reason, UpstreamError
from support.github import FakeGitHub, Repository, issues
from support.upstream import Answer


def world(number: int) -> FakeGitHub:
    return FakeGitHub(*[Repository(f"acme/r{i}", stargazer_count=i) for i in range(number)])


def stars(parts: Any) -> dict[str, float]:
    return {
        name: sample.value for name, part in parts.items() for sample in part.samples if sample.name == "github_repository_stars"
    }


def test_a_hundred_ordinary_repositories_take_five_requests(watch: Any) -> None:
    github = world(100)
    for repository in github.repositories[:30]:
        repository.issues = issues(80, "bug")
    with watch(github) as seen:
        assert stars(seen.parts()) == {f"acme/r{i}": i for i in range(100)}
    assert github.sizes == [25, 25, 25, 25, 30]


def test_a_batch_that_github_cannot_answer_in_time_is_halved_at_once(watch: Any) -> None:
    github = world(25)
    github.too_much = 7
    with watch(github) as seen:
        assert len(stars(seen.parts())) == 25
    assert github.sizes == [25, 12, 6, 6, 6, 6, 1]


def test_the_size_that_worked_is_kept_for_the_next_refresh(watch: Any) -> None:
    github = world(12)
    github.too_much = 6
    with watch(github) as seen:
        seen.parts()
        github.sizes.clear()
        seen.parts()
    assert github.sizes == [6, 6]


def test_the_size_grows_by_one_after_four_queries_that_were_answered(watch: Any) -> None:
    github = world(12)
    github.too_much = 4
    with watch(github) as seen:
        seen.parts()
        github.too_much = None
        github.sizes.clear()
        seen.parts()
        seen.parts()
    assert github.sizes == [4, 4, 4, 4, 5, 3]


def test_a_repository_that_is_too_much_even_alone_fails_alone(watch: Any) -> None:
    github = world(3)
    heavy = github.__call__

    def answer(request: Any) -> Answer:
        return Answer(504) if b'"r1"' in request.body else heavy(request)

    with watch(github) as seen:
        seen.upstream.handler = answer
        parts = seen.parts()
    assert parts["acme/r1"].failure is Reason.SERVER_ERROR
    assert stars(parts) == {"acme/r0": 0, "acme/r2": 2}


def test_what_is_complete_is_kept_when_github_breaks_off(watch: Any) -> None:
    github = world(10)
    github.broken_off = 6
    with watch(github) as seen:
        assert stars(seen.parts()) == {f"acme/r{i}": i for i in range(10)}
    assert github.sizes == [10, 4]


def test_a_repository_that_exceeds_the_resource_limits_alone_is_told_as_too_large(watch: Any) -> None:
    github = world(2)
    github.broken_off = 0
    with watch(github) as seen:
        assert {part.failure for part in seen.parts().values()} == {Reason.TOO_LARGE}
    assert github.sizes == [2, 1, 1]


def test_further_pages_are_halved_like_repositories(watch: Any) -> None:
    github = FakeGitHub(*[Repository(f"acme/r{i}", issues=issues(60, "bug", "P1")) for i in range(8)])
    with watch(github) as seen:
        answer = github.__call__

        def slow_for_pages(request: Any) -> Answer:
            return Answer(502) if request.body.count(b"after: ") > 4 else answer(request)

        seen.upstream.handler = slow_for_pages
        parts = seen.parts()
    assert github.sizes == [8, 4, 4]
    assert {len([s for s in part.samples if s.value == 60]) for part in parts.values()} == {1}


@pytest.mark.parametrize(
    ("fault", "reason"),
    [(Answer(502), Reason.SERVER_ERROR), ("drop", Reason.CONNECTION), ("garbage", Reason.MALFORMED)],
)
def test_an_upstream_that_is_down_is_left_alone_soon(watch: Any, fault: Any, reason: Reason) -> None:
    with watch(world(100)) as seen:
        seen.upstream.fault = fault
        with pytest.raises(UpstreamError) as raised:
            seen.parts()
    assert raised.value.reason is reason
    assert len(seen.upstream.requests) <= 4 + 3 * 3


def test_an_outage_teaches_nothing_about_the_size(watch: Any) -> None:
    github = world(50)
    with watch(github) as seen:
        seen.upstream.fault = Answer(502)
        with pytest.raises(UpstreamError):
            seen.parts()
        seen.upstream.fault = None
        seen.parts()
    assert github.sizes == [25, 25]
