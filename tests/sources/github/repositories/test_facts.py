from datetime import UTC, datetime
from typing import Any

from exporter.facts import UNITS
from exporter.sources.github import GitHub
from exporter.sources.github.metrics.repositories import TOPIC
from support.github import TOKEN, Asset, FakeGitHub, Release, Repository, issues, pull_requests
from support.tools import NOW


def day(number: int) -> datetime:
    return datetime(2026, 1, number, tzinfo=UTC)


CARO = Repository(
    "caro-cli/caro",
    stargazer_count=120,
    fork_count=7,
    watchers=11,
    created_at=day(1),
    pushed_at=day(26),
    issues=[
        *issues(2, "bug", "P0"),
        *issues(3, "bug", "P1"),
        *issues(1, "bug", "P3"),
        *issues(4, "bug"),
        *issues(5, "question"),
        *issues(6),
        *issues(9, "bug", "P0", closed=True),
        *issues(8, closed=True),
    ],
    pull_requests=pull_requests(opened=3, closed=2, merged=5),
    releases=[
        Release([Asset("caro-linux-amd64", 10, 5000), Asset("caro-darwin-arm64", 20, 6000)], created_at=day(10)),
        Release([Asset("caro-linux-amd64", 1, 5100), Asset("caro.exe", 2, 7000), Asset("caro.tar.gz", 4, 9)], created_at=day(20)),
    ],
)


def test_the_facts_of_a_repository(watch: Any) -> None:
    with watch(FakeGitHub(CARO), labels=["question", "P3"]) as seen:
        assert seen.facts() == {
            "github_repository_stars": 120,
            "github_repository_forks": 7,
            "github_repository_watchers": 11,
            "github_repository_archived": 0,
            "github_repository_created_timestamp_seconds": day(1).timestamp(),
            "github_repository_pushed_timestamp_seconds": day(26).timestamp(),
            "github_issues_open{bug,P0}": 2,
            "github_issues_open{bug,P1}": 3,
            "github_issues_open{bug,P2}": 0,
            "github_issues_open{bug,P3}": 1,
            "github_issues_open{bug,none}": 4,
            "github_issues_open{other,none}": 11,
            "github_issues_closed": 17,
            "github_issues_open_labelled{question}": 5,
            "github_issues_open_labelled{P3}": 1,
            "github_pull_requests{open}": 3,
            "github_pull_requests{closed}": 2,
            "github_pull_requests{merged}": 5,
            "github_releases": 2,
            "github_latest_release_timestamp_seconds": day(20).timestamp(),
            "github_release_downloads{linux}": 11,
            "github_release_downloads{macos}": 20,
            "github_release_downloads{windows}": 2,
            "github_release_downloads{other}": 4,
            "github_release_asset_size_bytes{linux}": 5100,
            "github_release_asset_size_bytes{windows}": 7000,
        }


def test_open_issues_by_kind_and_priority_add_up_to_all_open_issues(watch: Any) -> None:
    with watch(FakeGitHub(CARO)) as seen:
        facts = seen.facts()
    assert sum(value for name, value in facts.items() if name.startswith("github_issues_open{")) == 2 + 3 + 1 + 4 + 5 + 6


def test_an_empty_repository_has_zeros_for_what_is_counted_and_nothing_for_what_never_happened(watch: Any) -> None:
    with watch(FakeGitHub(Repository("caro-cli/caro", is_archived=True))) as seen:
        facts = seen.facts()
    assert facts.pop("github_repository_archived") == 1
    assert facts.pop("github_repository_created_timestamp_seconds") > 0
    assert "github_repository_pushed_timestamp_seconds" not in facts
    assert "github_latest_release_timestamp_seconds" not in facts
    assert not any(name.startswith("github_release_asset_size_bytes") for name in facts)
    assert len(facts) == 18
    assert set(facts.values()) == {0}


def test_a_bug_with_several_priorities_counts_once_as_the_highest(watch: Any) -> None:
    github = FakeGitHub(Repository("caro-cli/caro", issues=issues(1, "P3", "P1", "bug", "P2")))
    with watch(github) as seen:
        facts = seen.facts()
    assert facts["github_issues_open{bug,P1}"] == 1
    assert facts["github_issues_open{bug,P2}"] == facts["github_issues_open{bug,P3}"] == 0


def test_labels_are_known_in_upper_and_lower_case(watch: Any) -> None:
    with watch(FakeGitHub(Repository("caro-cli/caro", issues=issues(2, "Bug", "p0")))) as seen:
        assert seen.facts()["github_issues_open{bug,P0}"] == 2


def test_the_configuration_says_what_labels_mean(watch: Any) -> None:
    github = FakeGitHub(Repository("caro-cli/caro", issues=[*issues(2, "type: bug", "urgent"), *issues(3, "bug", "P0")]))
    with watch(github, bug_label="type: bug", priorities={"P0": ("blocker", "urgent")}) as seen:
        facts = seen.facts()
    assert facts["github_issues_open{bug,P0}"] == 2
    assert facts["github_issues_open{other,none}"] == 3


def test_drafts_do_not_count_as_releases(watch: Any) -> None:
    draft = Release([Asset("caro-linux", 50, 99)], created_at=day(25), is_draft=True)
    with watch(FakeGitHub(Repository("caro-cli/caro", releases=[*CARO.releases, draft]))) as seen:
        facts = seen.facts()
    assert facts["github_releases"] == 2
    assert facts["github_latest_release_timestamp_seconds"] == day(20).timestamp()
    assert facts["github_release_downloads{linux}"] == 11
    assert facts["github_release_asset_size_bytes{linux}"] == 5100


def test_pre_releases_count_as_releases(watch: Any) -> None:
    beta = Release([Asset("caro-linux", 50, 99)], created_at=day(25), is_prerelease=True)
    with watch(FakeGitHub(Repository("caro-cli/caro", releases=[*CARO.releases, beta]))) as seen:
        facts = seen.facts()
    assert facts["github_releases"] == 3
    assert facts["github_release_asset_size_bytes{linux}"] == 99
    assert "github_release_asset_size_bytes{windows}" not in facts


def test_the_newest_release_is_the_one_published_last_not_the_one_created_last(watch: Any) -> None:
    releases = [
        Release([Asset("caro-linux", 0, 111)], created_at=day(2), published_at=day(15)),
        Release([Asset("caro-linux", 0, 222)], created_at=day(3), published_at=day(5)),
    ]
    with watch(FakeGitHub(Repository("caro-cli/caro", releases=releases))) as seen:
        facts = seen.facts()
    assert facts["github_latest_release_timestamp_seconds"] == day(15).timestamp()
    assert facts["github_release_asset_size_bytes{linux}"] == 111


def test_the_largest_asset_of_a_platform_gives_its_size(watch: Any) -> None:
    release = Release([Asset("caro-linux-arm64", 0, 30), Asset("caro-linux-amd64", 0, 50), Asset("caro_amd64.deb", 0, 40)])
    with watch(FakeGitHub(Repository("caro-cli/caro", releases=[release]))) as seen:
        assert seen.facts()["github_release_asset_size_bytes{linux}"] == 50


def test_checksums_and_signatures_count_neither_as_downloads_nor_as_assets(watch: Any) -> None:
    release = Release([Asset("caro-linux", 1, 10), Asset("caro-linux.sha256", 100, 9999), Asset("checksums.txt", 100, 9999)])
    with watch(FakeGitHub(Repository("caro-cli/caro", releases=[release]))) as seen:
        facts = seen.facts()
    assert facts["github_release_downloads{linux}"] == 1
    assert facts["github_release_downloads{other}"] == 0
    assert facts["github_release_asset_size_bytes{linux}"] == 10


def test_downloads_fall_when_an_asset_is_deleted(watch: Any) -> None:
    release = Release([Asset("caro-linux", 5), Asset("caro-linux-old", 3)])
    with watch(FakeGitHub(Repository("caro-cli/caro", releases=[release]))) as seen:
        assert seen.facts()["github_release_downloads{linux}"] == 8
        del release.assets[1]
        assert seen.facts()["github_release_downloads{linux}"] == 5


def test_a_renamed_repository_keeps_the_name_of_the_configuration(watch: Any) -> None:
    github = FakeGitHub(Repository("caro-cli/caro", stargazer_count=3))
    github.renamed["old/name"] = "caro-cli/caro"
    with watch(github, repositories=["old/name"]) as seen:
        part = seen.parts()["old/name"]
    assert {dict(sample.labels)["repository"] for sample in part.samples} == {"old/name"}
    assert part.time == NOW


def test_an_enterprise_server_is_asked_beside_its_rest_api(watch: Any, tmp_path: Any) -> None:
    github = FakeGitHub(Repository("caro-cli/caro", stargazer_count=3), path="/api/graphql")
    github.quota_known = False
    with watch(github) as seen:
        seen.source = GitHub(seen.source.config.model_copy(update={"base_url": f"{seen.upstream.url}/api/v3"}))
        assert seen.facts()["github_repository_stars"] == 3


def test_the_token_goes_into_the_header_alone(watch: Any) -> None:
    with watch(FakeGitHub(CARO)) as seen:
        seen.parts()
        (request,) = seen.upstream.requests
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert TOKEN.encode() not in request.body


def test_every_metric_that_is_declared_is_given(watch: Any) -> None:
    with watch(FakeGitHub(CARO), labels=["ui"]) as seen:
        part = seen.parts()["caro-cli/caro"]
    assert part.topic is TOPIC
    assert {sample.name for sample in part.samples} == {metric.name for metric in TOPIC.metrics}
    assert all(metric.unit in UNITS and "repository" in metric.labels for metric in TOPIC.metrics)


def test_no_series_is_given_twice(watch: Any) -> None:
    with watch(FakeGitHub(CARO), labels=["ui", "P0"]) as seen:
        part = seen.parts()["caro-cli/caro"]
    assert len({(sample.name, sample.labels) for sample in part.samples}) == len(part.samples)
