import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from exporter.errors import Reason
from exporter.sources.github.repositories.reading import MOST_PAGES
from support.github import Asset, FakeGitHub, Release, Repository, issues
from support.upstream import Answer

DAY = timedelta(days=1)
START = datetime(2026, 1, 1, tzinfo=UTC)


def releases(number: int, assets: int = 1) -> list[Release]:
    """Releases on successive days; each asset was downloaded once, and those of release n have n + 1 bytes."""
    return [
        Release([Asset(f"caro-{i}-linux", 1, n + 1) for i in range(assets)], created_at=START + n * DAY) for n in range(number)
    ]


@pytest.mark.parametrize("number", [49, 50, 51, 150, 151])
def test_the_bugs_of_all_pages_are_counted(watch: Any, number: int) -> None:
    github = FakeGitHub(
        Repository("caro-cli/caro", issues=[*issues(number - 1, "bug", "P2"), *issues(1, "bug", "P0"), *issues(3)])
    )
    with watch(github) as seen:
        facts = seen.facts()
    assert facts["github_issues_open{bug,P2}"] == number - 1
    assert facts["github_issues_open{bug,P0}"] == 1
    assert facts["github_issues_open{other,none}"] == 3


@pytest.mark.parametrize("number", [25, 26, 125, 126])
def test_the_releases_of_all_pages_are_counted(watch: Any, number: int) -> None:
    with watch(FakeGitHub(Repository("caro-cli/caro", releases=releases(number)))) as seen:
        facts = seen.facts()
    assert facts["github_releases"] == facts["github_release_downloads{linux}"] == number
    assert facts["github_release_asset_size_bytes{linux}"] == number


@pytest.mark.parametrize("number", [100, 101, 250])
def test_the_assets_of_all_pages_are_counted(watch: Any, number: int) -> None:
    release = Release([*[Asset(f"caro-{i}-linux", 1, 10) for i in range(number - 1)], Asset("caro.exe", 5, 70)])
    with watch(FakeGitHub(Repository("caro-cli/caro", releases=[release]))) as seen:
        facts = seen.facts()
    assert facts["github_release_downloads{linux}"] == number - 1
    assert facts["github_release_downloads{windows}"] == 5
    assert facts["github_release_asset_size_bytes{windows}"] == 70


def test_further_assets_of_an_older_release_do_not_size_the_newest(watch: Any) -> None:
    old = Release([*[Asset(f"caro-{i}-linux", 1, 900) for i in range(101)]], created_at=START)
    new = Release([Asset("caro-linux", 1, 50)], created_at=START + DAY)
    with watch(FakeGitHub(Repository("caro-cli/caro", releases=[old, new]))) as seen:
        facts = seen.facts()
    assert facts["github_release_downloads{linux}"] == 102
    assert facts["github_release_asset_size_bytes{linux}"] == 50


def test_the_newest_release_may_stand_on_a_later_page(watch: Any) -> None:
    listed = releases(30)
    listed[0].published_at = START + 99 * DAY
    with watch(FakeGitHub(Repository("caro-cli/caro", releases=listed))) as seen:
        facts = seen.facts()
    assert facts["github_latest_release_timestamp_seconds"] == (START + 99 * DAY).timestamp()
    assert facts["github_release_asset_size_bytes{linux}"] == 1


def test_further_pages_of_many_repositories_share_a_query(watch: Any) -> None:
    github = FakeGitHub(*[Repository(f"acme/r{i}", issues=issues(60, "bug"), releases=releases(30)) for i in range(20)])
    with watch(github) as seen:
        parts = seen.parts()
    assert github.sizes == [20, 40]
    assert not any(part.failure for part in parts.values())


def test_a_bug_that_is_closed_between_two_pages_does_no_harm(watch: Any) -> None:
    github = FakeGitHub(Repository("caro-cli/caro", issues=issues(60, "bug", "P1")))

    def closing(request: Any) -> Answer:
        answer = github(request)
        github.repositories[0].issues[55].closed = True
        return answer

    with watch(github) as seen:
        seen.upstream.handler = closing
        assert seen.facts()["github_issues_open{bug,P1}"] == 59


def test_a_list_without_end_fails_its_repository_alone(watch: Any) -> None:
    endless = Repository("acme/endless", releases=[Release() for _ in range(25 + 100 * MOST_PAGES + 1)])
    github = FakeGitHub(endless, Repository("caro-cli/caro"))
    with watch(github) as seen:
        parts = seen.parts()
    assert parts["acme/endless"].failure is Reason.TOO_LARGE
    assert parts["acme/endless"].samples == ()
    assert parts["caro-cli/caro"].failure is None
    assert len(github.sizes) == 1 + MOST_PAGES


def test_a_page_that_leads_back_fails_its_repository(watch: Any) -> None:
    github = FakeGitHub(Repository("acme/circle", issues=issues(1, "bug")), Repository("caro-cli/caro"))

    def circling(request: Any) -> Answer:
        said = json.loads(github(request).body)
        said["data"]["r0"]["bugs"]["pageInfo"] = {"hasNextPage": True, "endCursor": "Y3Vyc29yOjA="}
        return Answer.json(said)

    with watch(github) as seen:
        seen.upstream.handler = circling
        parts = seen.parts()
    assert parts["acme/circle"].failure is Reason.MALFORMED
    assert parts["caro-cli/caro"].failure is None
    assert github.sizes == [2, 1]
