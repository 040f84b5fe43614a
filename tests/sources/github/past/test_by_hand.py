"""The past of repositories small enough to check by eye."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from exporter.sources.github.closings import Turns, closed_then
from support.github import Account, Comment, Discussion, FakeGitHub, Issue, PullRequest, Release, Repository, Review, Star
from support.github.watcher import watched
from support.github.world import Category
from support.tools import NOW

ADA, BOB, EVE, BOT = Account("planted-ada"), Account("planted-bob"), Account("planted-eve"), Account("planted-helper", "Bot")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def ago(days: float) -> datetime:
    return NOW - DAY * days


def told(folder: Path, *moments: datetime, **world: Any) -> list[dict[str, float]]:
    """What is said of each of the moments, of a repository of that content, as `name{label,…}: value` without `github_`."""
    repository = Repository("acme/tool", **{"created_at": ago(2000), **world})
    with watched(FakeGitHub(repository, now=NOW), folder) as watcher:
        past = watcher.past(moments, NOW)
    said = []
    for moment in moments:
        names = {
            (name, tuple(value for _, value in labels if value != "acme/tool")): v for (name, labels), v in past[moment].items()
        }
        said.append({short(name, values): value for (name, values), value in names.items()})
    return said


def short(name: str, values: tuple[str, ...]) -> str:
    return name.removeprefix("github_") + (f"{{{','.join(values)}}}" if values else "")


def test_stars_are_those_that_still_stand(tmp_path: Path) -> None:
    stars = [Star(ago(days)) for days in (400, 300, 20, 12, 5)]
    then, later = told(tmp_path, ago(100), ago(10), stars=stars)
    assert (then["repository_stars"], later["repository_stars"]) == (2, 4)
    assert (then["stars_new{30d}"], later["stars_new{30d}"], later["stars_new{7d}"]) == (0, 2, 1)


def test_forks_are_told_where_github_lists_all_that_it_counts(tmp_path: Path) -> None:
    forks = [ago(200), ago(50), ago(20)]
    then, later = told(tmp_path / "all", ago(100), ago(30), forks=forks, fork_count=3)
    assert (then["repository_forks"], later["repository_forks"]) == (1, 2)
    (said,) = told(tmp_path / "some", ago(30), forks=forks, fork_count=4)
    assert "repository_forks" not in said
    (said,) = told(tmp_path / "none", ago(30))
    assert said["repository_forks"] == 0


def test_releases_are_told_by_when_they_were_published(tmp_path: Path) -> None:
    releases = [Release(created_at=ago(90), published_at=ago(20)), Release(created_at=ago(40)), Release(is_draft=True)]
    before, then, later = told(tmp_path, ago(50), ago(30), ago(10), releases=releases)
    assert [said["releases"] for said in (before, then, later)] == [0, 1, 2]
    assert [said.get("latest_release_timestamp_seconds") for said in (before, then, later)] == [
        None,
        ago(40).timestamp(),
        ago(20).timestamp(),
    ]
    assert not any(name.startswith("release_") for name in later)


def test_before_a_repository_was_there_nothing_is_said_of_it(tmp_path: Path) -> None:
    repository = Repository("acme/tool", created_at=ago(10))
    with watched(FakeGitHub(repository, now=NOW), tmp_path) as watcher:
        assert list(watcher.past([ago(20), ago(5)], NOW)) == [ago(5)]


def test_an_issue_was_open_before_it_was_closed_and_after_it_was_reopened(tmp_path: Path) -> None:
    issue = Issue(("bug", "P1"), created_at=ago(40), closings=[ago(30), ago(10)], reopened_at=[ago(20)], closed_at=ago(10))
    moments = [ago(50), ago(35), ago(25), ago(15), ago(5)]
    past = told(tmp_path, *moments, issues=[issue, Issue(created_at=ago(200))])
    assert [said["issues_open{bug,P1}"] for said in past] == [0, 1, 0, 1, 0]
    assert [said["issues_closed"] for said in past] == [0, 0, 1, 0, 1]
    assert [said["issues_open{other,none}"] for said in past] == [1] * 5
    assert [said.get("issue_follow_up_success_ratio") for said in past] == [None, None, 1, 0, 0]


def test_of_many_closings_and_reopenings_the_last_50_are_known(tmp_path: Path) -> None:
    """Closed every other day from the 150th day ago, and reopened a day later each time; before those it counts as open."""
    closings = [ago(150) + 2 * DAY * n for n in range(60)]
    issue = Issue(created_at=ago(200), closings=closings, reopened_at=[at + DAY for at in closings], updated_at=ago(31))
    past = told(tmp_path, ago(149.5), ago(79.5), ago(78.5), ago(31.5), ago(30), issues=[issue])
    assert [said["issues_closed"] for said in past] == [0, 1, 0, 1, 0]


def test_issues_count_with_the_labels_that_they_have_today(tmp_path: Path) -> None:
    issue = Issue(("bug", "P0", "planted-label"), created_at=ago(40), updated_at=ago(1))
    (said,) = told(tmp_path, ago(30), issues=[issue])
    assert (said["issues_open{bug,P0}"], said["issues_open_labelled{planted-label}"]) == (1, 1)


def test_a_pull_request_was_open_before_it_was_merged(tmp_path: Path) -> None:
    pulls = [
        PullRequest(created_at=ago(40), closings=[ago(30)], reopened_at=[ago(20)], merged_at=ago(10), updated_at=ago(10)),
        PullRequest(created_at=ago(300), closed_at=ago(290)),
    ]
    past = told(tmp_path, ago(50), ago(35), ago(25), ago(15), ago(5), pull_requests=pulls)
    assert [said["pull_requests{open}"] for said in past] == [0, 1, 0, 1, 0]
    assert [said["pull_requests{closed}"] for said in past] == [1, 1, 2, 1, 1]
    assert [said["pull_requests{merged}"] for said in past] == [0, 0, 0, 0, 1]
    assert past[4]["pull_request_merge_seconds{mean}"] == (30 * DAY).total_seconds()


def test_the_first_review_is_found_behind_many_remarks_of_a_bot(tmp_path: Path) -> None:
    chatter = [Review(BOT, ago(99) + HOUR * n) for n in range(30)]
    pull = PullRequest(author=ADA, created_at=ago(100), closed_at=ago(80), reviews=[*chatter, Review(BOB, ago(97))])
    before, after = told(tmp_path, ago(98), ago(90), pull_requests=[pull])
    assert "pull_request_first_review_seconds{mean}" not in before
    assert after["pull_request_first_review_seconds{mean}"] == (3 * DAY).total_seconds()


def test_comments_behind_the_first_page_are_read_of_issues_that_are_open_now(tmp_path: Path) -> None:
    """Answered by the community, talked about by its author, joined by a maintainer; closed for a while in the middle of it."""
    chatter = [Comment(ADA, ago(50) + HOUR * n) for n in range(40)]
    comments = [Comment(BOB, ago(51)), *chatter, Comment(EVE, ago(40), "MEMBER")]
    issue = Issue(author=ADA, created_at=ago(52), comments=comments, closings=[ago(45), ago(39)], reopened_at=[ago(42), ago(2)])
    before, after = told(tmp_path, ago(44), ago(38), issues=[issue])
    assert (before["issue_first_contact_resolved_ratio"], after["issue_first_contact_resolved_ratio"]) == (1, 0)
    assert (before["issue_community_resolved_ratio"], after["issue_community_resolved_ratio"]) == (1, 0)
    assert (before["issue_escalated_ratio"], after["issue_escalated_ratio"]) == (0, 1)


def test_discussions_are_answered_from_when_the_answer_was_accepted(tmp_path: Path) -> None:
    answer = Comment(BOB, ago(19))
    asked = Discussion(Category("Q&A", answerable=True), ADA, ago(20), [answer], answer=answer, answer_chosen_at=ago(10))
    before, then, later = told(tmp_path, ago(30), ago(15), ago(5), discussions=[asked])
    assert [said["discussions_answered"] for said in (before, then, later)] == [0, 0, 1]
    assert [said.get("discussion_answered_ratio") for said in (before, then, later)] == [None, 0, 1]
    assert [said["discussions"] for said in (before, then, later)] == [0, 1, 1]


def test_answers_of_unknown_date_make_the_answered_unknown(tmp_path: Path) -> None:
    answer = Comment(BOB, ago(19))
    asked = Discussion(Category("Q&A", answerable=True), ADA, ago(20), [answer], answer=answer)
    (said,) = told(tmp_path, ago(15), discussions=[asked])
    assert said["discussions"] == 1
    assert not {"discussions_answered", "discussion_answered_ratio"} & said.keys()


@pytest.mark.parametrize("days", [91, 365])
def test_a_year_is_told_as_well_as_a_quarter(tmp_path: Path, days: int) -> None:
    issues = [Issue(created_at=ago(n), closed_at=ago(n - 1)) for n in range(3, 600, 3)]
    (said,) = told(tmp_path, ago(days), issues=issues)
    assert said["issues_newly_opened{90d}"] == 30
    assert said["issue_resolution_seconds{90d,mean}"] == DAY.total_seconds()


def test_what_was_imported_with_a_closing_from_before_it_was_opened_counts_from_its_opening(tmp_path: Path) -> None:
    issue = Issue(created_at=ago(20), closed_at=ago(40), updated_at=ago(20))
    before, after = told(tmp_path, ago(30), ago(10), issues=[issue])
    assert (before["issues_newly_opened{90d}"], after["issues_newly_opened{90d}"]) == (0, 1)
    assert (before["issues_closed"], after["issues_closed"]) == (0, 1)


def test_what_was_imported_closed_was_closed_when_it_says() -> None:
    closed = Turns.model_validate({"nodes": []}).moments(ago(5))
    assert closed_then(closed, int(ago(6).timestamp())) is None
    assert closed_then(closed, int(ago(5).timestamp())) == ago(5).timestamp()


def test_what_was_reopened_and_closed_within_a_second_was_closed_last() -> None:
    second = ago(5).isoformat()
    events = [{"__typename": name, "createdAt": second} for name in ("ClosedEvent", "ReopenedEvent")]
    turns = Turns.model_validate({"nodes": events}).moments(ago(5))
    assert closed_then(turns, int(ago(5).timestamp())) == int(ago(5).timestamp())
    opened = Turns.model_validate({"nodes": events}).moments()
    assert closed_then(opened, int(ago(5).timestamp())) is None
