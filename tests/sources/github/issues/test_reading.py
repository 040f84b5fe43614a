"""How issues are read: pages, further comments, what has gone, what a kill leaves behind, and what all of it costs."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.errors import Reason
from exporter.sources.github.issues import IssuesReader
from exporter.sources.github.issues.reader import RESYNC
from exporter.sources.github.issues.steps import MOST_COMMENT_PAGES
from exporter.sources.github.repositories.changes import known_labels
from exporter.sources.github.topic import Seen
from support.github import FakeGitHub, actions
from support.github.followed import Followed
from support.github.histories import END, Act, Scene, histories, play
from support.github.world import PLANTED, Account, Comment, Issue, Repository
from support.tools import NOW

ADA, BOB = Account("planted-ada"), Account("planted-bob")
BOT = Account("planted-robot", "Bot")
HOUR = timedelta(hours=1)


def ago(**length: float) -> datetime:
    return NOW - timedelta(**length)


class FollowedIssues(Followed):
    """The topic `issues` of a fake GitHub."""

    def __init__(self, github: FakeGitHub, path: Path | None = None, **options: Any) -> None:
        super().__init__(IssuesReader, github, path, **options)

    def seen(self, repository: Repository, now: datetime) -> Seen:
        since = now - timedelta(days=90)
        labels = {name: label.id for name in known_labels(self._config) if (label := repository.label(name)) is not None}
        return Seen(
            name=repository.name,
            key=self.store.key(repository.id),
            since=since,
            last_issue=max((issue.updated_at for issue in repository.issues), default=None),
            recent_issues=sum(issue.updated_at >= since for issue in repository.issues),
            label_ids=labels,
        )

    def fresh(self) -> "FollowedIssues":
        return FollowedIssues(self.github, bots=tuple(self._bots))


def followed(*issues: Issue, path: Path | None = None, **options: Any) -> tuple[FollowedIssues, Repository]:
    repository = Repository("acme/tool", issues=list(issues))
    return FollowedIssues(FakeGitHub(repository), path, **options), repository


def many(number: int) -> list[Issue]:
    return [Issue(author=ADA, created_at=ago(days=80) + timedelta(minutes=n)) for n in range(number)]


def opened(issues: Followed, now: datetime = NOW) -> float:
    return issues.refreshed(now)["issues_newly_opened{90d}"]


def test_twenty_thousand_issues_take_a_page_for_a_hundred_and_then_next_to_nothing() -> None:
    issues, repository = followed(*many(2_000))
    assert issues.queries(NOW) <= 1.2 * 20
    assert issues.figures()["issues_newly_opened{90d}"] == 2_000
    assert issues.queries(NOW + HOUR) == 0
    actions.open_issue(repository, NOW + HOUR, ADA)
    assert issues.queries(NOW + 2 * HOUR) == 1
    actions.delete_issue(repository, repository.issues[700])
    assert issues.queries(NOW + 3 * HOUR) == 2
    assert issues.figures()["issues_newly_opened{90d}"] == 2_000


def test_what_was_updated_before_the_window_is_never_read() -> None:
    issues, _ = followed(*[Issue(created_at=ago(days=200)) for _ in range(300)], Issue(created_at=ago(days=1)))
    assert issues.queries(NOW) == 1
    assert opened(issues) == 1


def test_hundreds_of_issues_changed_in_the_same_second_are_all_read() -> None:
    issues, _ = followed(*[Issue(created_at=ago(days=3)) for _ in range(250)], Issue(created_at=ago(days=2)))
    assert opened(issues) == 251
    assert issues.queries(NOW + HOUR) == 0


def test_an_issue_that_comes_in_the_second_of_the_last_reading_is_not_missed() -> None:
    issues, repository = followed(Issue(created_at=NOW))
    assert opened(issues) == 1
    actions.open_issue(repository, NOW, ADA)
    assert opened(issues, NOW + HOUR) == 2
    assert issues.queries(NOW + 2 * HOUR) == 0


@pytest.mark.parametrize("number", [1, 50, 450])
def test_a_deleted_issue_counts_no_more(number: int) -> None:
    issues, repository = followed(*many(number), Issue(created_at=ago(days=1)))
    assert opened(issues) == number + 1
    actions.delete_issue(repository, repository.issues[number // 2])
    assert opened(issues, NOW + HOUR) == number
    assert issues.queries(NOW + 2 * HOUR) == 0


def test_a_deletion_is_noticed_beside_a_new_issue() -> None:
    issues, repository = followed(*many(30))
    assert opened(issues) == 30
    actions.delete_issue(repository, repository.issues[3])
    actions.open_issue(repository, NOW, ADA)
    actions.open_issue(repository, NOW, ADA)
    assert opened(issues, NOW + HOUR) == 31


def test_a_transferred_issue_is_counted_where_it_is_now() -> None:
    source = Repository("acme/tool", issues=many(5))
    target = Repository("acme/docs")
    issues = FollowedIssues(FakeGitHub(source, target))
    issues.refreshed()
    actions.transfer_issue(source, source.issues[2], target, NOW)
    figures = issues.refreshed(NOW + HOUR)
    assert (figures["issues_newly_opened{acme/tool,90d}"], figures["issues_newly_opened{acme/docs,90d}"]) == (4, 1)


def test_a_renamed_label_keeps_its_meaning_without_another_query() -> None:
    issues, repository = followed(Issue(("bug", "planted-urgent"), created_at=ago(hours=3)))
    assert issues.refreshed()["bugs_newly_opened{none,24h}"] == 1
    actions.rename_label(repository, "planted-urgent", "P1")
    assert issues.queries(NOW + HOUR) == 0
    assert issues.figures()["bugs_newly_opened{P1,24h}"] == 1
    actions.delete_label(repository, "bug")
    assert issues.queries(NOW + HOUR) == 0
    assert issues.figures()["bugs_newly_opened{P1,24h}"] == 0


def test_an_issue_that_is_closed_and_reopened_is_open() -> None:
    issues, repository = followed(Issue(author=ADA, created_at=ago(days=5)))
    actions.close(repository.issues[0], ago(days=4))
    assert issues.refreshed(NOW)["issues_newly_closed{30d}"] == 1
    actions.reopen(repository.issues[0], NOW)
    figures = issues.refreshed(NOW + HOUR)
    assert (figures["issues_newly_closed{30d}"], figures["issue_follow_up_success_ratio"]) == (0, 0)


def talk(author: Account | None, number: int) -> list[Comment]:
    return [Comment(author, ago(days=5) + timedelta(minutes=n)) for n in range(number)]


def test_comments_are_read_on_until_somebody_else_has_answered() -> None:
    issue = Issue(author=ADA, created_at=ago(days=6), comments=[*talk(ADA, 130), Comment(BOB, ago(days=2))])
    issues, _ = followed(issue)
    assert issues.queries(NOW) == 3
    assert issues.figures()["issue_first_response_seconds{mean}"] == timedelta(days=4).total_seconds()
    assert issues.queries(NOW + HOUR) == 0


def test_a_closed_issue_is_read_on_until_a_maintainer_is_found() -> None:
    late = Comment(BOB, ago(days=2), "OWNER")
    issues, _ = followed(Issue(author=ADA, created_at=ago(days=6), closed_at=ago(days=1), comments=[*talk(BOB, 60), late]))
    figures = issues.refreshed()
    assert figures["issue_community_resolved_ratio"] == 0
    assert figures["issue_escalated_ratio"] == 1


def test_a_thread_that_bots_alone_fill_ends_at_a_bound() -> None:
    issues, _ = followed(Issue(author=ADA, created_at=ago(days=6), comments=talk(BOT, 100 * MOST_COMMENT_PAGES + 500)))
    assert issues.queries(NOW) == 1 + MOST_COMMENT_PAGES
    assert issues.figures()["issues_unanswered{open}"] == 1
    assert issues.queries(NOW + HOUR) == 0


def test_a_repository_that_is_too_much_is_read_in_smaller_pages() -> None:
    issues, _ = followed(*many(90))
    issues.github.too_heavy = 2_000
    assert opened(issues) == 90


def test_everything_is_read_anew_within_a_week() -> None:
    issues, repository = followed(Issue(author=ADA, created_at=ago(days=6), comments=talk(BOB, 1)))
    assert issues.refreshed()["issues_unanswered{open}"] == 0
    repository.issues[0].comments[0].minimized = True
    assert issues.refreshed(NOW + HOUR)["issues_unanswered{open}"] == 0, "GitHub gives no sign of it"
    assert issues.refreshed(NOW + timedelta(seconds=RESYNC))["issues_unanswered{open}"] == 1


def test_a_count_that_github_never_lists_costs_no_more_than_two_looks() -> None:
    issues, _ = followed(*many(3))
    issues.refreshed()
    honest = issues.seen

    def counts_one_more(repository: Repository, now: datetime) -> Seen:
        seen = honest(repository, now)
        return Seen(**{name: getattr(seen, name) for name in Seen.__slots__} | {"recent_issues": seen.recent_issues + 1})

    issues.seen = counts_one_more  # type: ignore[method-assign]
    assert issues.queries(NOW + HOUR) == 1
    assert issues.figures()["issues_newly_opened{90d}"] == 3


def test_a_kill_between_any_two_transactions_loses_time_alone(tmp_path: Path) -> None:
    world = [*many(230), Issue(author=ADA, created_at=ago(days=6), comments=[*talk(ADA, 30), *talk(BOB, 1)])]
    whole, _ = followed(*world)
    wanted = whole.refreshed(NOW + HOUR)
    for lives in range(12):
        issues = FollowedIssues(whole.github, tmp_path / f"{lives}.sqlite")
        issues.killed(NOW, lives)
        assert issues.refreshed(NOW + HOUR) == wanted


def test_a_spent_quota_in_the_middle_is_gone_on_from() -> None:
    issues, _ = followed(*many(950))
    issues.github.remaining = 14
    assert issues.refresh(NOW) == {"acme/tool": Reason.RATE_LIMITED}
    assert not issues.complete()
    issues.github.remaining = 5000
    assert issues.queries(NOW + HOUR) < 9
    assert issues.figures()["issues_newly_opened{90d}"] == 950


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"issues": None, "recent": {"totalCount": 1}},
        {"issues": {"pageInfo": {"hasNextPage": True, "endCursor": None}, "nodes": []}, "recent": {"totalCount": 0}},
        {"issues": {"pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": [{}]}, "recent": {"totalCount": 0}},
        {"issues": {"pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": []}, "recent": {"totalCount": -1}},
    ],
)
def test_an_answer_that_does_not_fit_is_a_failure_and_keeps_nothing(said: Any) -> None:
    issues, _ = followed(*many(3))
    issues.answers.append(said)
    assert issues.refresh(NOW) == {"acme/tool": Reason.MALFORMED}
    assert not issues.complete()
    assert opened(issues, NOW + HOUR) == 3


def test_a_page_that_leads_nowhere_is_a_failure() -> None:
    issues, _ = followed(*many(3))
    nowhere = {
        "issues": {"pageInfo": {"hasNextPage": True, "endCursor": "again"}, "nodes": []},
        "recent": {"totalCount": 3},
    }
    issues.answers += [nowhere] * 3
    assert issues.refresh(NOW) == {"acme/tool": Reason.MALFORMED}


def test_nothing_that_a_person_wrote_or_is_called_reaches_the_file(tmp_path: Path) -> None:
    path = tmp_path / "facts.sqlite"
    issues, _ = followed(Issue(("planted-label",), author=ADA, created_at=ago(days=6), comments=talk(BOB, 30)), path=path)
    issues.refreshed()
    issues.store.close()
    content = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert len(content) > 1000
    assert b"planted" not in content.lower()
    assert PLANTED.encode() not in content


ABOUT_ISSUES = [
    "open_issue", "comment", "edit_comment", "delete_comment", "close", "reopen", "label", "unlabel", "rename_label",
    "delete_label", "transfer_issue", "delete_issue", "cross_reference", "rename_repository",
]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(acts=histories(ABOUT_ISSUES), refreshes=st.sets(st.integers(0, 40)))
def test_any_refreshes_end_with_the_figures_of_one_full_reading(acts: list[Act], refreshes: set[int]) -> None:
    scene = Scene()
    issues = FollowedIssues(scene.github)
    for number, act in enumerate(acts):
        play(scene, act)
        if number in refreshes:
            issues.refresh(act.at)
    end = END + HOUR
    assert issues.refreshed(end) == issues.fresh().refreshed(end)
