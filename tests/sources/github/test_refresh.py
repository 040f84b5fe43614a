"""How topics are read together: what one lacks takes nothing from the others, and what they cost."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from exporter.errors import Reason
from exporter.facts import Part
from exporter.sources.github import GitHub, GitHubConfig
from support.github import TOKEN, FakeGitHub, actions
from support.github.world import Account, Commit, Discussion, Issue, PullRequest, Repository, Star
from support.tools import NOW, PATIENCE, make_tools
from support.upstream import Upstream

ADA = Account("planted-ada")
HOUR = timedelta(hours=1)


def ago(**length: float) -> datetime:
    return NOW - timedelta(**length)


def ordinary(name: str) -> Repository:
    return Repository(
        name,
        issues=[Issue(("bug", "P1"), author=ADA, created_at=ago(days=3))],
        pull_requests=[PullRequest(author=ADA, created_at=ago(days=2))],
        discussions=[Discussion(author=ADA, created_at=ago(days=2))],
        stars=[Star(ago(days=1))],
        commits=[Commit(ago(days=1), ADA)],
    )


class Read:
    """A source that reads a fake GitHub at moments that a test names."""

    def __init__(self, github: FakeGitHub, upstream: Upstream, folder: Path, **config: Any) -> None:
        self.github = github
        self.upstream = upstream
        self.folder = folder
        names = [repository.name for repository in github.repositories]
        self.source = GitHub(GitHubConfig(base_url=upstream.url, token=TOKEN, repositories=names, **config))

    def refresh(self, now: datetime = NOW) -> list[Part]:
        self.github.now = now
        return list(self.source.collect(make_tools(self.folder, now=now, timeout=PATIENCE), now))

    def requests(self, now: datetime) -> int:
        """How many requests a refresh takes, which must succeed."""
        before = len(self.upstream.requests)
        assert failures(self.refresh(now)) == set()
        return len(self.upstream.requests) - before


def failures(parts: list[Part]) -> set[tuple[str, str, Reason]]:
    """What failed: repository, topic, reason."""
    return {
        (dict(part.labels).get("repository", ""), part.topic.name, part.failure) for part in parts if part.failure and part.topic
    }


Reading = Callable[..., Read]


@pytest.fixture
def reading(tmp_path: Path, request: pytest.FixtureRequest) -> Reading:
    """Opens a fake GitHub to a source."""

    def opened(*repositories: Repository, **config: Any) -> Read:
        github = FakeGitHub(*repositories)
        upstream = Upstream(github)
        upstream.__enter__()
        request.addfinalizer(lambda: upstream.__exit__(None, None, None))
        return Read(github, upstream, tmp_path, **config)

    return opened


def test_discussions_that_a_token_may_not_see_take_nothing_else_away(reading: Reading) -> None:
    read = reading(ordinary("acme/tool"), ordinary("acme/docs"))
    read.github.errors["acme/docs", "discussions"] = "FORBIDDEN"
    parts = read.refresh()
    assert failures(parts) == {("acme/docs", "discussions", Reason.AUTH), ("", "discussions", Reason.AUTH)}
    assert sum(sample.value for part in parts for sample in part.samples if sample.name == "github_stars_new") == 2 * 3 - 2


def test_a_repository_that_is_gone_fails_its_own_parts_and_what_is_told_of_all(reading: Reading) -> None:
    read = reading(ordinary("acme/tool"), ordinary("acme/docs"), read=("issues",))
    read.github.repositories.pop()
    assert failures(read.refresh()) == {
        ("acme/docs", "repositories", Reason.NOT_FOUND),
        ("acme/docs", "issues", Reason.NOT_FOUND),
        ("", "issues", Reason.NOT_FOUND),
    }


def test_a_refresh_of_a_quiet_repository_is_one_query_and_of_a_busy_one_two(reading: Reading) -> None:
    repository = ordinary("acme/tool")
    read = reading(repository)
    read.refresh()
    assert read.requests(NOW + HOUR) == 1
    at = NOW + 2 * HOUR
    actions.open_issue(repository, at, ADA)
    actions.open_pull(repository, at, ADA)
    actions.start_discussion(repository, at, repository.discussions[0].category, ADA)
    actions.star(repository, at, Account("planted-eve"))
    actions.commit(repository, at, ADA, "planted-ada@example.org")
    assert read.requests(NOW + 3 * HOUR) <= 3


def test_a_hundred_repositories_take_five_requests_while_little_happens(reading: Reading) -> None:
    read = reading(*(ordinary(f"acme/r{number}") for number in range(100)))
    for hour in range(3):
        read.refresh(NOW + hour * HOUR)
    actions.open_issue(read.github.repositories[7], NOW + 3 * HOUR, ADA)
    assert read.requests(NOW + 4 * HOUR) <= 5


def test_an_organisation_is_read_bit_by_bit_and_known_whole_in_the_end(reading: Reading) -> None:
    """A hundred requests to the REST API a refresh: the lists of contributors of 120 repositories take two."""
    read = reading(*(ordinary(f"acme/r{number}") for number in range(120)), read=("contributors",))
    first = failures(read.refresh())
    assert ("", "contributors", Reason.TOO_LARGE) in first
    assert len(first) == 21
    assert failures(read.refresh(NOW + HOUR)) == set()


@pytest.mark.parametrize("read_topics", [("issues",), ()])
def test_hundreds_of_open_bugs_by_priority(reading: Reading, read_topics: tuple[str, ...]) -> None:
    """Whether their pages are read in each refresh or only once, the figures are the same."""
    old = [Issue(("bug", "P0" if n % 5 == 0 else "P2"), created_at=ago(days=200 + n % 50)) for n in range(350)]
    new = [Issue(("bug", "P1"), author=ADA, created_at=ago(days=3)) for _ in range(60)]
    repository = Repository("acme/tool", issues=[*old, *new])
    read = reading(repository, read=read_topics)
    assert open_bugs(read.refresh()) == {"P0": 70, "P1": 60, "P2": 280, "P3": 0, "none": 0}
    if read_topics:
        assert read.requests(NOW + HOUR) <= 3
    actions.close(repository.issues[0], NOW + HOUR)
    actions.label(repository.issues[1], NOW + HOUR, "P0")
    actions.delete_issue(repository, repository.issues[2])
    assert open_bugs(read.refresh(NOW + 2 * HOUR)) == {"P0": 70, "P1": 60, "P2": 278, "P3": 0, "none": 0}
    assert open_bugs(read.refresh(NOW + timedelta(days=120))) == {"P0": 70, "P1": 60, "P2": 278, "P3": 0, "none": 0}
    if read_topics:
        assert read.requests(NOW + timedelta(days=120, hours=1)) <= 3


def open_bugs(parts: list[Part]) -> dict[str, float]:
    assert failures(parts) == set()
    samples = [sample for part in parts for sample in part.samples if sample.name == "github_issues_open"]
    return {dict(s.labels)["priority"]: s.value for s in samples if dict(s.labels)["kind"] == "bug"}
