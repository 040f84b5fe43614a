"""What reading the past takes, and what becomes of it when it is interrupted, asked again, or refused."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from exporter.errors import RateLimited, Reason, UpstreamError
from exporter.sources.github import GitHub
from support.github import (
    Account,
    Comment,
    Commit,
    Discussion,
    FakeGitHub,
    Issue,
    PullRequest,
    Release,
    Repository,
    Review,
    Star,
)
from support.github.watcher import Figures, Watcher, figures, watched
from support.tools import NOW
from support.upstream import Answer, Request

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PEOPLE = [Account(f"planted-{name}") for name in ("ada", "bob", "eve")]
MOMENTS = [NOW - DAY * n for n in (90, 60, 30, 1)]


def busy() -> Repository:
    """A repository in which something has happened on each of 400 days."""
    days = [NOW - DAY * n for n in range(400, 0, -1)]
    return Repository(
        "acme/tool",
        created_at=NOW - DAY * 500,
        issues=[_issue(n, at) for n, at in enumerate(days)],
        pull_requests=[_pull(n, at) for n, at in enumerate(days)],
        discussions=[Discussion(author=_by(n), created_at=at) for n, at in enumerate(days)],
        stars=[Star(at, Account(f"planted-{at.timestamp()}")) for at in days],
        forks=days,
        fork_count=len(days),
        commits=[Commit(at, _by(n), f"planted-{n % 3}@example.org") for n, at in enumerate(days)],
    )


def _issue(number: int, at: datetime) -> Issue:
    return Issue(author=_by(number), created_at=at, closed_at=at + DAY / 2, comments=[Comment(_by(number + 1), at + HOUR)])


def _pull(number: int, at: datetime) -> PullRequest:
    return PullRequest(author=_by(number), created_at=at, merged_at=at + HOUR, reviews=[Review(_by(number + 1), at)])


def _by(number: int) -> Account:
    return PEOPLE[number % len(PEOPLE)]


@pytest.fixture
def watcher(tmp_path: Path) -> Iterator[Watcher]:
    with watched(FakeGitHub(busy(), now=NOW), tmp_path / "state", slow_interval=6 * HOUR) as opened:
        yield opened


def spent(watcher: Watcher) -> int:
    """The points of all queries so far."""
    return sum(demand.points for demand in watcher.github.demands)


def test_three_months_of_a_repository_take_a_few_dozen_points(watcher: Watcher) -> None:
    """180 days of issues and pull requests, 4 points for 100 of each, all 400 discussions, and little else."""
    watcher.past(MOMENTS, NOW)
    assert spent(watcher) <= 75
    assert len(watcher.github.demands) <= 20


def test_what_was_read_is_not_read_again(watcher: Watcher) -> None:
    first = watcher.past(MOMENTS, NOW)
    before, queries = spent(watcher), len(watcher.github.demands)
    assert watcher.past(MOMENTS[1:], NOW) == {moment: first[moment] for moment in MOMENTS[1:]}
    assert (spent(watcher) - before, len(watcher.github.demands) - queries) == (2, 2)


def test_moments_from_before_what_was_read_are_read_too(watcher: Watcher, tmp_path: Path) -> None:
    watcher.past(MOMENTS[2:], NOW)
    told = watcher.past(MOMENTS, NOW)
    fresh = Watcher(watcher.github, watcher.config.base_url, tmp_path / "fresh")
    assert told == fresh.past(MOMENTS, NOW)


def test_where_the_quota_ends_it_says_when_to_go_on(watcher: Watcher) -> None:
    watcher.github.limit, watcher.github.remaining = 20, 20
    with pytest.raises(RateLimited) as caught:
        watcher.past(MOMENTS, NOW)
    assert caught.value.until == watcher.github.reset
    assert str(caught.value) == "the quota of GitHub ended; what has been read so far is kept"


def test_a_reading_that_is_interrupted_again_and_again_says_what_one_reading_says(watcher: Watcher, tmp_path: Path) -> None:
    whole = Watcher(watcher.github, watcher.config.base_url, tmp_path / "whole").past(MOMENTS, NOW)
    cost = spent(watcher)
    watcher.github.limit, watcher.github.remaining = 20, 20
    now, runs, told = NOW, 0, dict[datetime, Figures]()
    while not told:
        runs += 1
        try:
            told = watcher.past(MOMENTS, now)
        except RateLimited as limit:
            now = (limit.until or now) + timedelta(seconds=1)
    assert told == whole
    assert 3 <= runs <= 10
    assert spent(watcher) <= 2 * cost + 5 * runs


def failures(watcher: Watcher) -> set[Reason | None]:
    """Why parts of the past could not be told, or all of it."""
    try:
        return {part.failure for _, parts in GitHub(watcher.config).past(watcher.tools(NOW), MOMENTS) for part in parts}
    except UpstreamError as error:
        return {error.reason}


@pytest.mark.parametrize("after", [1, 2, 4, 6])
def test_a_connection_that_ends_costs_what_was_not_read_yet_and_nothing_more(tmp_path: Path, after: int) -> None:
    github = FakeGitHub(busy(), now=NOW)
    with watched(github, tmp_path / "state") as watcher:
        handler, left = watcher.upstream.handler, [after]

        def failing(request: Request) -> Answer:
            left[0] -= 1
            return handler(request) if left[0] >= 0 else Answer(503)

        watcher.upstream.handler = failing
        assert Reason.SERVER_ERROR in failures(watcher)
        watcher.upstream.handler = handler
        told = watcher.past(MOMENTS, NOW)
        assert told == Watcher(github, watcher.config.base_url, tmp_path / "fresh").past(MOMENTS, NOW)


def test_a_repository_that_is_not_found_leaves_the_others_alone(tmp_path: Path) -> None:
    github = FakeGitHub(Repository("acme/tool", stars=[Star(NOW - DAY * 9)]), now=NOW)
    with watched(github, tmp_path, repositories=("acme/tool", "acme/gone"), read=("stars",)) as watcher:
        ((_, parts),) = GitHub(watcher.config).past(watcher.tools(NOW), [NOW - DAY])
    assert [(dict(part.labels)["repository"], part.topic.name if part.topic else "", part.failure) for part in parts] == [
        ("acme/tool", "repositories", None),
        ("acme/gone", "repositories", Reason.NOT_FOUND),
        ("acme/tool", "stars", None),
    ]


@pytest.mark.parametrize(("refused", "reason"), [("FORBIDDEN", Reason.AUTH), ("NOT_FOUND", Reason.NOT_FOUND)])
def test_without_the_list_of_stars_only_what_is_read_of_it_is_unknown(tmp_path: Path, refused: str, reason: Reason) -> None:
    """As for a token of nobody who administers the repository or works on it."""
    github = FakeGitHub(busy(), now=NOW)
    github.errors["acme/tool", "stargazers"] = refused
    with watched(github, tmp_path) as watcher:
        ((_, past),) = GitHub(watcher.config).past(watcher.tools(NOW), [NOW - DAY])
        now = list(GitHub(watcher.config).collect(watcher.tools(NOW), NOW))
    others = {"github_repository_forks", "github_issues_open", "github_pull_requests", "github_contributors_active"}
    for parts, unknown in ((past, {"github_repository_stars", "github_stars_new"}), (now, {"github_stars_new"})):
        names = {name for name, _ in figures(parts)}
        assert names.isdisjoint(unknown)
        assert names >= others
        failed = [part for part in parts if part.failure]
        assert {(part.topic and part.topic.name, part.failure) for part in failed} == {("stars", reason)}
    assert figures(now)["github_repository_stars", (("repository", "acme/tool"),)] > 0


@contextmanager
def failing_at_releases(folder: Path, answer: Answer) -> Iterator[Watcher]:
    """Two repositories; the second page of the releases of one of them is answered like that, all else as usual."""
    repositories = [
        Repository(name, created_at=NOW - DAY * 500, issues=[Issue(created_at=NOW - DAY * 20, closed_at=NOW - DAY * days)])
        for name, days in (("acme/tool", 19), ("acme/docs", 10))
    ]
    repositories[1].releases = [Release(created_at=NOW - DAY * n) for n in range(1, 40)]
    with watched(FakeGitHub(*repositories, now=NOW), folder, read=("issues",)) as watcher:
        handler = watcher.upstream.handler

        def failing(request: Request) -> Answer:
            further = b"releaseAssets" in request.body and b"stargazerCount" not in request.body
            return answer if further else handler(request)

        watcher.upstream.handler = failing
        yield watcher


def test_figures_over_all_repositories_are_not_told_while_the_facts_of_one_are_missing(tmp_path: Path) -> None:
    """Since when that one has been there is not known then, although all other lists could be read."""
    with failing_at_releases(tmp_path, Answer(503)) as watcher:
        ((_, parts),) = GitHub(watcher.config).past(watcher.tools(NOW), [NOW - DAY])
    assert [(part.labels and part.labels[0][1], part.topic and part.topic.name, part.failure) for part in parts] == [
        ("acme/tool", "repositories", None),
        ("acme/docs", "repositories", Reason.SERVER_ERROR),
        ("acme/tool", "issues", None),
        ((), "issues", Reason.SERVER_ERROR),
    ]


def test_nothing_is_told_where_a_limit_keeps_the_facts_of_one_repository_back(tmp_path: Path) -> None:
    with (
        failing_at_releases(tmp_path, Answer(429, headers={"retry-after": "3600"})) as watcher,
        pytest.raises(RateLimited) as caught,
    ):
        watcher.past([NOW - DAY], NOW)
    assert caught.value.until == NOW + HOUR


def test_topics_that_are_not_configured_are_not_told(tmp_path: Path) -> None:
    with watched(FakeGitHub(busy(), now=NOW), tmp_path, read=()) as watcher:
        ((_, parts),) = GitHub(watcher.config).past(watcher.tools(NOW), [NOW - DAY])
    assert {name for name, _ in figures(parts)} == {
        "github_repository_stars",
        "github_repository_forks",
        "github_repository_created_timestamp_seconds",
        "github_issues_open",
        "github_issues_closed",
        "github_issues_open_labelled",
        "github_pull_requests",
        "github_releases",
    }


def test_without_moments_nothing_is_asked(watcher: Watcher) -> None:
    assert watcher.past([], NOW) == {}
    assert watcher.github.demands == []


def test_what_refreshes_keep_is_left_alone(watcher: Watcher) -> None:
    def refreshed() -> object:
        return [part.samples for part in GitHub(watcher.config).collect(watcher.tools(NOW), NOW)]

    before = refreshed()
    watcher.past(MOMENTS, NOW)
    queries = len(watcher.github.demands)
    assert refreshed() == before
    assert len(watcher.github.demands) - queries == 1


def test_no_login_address_title_or_text_is_kept(watcher: Watcher) -> None:
    watcher.past(MOMENTS, NOW)
    path = watcher.folder / "past.sqlite"
    database = sqlite3.connect(path)
    tables = [name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    kept = repr([database.execute(f"SELECT * FROM {table}").fetchall() for table in tables])
    database.close()
    assert "example.org" not in kept
    assert "planted" not in kept
    assert b"planted" not in b"".join(file.read_bytes() for file in watcher.folder.iterdir())
    assert path.stat().st_mode & 0o077 == 0


def test_what_comes_while_it_is_read_does_not_change_the_past(watcher: Watcher) -> None:
    """An issue is opened between the counts and the lists: both are read once more, until they are of the same moment."""
    repository = watcher.github.repositories[0]
    handler, asked = watcher.upstream.handler, list[int]()

    def opening(request: Request) -> Answer:
        answer = handler(request)
        asked.append(1)
        if len(asked) == 1:
            repository.issues.append(Issue(created_at=NOW, updated_at=NOW))
        return answer

    watcher.upstream.handler = opening
    told = watcher.past([NOW - DAY], NOW + HOUR)
    opened = [value for (name, _), value in told[NOW - DAY].items() if name == "github_issues_open"]
    assert sum(opened) == 1


def test_while_it_never_stands_still_how_many_were_open_is_not_told(tmp_path: Path) -> None:
    """An issue is opened after each answer: counts and lists are never of one moment, and after three readings that is it."""
    repository = Repository("acme/tool", created_at=NOW - DAY * 500, issues=[Issue(created_at=NOW - DAY * 9)])
    with watched(FakeGitHub(repository, now=NOW), tmp_path, read=("issues",)) as watcher:
        handler = watcher.upstream.handler

        def opening(request: Request) -> Answer:
            answer = handler(request)
            repository.issues.append(Issue(created_at=NOW, updated_at=NOW))
            return answer

        watcher.upstream.handler = opening
        told = watcher.past([NOW - DAY], NOW + HOUR)[NOW - DAY]
    names = {name for name, _ in told}
    assert names.isdisjoint({"github_issues_open", "github_issues_closed", "github_issues_open_labelled", "github_pull_requests"})
    assert told["github_issues_newly_opened", (("repository", "acme/tool"), ("window", "30d"))] == 1
