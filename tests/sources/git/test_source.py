"""The source as a whole: parts, samples, and one repository that fails among others."""

from datetime import timedelta
from pathlib import Path

import pytest

from exporter.errors import Reason, UpstreamError
from exporter.facts import Part
from exporter.sources.base import Tools
from exporter.sources.git import Git, GitConfig
from exporter.sources.registry import sources
from support.gits import ADA, BOB, CLEO, Origin, git
from support.tools import NOW, make_tools

BOT = "renovate[bot] <29139614+renovate[bot]@users.noreply.github.com>"


@pytest.fixture
def tools(tmp_path: Path) -> Tools:
    return make_tools(tmp_path / "state")


@pytest.fixture
def origins(tmp_path: Path) -> list[Origin]:
    return [Origin(tmp_path / "srv" / f"{name}.git") for name in ("one", "two", "three")]


def source(*origins: Origin, **config: object) -> Git:
    return Git(GitConfig.model_validate({"repositories": [str(origin.folder) for origin in origins], **config}))


def figures(part: Part) -> dict[str, float]:
    """The samples of a part, by name and window."""
    named = (
        (".".join([sample.name, *(value for key, value in sample.labels if key == "window")]), sample) for sample in part.samples
    )
    return {name: sample.value for name, sample in named}


def test_it_is_found_by_its_name() -> None:
    assert sources()["git"] is Git


def test_each_repository_has_a_part_and_what_they_share_is_the_last(origins: list[Origin], tools: Tools) -> None:
    parts = source(*origins).collect(tools, NOW)
    assert [part.labels for part in parts] == [
        (("repository", "one"),),
        (("repository", "two"),),
        (("repository", "three"),),
        (),
    ]
    assert {part.time for part in parts} == {NOW}


def test_figures_of_a_repository(origins: list[Origin], tools: Tools) -> None:
    origin = origins[0]
    origin.commit(ADA, BOB, days_ago=400)
    origin.commit(ADA, days_ago=80)
    origin.commit(BOT, days_ago=2)
    part, _ = source(origin).collect(tools, NOW)
    assert figures(part) == {
        "git_commits": 4,
        "git_repository_contributors": 2,
        "git_commits_recent.30d": 1,
        "git_commits_recent.90d": 2,
        "git_commits_recent.365d": 2,
        "git_last_commit_timestamp_seconds": (NOW - timedelta(days=2)).timestamp(),
    }
    assert {label for sample in part.samples for label in sample.labels if label[0] == "repository"} == {("repository", "one")}


def test_figures_of_all_repositories_together(origins: list[Origin], tools: Tools) -> None:
    one, two, _ = origins
    one.commit(ADA, days_ago=300)
    one.commit(ADA, days_ago=45)
    one.commit(BOB, days_ago=40)
    one.commit(BOB, BOT, BOT, BOT, days_ago=5)
    two.commit(ADA, days_ago=50)
    two.commit(CLEO, CLEO, CLEO, days_ago=3)
    *_, part = source(one, two).collect(tools, NOW)
    assert figures(part) == {
        "git_contributors": 3,
        "git_contributors_active.30d": 2,  # Bob and Cleo
        "git_contributors_first_time.30d": 1,  # Cleo
        "git_contributors_previous.30d": 2,  # Ada and Bob
        "git_contributors_retained.30d": 1,  # Bob
        "git_contributor_absence_factor.30d": 1,  # Cleo: 3 of 4 commits
        "git_contributors_active.90d": 3,
        "git_contributors_first_time.90d": 2,
        "git_contributors_previous.90d": 0,
        "git_contributors_retained.90d": 0,
        "git_contributor_absence_factor.90d": 2,  # Cleo 3, Ada 2, Bob 2
        "git_contributors_active.365d": 3,
        "git_contributors_first_time.365d": 3,
        "git_contributors_previous.365d": 0,
        "git_contributors_retained.365d": 0,
        "git_contributor_absence_factor.365d": 2,  # Ada 3, Cleo 3, Bob 2
    }


def test_a_login_and_its_older_address_at_github_are_one_person(origins: list[Origin], tools: Tools) -> None:
    one, two, _ = origins
    one.commit("Ada <123+Ada@users.noreply.github.com>")
    two.commit("A. Lovelace <ada@users.noreply.github.com>")
    *_, part = source(one, two).collect(tools, NOW)
    assert figures(part)["git_contributors"] == 1


def test_bots_of_the_project_do_not_count(origins: list[Origin], tmp_path: Path) -> None:
    origins[0].commit(ADA, "Release Machine <machine@example.org>")
    *_, part = source(origins[0]).collect(make_tools(tmp_path / "state", bots=frozenset({"release machine"})), NOW)
    assert figures(part)["git_contributors"] == 1


def test_an_empty_repository_has_zeros_and_no_last_commit(origins: list[Origin], tools: Tools) -> None:
    part, pooled = source(origins[0]).collect(tools, NOW)
    assert figures(part) == {
        "git_commits": 0,
        "git_repository_contributors": 0,
        "git_commits_recent.30d": 0,
        "git_commits_recent.90d": 0,
        "git_commits_recent.365d": 0,
    }
    assert "git_contributor_absence_factor.30d" not in figures(pooled)
    assert set(figures(pooled).values()) == {0}


def test_a_commit_from_the_future_counts_as_made_now(origins: list[Origin], tools: Tools) -> None:
    origins[0].commit(ADA, days_ago=-1000)
    part, pooled = source(origins[0]).collect(tools, NOW)
    assert figures(part)["git_last_commit_timestamp_seconds"] == NOW.timestamp()
    assert figures(pooled)["git_contributors_active.30d"] == 1


def test_figures_move_on_with_time_though_the_branch_stands_still(origins: list[Origin], tools: Tools) -> None:
    origins[0].commit(ADA, days_ago=5)
    followed = source(origins[0])
    followed.collect(tools, NOW)
    *_, part = followed.collect(tools, NOW + timedelta(days=26))
    assert figures(part)["git_contributors_active.30d"] == 0
    assert figures(part)["git_contributors_previous.30d"] == 1


def test_one_repository_that_fails_leaves_the_others_and_no_pooled_figures(
    origins: list[Origin], tools: Tools, tmp_path: Path
) -> None:
    for origin in origins:
        origin.commit(ADA)
    followed = source(*origins)
    (tmp_path / "srv" / "two.git").rename(tmp_path / "srv" / "away.git")
    one, two, three, pooled = followed.collect(tools, NOW)
    assert (figures(one)["git_commits"], figures(three)["git_commits"]) == (1, 1)
    assert (two.failure, two.samples) == (Reason.NOT_FOUND, ())
    assert (pooled.failure, pooled.samples) == (Reason.NOT_FOUND, ())
    (tmp_path / "srv" / "away.git").rename(tmp_path / "srv" / "two.git")
    *_, pooled = followed.collect(tools, NOW)
    assert (pooled.failure, figures(pooled)["git_contributors"]) == (None, 1)


def test_when_every_repository_fails_the_source_does(tmp_path: Path, tools: Tools) -> None:
    followed = Git(GitConfig(repositories=(str(tmp_path / "a"), str(tmp_path / "b"))))
    with pytest.raises(UpstreamError, match=r"^a: there is no such repository") as caught:
        followed.collect(tools, NOW)
    assert caught.value.reason is Reason.NOT_FOUND


def test_without_git_the_source_fails_and_examine_says_why(
    origins: list[Origin], tools: Tools, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UpstreamError, match="git is not installed"):
        source(origins[0]).collect(tools, NOW)
    (finding,) = source(*origins).examine(tools, NOW)
    assert (finding.subject, finding.works) == ("git", False)
    assert "git is not installed" in finding.detail


def test_every_sample_is_declared_with_its_labels(origins: list[Origin], tools: Tools) -> None:
    origins[0].commit(ADA)
    declared = {metric.name: metric.labels for metric in Git.metrics}
    samples = [sample for part in source(origins[0]).collect(tools, NOW) for sample in part.samples]
    assert {sample.name for sample in samples} == declared.keys()
    assert all(tuple(name for name, _ in sample.labels) == declared[sample.name] for sample in samples)


def test_no_identity_is_exposed_or_kept_in_the_open(origins: list[Origin], tools: Tools) -> None:
    origins[0].commit("Planted Name <planted@example.org>", "X <5+planted-login@users.noreply.github.com>")
    followed = source(origins[0])
    shown = repr(followed.collect(tools, NOW)) + repr(vars(followed)) + repr([vars(one) for one in followed._repositories])
    assert "planted" not in shown.lower()


def test_examine_says_what_works_and_what_to_do_where_it_does_not(origins: list[Origin], tools: Tools, tmp_path: Path) -> None:
    one, two, three = origins
    one.commit(ADA)
    git(three.folder, "symbolic-ref", "HEAD", "refs/heads/trunk")
    three.commit(ADA)
    (tmp_path / "srv" / "gone.git").mkdir()
    gone = str(tmp_path / "srv" / "gone.git")
    followed = Git(GitConfig(repositories=(str(one.folder), str(two.folder), str(three.folder), gone)))
    assert [(finding.subject, finding.works, finding.detail) for finding in followed.examine(tools, NOW)] == [
        ("one", True, "can be read"),
        ("two", True, "can be read, and has no commit yet"),
        ("three", False, "there is no default branch; configure `branch`"),
        ("gone", False, "there is no such repository, or it is not visible with these credentials"),
    ]
    assert list(tools.folder.iterdir()) == []
