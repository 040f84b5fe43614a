"""Open pull requests by whether they can be merged, asked for once in a while."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from exporter.errors import Reason
from exporter.sources.github.pull_requests import ConflictsReader
from exporter.sources.github.pull_requests.conflicts import RETRIES
from support.github import FakeGitHub, PullRequest, Repository
from support.github.followed import Followed
from support.tools import NOW

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def follow(*states: str, path: Path | None = None, **options: Any) -> Followed:
    """A repository with an open pull request in each of these states, and one of each kind that is closed."""
    found = [PullRequest(mergeable=state) for state in states]  # type: ignore[arg-type]
    closed = [PullRequest("CLOSED", mergeable="CONFLICTING"), PullRequest("MERGED", mergeable="UNKNOWN")]
    return Followed(ConflictsReader, FakeGitHub(Repository("acme/widget", pull_requests=[*found, *closed])), path, **options)


def told(mergeable: int, conflicting: int, unknown: int) -> dict[str, float]:
    name = "pull_requests_by_mergeability"
    return {f"{name}{{mergeable}}": mergeable, f"{name}{{conflicting}}": conflicting, f"{name}{{unknown}}": unknown}


def test_open_pull_requests_are_counted_by_whether_they_can_be_merged() -> None:
    followed = follow("MERGEABLE", "CONFLICTING", "MERGEABLE", "UNKNOWN")
    assert followed.refreshed() == told(2, 1, 1)


def test_a_repository_without_open_ones_counts_zero_and_is_not_asked() -> None:
    followed = follow()
    assert followed.refreshed() == told(0, 0, 0)
    assert followed.github.sizes == []


def test_all_pages_are_counted() -> None:
    followed = follow(*["CONFLICTING"] * 250)
    assert followed.queries(NOW) == 3
    assert followed.figures() == told(0, 250, 0)
    assert followed.points == 3


def test_the_counts_are_kept_until_the_slow_interval_is_over(tmp_path: Path) -> None:
    followed = follow("MERGEABLE", path=tmp_path / "facts", slow_interval=6 * HOUR)
    followed.refresh(NOW)
    followed.github.repositories[0].pull_requests[0].mergeable = "CONFLICTING"
    followed.kill()
    assert followed.queries(NOW + 5 * HOUR) == 0
    assert followed.figures() == told(1, 0, 0)
    assert followed.queries(NOW + 6 * HOUR) == 1
    assert followed.figures() == told(0, 1, 0)


def test_when_the_last_one_is_closed_there_are_none_at_once() -> None:
    followed = follow("CONFLICTING")
    followed.refresh(NOW)
    followed.github.repositories[0].pull_requests[0].state = "CLOSED"
    assert followed.refreshed(NOW + MINUTE) == told(0, 0, 0)


def test_what_github_is_working_out_is_asked_for_again_soon_but_not_for_ever() -> None:
    followed = follow("UNKNOWN", slow_interval=6 * HOUR)
    asked = [followed.queries(NOW + n * 15 * MINUTE) for n in range(10)]
    assert asked == [1] * (1 + RETRIES) + [0] * (9 - RETRIES)
    assert followed.queries(NOW + 7 * HOUR) == 1


def test_it_is_not_asked_again_when_github_has_worked_it_out() -> None:
    followed = follow("UNKNOWN")
    followed.refresh(NOW)
    followed.github.repositories[0].pull_requests[0].mergeable = "CONFLICTING"
    assert [followed.queries(NOW + n * 15 * MINUTE) for n in (1, 2)] == [1, 0]
    assert followed.figures() == told(0, 1, 0)


def test_a_reading_that_a_kill_interrupts_is_begun_again(tmp_path: Path) -> None:
    followed = follow(*["CONFLICTING"] * 5, path=tmp_path / "facts", page=2)
    assert followed.killed(NOW, 0)
    assert not followed.complete()
    assert followed.refreshed(NOW + MINUTE) == told(0, 5, 0)


def test_a_failed_reading_leaves_the_last_counts_alone() -> None:
    followed = follow("MERGEABLE", slow_interval=6 * HOUR)
    followed.refresh(NOW)
    followed.github.errors[("acme/widget", "pullRequests")] = "FORBIDDEN"
    assert followed.refresh(NOW + 7 * HOUR) == {"acme/widget": Reason.AUTH}
    assert followed.figures() == told(1, 0, 0)


def page(*nodes: Any, **info: Any) -> Any:
    return {"pullRequests": {"pageInfo": {"hasNextPage": False, "endCursor": None, **info}, "nodes": list(nodes)}}


@pytest.mark.parametrize(
    "answers",
    [
        [{}],
        [page(None)],
        [page({"mergeable": "PERHAPS"})],
        [page({"mergeable": None})],
        [page(hasNextPage=True)],
        [page(hasNextPage=True, endCursor="a")],
        [page({"mergeable": "UNKNOWN"}, hasNextPage=True, endCursor="a")] * 2,
    ],
)
def test_an_answer_that_does_not_fit_or_leads_nowhere_keeps_nothing(answers: list[Any]) -> None:
    followed = follow("MERGEABLE")
    followed.answers = answers
    assert followed.refresh(NOW) == {"acme/widget": Reason.MALFORMED}
    assert not followed.complete()
