"""What has gone on GitHub or is missing here is found with few queries, whatever happens meanwhile; and what reading costs."""

from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from exporter.sources.github.issues import IssuesReader
from exporter.sources.github.repositories.changes import known_labels
from exporter.sources.github.topic import Seen
from support.github import FakeGitHub, actions
from support.github.followed import Followed
from support.github.world import Account, Comment, Issue, Repository
from support.tools import NOW

ADA, BOB = Account("planted-ada"), Account("planted-bob")
BOT = Account("planted-robot", "Bot")
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


class FollowedIssues(Followed):
    """The topic `issues` of a fake GitHub."""

    def __init__(self, github: FakeGitHub, path: Path | None = None) -> None:
        super().__init__(IssuesReader, github, path)

    def seen(self, repository: Repository, now: datetime) -> Seen:
        since = now - 90 * DAY
        return Seen(
            name=repository.name,
            key=self.store.key(repository.id),
            since=since,
            last_issue=max((issue.updated_at for issue in repository.issues), default=None),
            recent_issues=sum(issue.updated_at >= since for issue in repository.issues),
            label_ids={name: label.id for name in known_labels(self._config) if (label := repository.label(name)) is not None},
        )

    def fresh(self) -> "FollowedIssues":
        return FollowedIssues(self.github)


def followed(*issues: Issue, path: Path | None = None) -> tuple[FollowedIssues, Repository]:
    repository = Repository("acme/tool", issues=list(issues))
    return FollowedIssues(FakeGitHub(repository), path), repository


def many(number: int) -> list[Issue]:
    return [Issue(author=ADA, created_at=NOW - 80 * DAY + n * timedelta(minutes=1)) for n in range(number)]


def talk(author: Account, number: int) -> list[Comment]:
    return [Comment(author, NOW - 5 * DAY + n * timedelta(minutes=1)) for n in range(number)]


def opened(issues: Followed) -> float:
    return issues.figures()["issues_newly_opened{90d}"]


def test_issues_that_went_here_and_there_are_found_together() -> None:
    issues, repository = followed(*many(2_000))
    issues.refreshed()
    for number in (1_900, 1_500, 700, 100, 50):
        actions.delete_issue(repository, repository.issues[number])
    assert issues.queries(NOW + HOUR) <= 2
    assert opened(issues) == 1_995
    assert issues.queries(NOW + 2 * HOUR) == 0


def test_an_issue_that_went_while_another_came_is_found() -> None:
    issues, repository = followed(*many(1_000))
    issues.refreshed()
    actions.delete_issue(repository, repository.issues[700])
    actions.open_issue(repository, NOW, ADA)
    assert issues.queries(NOW + HOUR) <= 3
    assert opened(issues) == 1_000
    assert [issue.number for issue in repository.issues] == sorted(dict(issues.store.rows("SELECT number, 0 FROM issue")))


def test_most_issues_may_go_at_once() -> None:
    issues, repository = followed(*many(1_500))
    issues.refreshed()
    del repository.issues[100:1_400]
    assert issues.queries(NOW + HOUR) <= 4
    assert opened(issues) == 200


def test_one_of_hundreds_of_the_same_second_is_found() -> None:
    issues, repository = followed(*[Issue(created_at=NOW - 3 * DAY) for _ in range(250)], *many(20))
    issues.refreshed()
    actions.delete_issue(repository, repository.issues[130])
    issues.refreshed(NOW + HOUR)
    assert opened(issues) == 269


def test_an_issue_that_is_missing_here_is_read_without_the_rest() -> None:
    issues, _ = followed(*many(1_000))
    issues.refreshed()
    with issues.store.transaction() as database:
        database.execute("DELETE FROM issue WHERE number = 500")
    assert issues.queries(NOW + HOUR) <= 3
    assert opened(issues) == 1_000
    assert issues.queries(NOW + 2 * HOUR) == 0


def test_nothing_more_is_asked_once_the_last_issue_has_gone() -> None:
    issues, repository = followed(*many(30))
    issues.refreshed()
    actions.delete_issue(repository, repository.issues[-1])
    issues.refreshed(NOW + HOUR)
    assert opened(issues) == 29
    assert issues.queries(NOW + 2 * HOUR) == 0


@pytest.mark.parametrize("lives", range(5))
def test_an_issue_that_goes_before_its_comments_were_read_is_no_failure(tmp_path: Path, lives: int) -> None:
    thread = Issue(author=ADA, created_at=NOW - 6 * DAY, comments=[*talk(ADA, 30), Comment(BOB, NOW - 3 * DAY)])
    issues, repository = followed(*many(3), thread, path=tmp_path / "facts.sqlite")
    issues.killed(NOW, lives)
    actions.delete_issue(repository, thread)
    assert issues.refreshed(NOW + HOUR) == issues.fresh().refreshed(NOW + HOUR)


def test_repositories_in_which_nothing_happens_cost_nothing() -> None:
    idle = [Repository(f"acme/r{n}", issues=[Issue(created_at=NOW - 200 * DAY)]) for n in range(20)]
    issues = FollowedIssues(FakeGitHub(*idle))
    assert issues.queries(NOW) == 0
    assert issues.complete()


def test_small_repositories_cost_few_points() -> None:
    small = [Repository(f"acme/r{n}", issues=[Issue(created_at=NOW - 2 * DAY) for _ in range(3)]) for n in range(24)]
    issues = FollowedIssues(FakeGitHub(*small))
    issues.refreshed()
    assert issues.points <= 24 * 0.2


def test_pages_stay_small_where_github_takes_too_long_for_large_ones() -> None:
    issues, _ = followed(*many(400))
    issues.github.too_heavy = 2_000
    assert issues.queries(NOW) <= 400 / 9 + 10
    assert opened(issues) == 400


def test_the_comments_on_an_issue_of_a_bot_are_not_read_on() -> None:
    issues, _ = followed(Issue(author=BOT, created_at=NOW - 6 * DAY, comments=talk(BOT, 500)))
    assert issues.queries(NOW) == 1


def test_the_comments_on_an_issue_that_was_closed_long_ago_are_not_read_on() -> None:
    old = Issue(author=ADA, created_at=NOW - 300 * DAY, closed_at=NOW - 200 * DAY, comments=talk(BOT, 500))
    issues, _ = followed(old)
    assert issues.queries(NOW) == 1


def test_a_maintainer_who_answers_in_an_issue_of_his_own_does_not_step_in() -> None:
    comments = [Comment(BOB, NOW - 5 * DAY), Comment(ADA, NOW - 4 * DAY, "MEMBER")]
    issues, _ = followed(Issue(author=ADA, created_at=NOW - 6 * DAY, closed_at=NOW - DAY, comments=comments))
    told = issues.refreshed()
    assert (told["issue_escalated_ratio"], told["issue_community_resolved_ratio"]) == (0, 0)


def test_no_deadline_holds_for_the_issue_of_a_bot() -> None:
    issues, _ = followed(Issue(author=BOT, created_at=NOW - 20 * DAY, closed_at=NOW - DAY, comments=talk(BOB, 1)))
    told = issues.refreshed()
    assert told["issue_resolved_ratio{30d}"] == 1
    assert not told.keys() & {
        "issue_resolved_in_time_ratio",
        "issue_community_resolved_ratio",
        "issue_first_contact_resolved_ratio",
        "issue_escalated_ratio",
    }


def happen(random: Random, repository: Repository, at: datetime) -> None:
    """Something happens in a repository."""
    if not repository.issues or random.random() < 0.2:
        actions.open_issue(repository, at, ADA)
        return
    issue = random.choice(repository.issues)
    match random.randrange(5):
        case 0:
            actions.delete_issue(repository, issue)
        case 1:
            actions.comment(issue, at, random.choice([ADA, BOB, BOT, None]), association=random.choice(["NONE", "MEMBER"]))
        case 2:
            (actions.reopen if issue.closed else actions.close)(issue, at)
        case 3:
            actions.label(issue, at, "bug")
        case 4:
            for swept in repository.issues[: random.choice([3, 150])]:
                actions.label(swept, at, f"planted-{random.randrange(99)}")


def lived(seed: int, path: Path, *, offsets: bool) -> tuple[FollowedIssues, datetime]:
    """A repository in which things happen between and during refreshes, some of which are killed."""
    random = Random(seed)
    moments = [NOW - 20 * DAY + random.randrange(2_000) * SECOND for _ in range(random.choice([5, 120, 330]))]
    issues, repository = followed(*[Issue(author=ADA, created_at=moment) for moment in moments], path=path)
    issues.github.offset_cursors = offsets
    now = NOW - 5 * DAY
    for _ in range(6):
        now += random.choice([1, 30, 400, 4_000]) * SECOND
        for _ in range(random.randrange(4)):
            happen(random, repository, now)
        issues.meanwhile = [lambda at=now: happen(random, repository, at) for _ in range(random.randrange(5))]
        if random.random() < 0.6:
            issues.killed(now, random.randrange(4))
        else:
            issues.refresh(now)
        issues.meanwhile = []
        issues.store.lives = None
    return issues, now


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("offsets", [False, True], ids=["places", "offsets"])
def test_whatever_happens_while_it_is_read_two_quiet_refreshes_make_it_right(tmp_path: Path, seed: int, offsets: bool) -> None:
    issues, now = lived(seed, tmp_path / "facts.sqlite", offsets=offsets)
    figures: list[Any] = [issues.refreshed(now + wait * SECOND) for wait in (1, 1_000)]
    assert figures[1] == issues.fresh().refreshed(now + 1_000 * SECOND)
