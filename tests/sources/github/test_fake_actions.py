"""What the fake GitHub makes of the things that people do."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings

from support.github import PLANTED, Account, Category, Comment, FakeGitHub, Issue, Label, PullRequest, Repository, issues
from support.github import actions as do
from support.github.asking import ask, numbers, of
from support.github.histories import ACTS, BEGINNING, END, SILENT, Act, Scene, histories, play

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
ADA, GRACE = Account("planted-ada"), Account("planted-grace")


def at(day: float) -> datetime:
    return START + day * DAY


def commented() -> Issue:
    issue = Issue(("bug",), created_at=at(0), comments=[Comment(ADA, at(1))])
    assert issue.updated_at == at(1)
    return issue


@pytest.mark.parametrize(
    "act",
    [
        lambda issue: do.comment(issue, at(5), GRACE),
        lambda issue: do.edit_comment(issue, issue.comments[0], at(5)),
        lambda issue: do.delete_comment(issue, issue.comments[0], at(5)),
        lambda issue: do.close(issue, at(5)),
        lambda issue: do.label(issue, at(5), "ui"),
        lambda issue: do.unlabel(issue, at(5), "BUG"),
        lambda issue: do.cross_reference(issue, at(5)),
    ],
)
def test_what_happens_to_an_issue_counts_as_an_update(act: Callable[[Issue], Any]) -> None:
    issue = commented()
    act(issue)
    assert issue.updated_at == at(5)


def test_a_label_that_is_there_or_not_there_already_changes_nothing() -> None:
    issue = commented()
    do.label(issue, at(5), "Bug")
    do.unlabel(issue, at(5), "ui")
    assert (issue.labels, issue.updated_at) == (("bug",), at(1))


def test_a_reopened_issue_is_open_and_tells_when_that_was() -> None:
    repository = Repository("a/b")
    issue = do.open_issue(repository, at(0), ADA)
    do.close(issue, at(1), "NOT_PLANNED")
    do.reopen(issue, at(2))
    inner = "timelineItems(first: 9, itemTypes: [CLOSED_EVENT, REOPENED_EVENT]){nodes{__typename}}"
    (said,) = of(repository, f"issues(first: 1){{nodes{{state stateReason closedAt {inner}}}}}")["issues"]["nodes"]
    assert said == {
        "state": "OPEN",
        "stateReason": "REOPENED",
        "closedAt": None,
        "timelineItems": {"nodes": [{"__typename": "ClosedEvent"}, {"__typename": "ReopenedEvent"}]},
    }


def test_a_renamed_label_keeps_its_id_and_updates_no_issue() -> None:
    repository = Repository("a/b", labels=[Label("bug", "LA_7")], issues=[commented()])
    do.rename_label(repository, "Bug", "defect")
    said = of(
        repository, 'label(name: "defect"){id} old: label(name: "bug"){id} issues(first: 1, labels: ["defect"]){totalCount}'
    )
    assert said == {"label": {"id": "LA_7"}, "old": None, "issues": {"totalCount": 1}}
    assert repository.issues[0].updated_at == at(1)


def test_a_deleted_label_leaves_its_issues_without_an_update() -> None:
    repository = Repository("a/b", issues=[commented()])
    do.delete_label(repository, "bug")
    assert of(repository, 'label(name: "bug"){id} issues(labels: ["bug"]){totalCount}') == {
        "label": None,
        "issues": {"totalCount": 0},
    }
    assert repository.issues[0].updated_at == at(1)


def test_a_transferred_issue_is_another_one_in_its_new_repository() -> None:
    old = Repository("a/b", issues=[*issues(2), issue := commented()])
    new = Repository("a/new", issues=issues(7))
    former = issue.id
    do.transfer_issue(old, issue, new, at(5))
    assert numbers(old, "issues(first: 9)") == [1, 2]
    assert (issue.number, issue.created_at, issue.updated_at, len(issue.comments)) == (8, at(0), at(5), 1)
    assert issue.labels == (), "its new repository has no such label"
    said = ask(FakeGitHub(old, new), f'{{a: node(id: "{former}"){{id}} b: node(id: "{issue.id}"){{... on Issue{{number}}}}}}')
    assert said["data"] == {"a": None, "b": {"number": 8}}


def test_the_number_of_a_deleted_issue_is_not_given_again() -> None:
    repository = Repository("a/b", issues=issues(2))
    do.delete_issue(repository, repository.issues[1])
    do.open_issue(repository, at(1))
    do.open_pull(repository, at(2))
    assert numbers(repository, "issues(first: 9)") == [1, 3]
    assert numbers(repository, "pullRequests(first: 9)") == [4]


@pytest.mark.parametrize(
    "act",
    [
        lambda pull: do.comment(pull, at(5), GRACE),
        lambda pull: do.review(pull, at(5), GRACE),
        lambda pull: do.merge(pull, at(5)),
        lambda pull: do.close_pull(pull, at(5)),
        lambda pull: do.cross_reference(pull, at(5)),
    ],
)
def test_what_happens_to_a_pull_request_counts_as_an_update(act: Callable[[PullRequest], Any]) -> None:
    pull = do.open_pull(Repository("a/b"), at(0), ADA)
    act(pull)
    assert pull.updated_at == at(5)


def test_whether_a_pull_request_conflicts_is_no_update() -> None:
    pull = do.open_pull(Repository("a/b"), at(0), ADA)
    do.set_mergeable(pull, "CONFLICTING")
    assert (pull.mergeable, pull.updated_at) == ("CONFLICTING", at(0))


def test_a_reopened_pull_request_is_not_closed() -> None:
    repository = Repository("a/b")
    pull = do.open_pull(repository, at(0), ADA)
    do.close_pull(pull, at(1))
    do.reopen_pull(pull, at(2))
    said = of(repository, "pullRequests(first: 1){nodes{state closedAt updatedAt}}")["pullRequests"]["nodes"]
    assert said == [{"state": "OPEN", "closedAt": None, "updatedAt": "2026-01-03T00:00:00Z"}]


def test_a_discussion_is_updated_by_all_but_votes() -> None:
    repository = Repository("a/b")
    discussion = do.start_discussion(repository, at(0), Category("Q&A", answerable=True), ADA)
    for day, act in enumerate(
        [
            lambda moment: do.comment(discussion, moment, GRACE),
            lambda moment: do.reply(discussion, discussion.comments[0], moment, ADA),
            lambda moment: do.answer(discussion, discussion.comments[0], moment),
            lambda moment: do.unanswer(discussion, moment),
            lambda moment: do.close_discussion(discussion, moment),
        ],
        1,
    ):
        act(at(day))
        assert discussion.updated_at == at(day)
        do.upvote(discussion)
        do.upvote(discussion.comments[0])
        assert discussion.updated_at == at(day)
    assert (discussion.upvotes, discussion.comments[0].upvotes) == (6, 5)


def test_a_deleted_comment_is_no_answer_any_more() -> None:
    discussion = do.start_discussion(Repository("a/b"), at(0), Category("Q&A", answerable=True))
    chosen = do.comment(discussion, at(1))
    do.answer(discussion, chosen, at(2))
    do.delete_comment(discussion, chosen, at(3))
    assert (discussion.answer, discussion.answer_chosen_at, discussion.updated_at) == (None, None, at(3))


def test_nobody_stars_twice_and_a_star_can_be_taken_back() -> None:
    repository = Repository("a/b")
    do.star(repository, at(1), ADA)
    do.star(repository, at(2), GRACE)
    do.star(repository, at(3), ADA)
    do.unstar(repository, GRACE)
    assert [given.at for given in repository.stars] == [at(1)]


def test_a_merge_brings_commits_that_were_made_before() -> None:
    repository = Repository("a/b")
    do.commit(repository, at(5), ADA, "new@example.org")
    merged = do.commit(repository, at(6), GRACE, "old@example.org", committed_at=at(1))
    said = of(repository, "defaultBranchRef{target{oid ... on Commit{history(first: 9){nodes{author{email}}}}}} pushedAt")
    target = said["defaultBranchRef"]["target"]
    assert target["oid"] == merged.oid
    assert [node["author"]["email"] for node in target["history"]["nodes"]] == ["new@example.org", "old@example.org"]
    assert said["pushedAt"] == "2026-01-07T00:00:00Z"


def test_a_forced_push_takes_commits_away() -> None:
    repository = Repository("a/b")
    kept, *_ = [do.commit(repository, at(day), ADA) for day in range(3)]
    do.force_push(repository, at(4), 2)
    assert of(repository, "defaultBranchRef{target{oid}}") == {"defaultBranchRef": {"target": {"oid": kept.oid}}}
    do.force_push(repository, at(5), 9)
    assert of(repository, "defaultBranchRef{name}") == {"defaultBranchRef": None}


def test_a_renamed_repository_keeps_its_id_and_answers_to_all_its_names() -> None:
    repository = Repository("a/first", id="R_7")
    github = FakeGitHub(repository)
    do.rename_repository(github, repository, "a/second")
    do.rename_repository(github, repository, "b/third")
    for name in ("a/first", "A/Second", "b/third"):
        found = github.find(name)
        assert found is repository
        assert (found.name, found.id) == ("b/third", "R_7")
    assert github.find("a/first", follow_renames=False) is None


def test_an_old_name_that_another_repository_takes_leads_to_that_one() -> None:
    repository = Repository("a/first")
    github = FakeGitHub(repository)
    do.rename_repository(github, repository, "a/second")
    github.repositories.append(Repository("a/first", id="R_8"))
    found = github.find("a/first")
    assert found is not None
    assert found.id == "R_8"


def test_a_repository_can_take_its_old_name_back() -> None:
    repository = Repository("a/first")
    github = FakeGitHub(repository)
    do.rename_repository(github, repository, "a/second")
    do.rename_repository(github, repository, "a/first")
    assert github.find("a/second") is repository
    assert github.find("a/third") is None


def test_an_account_that_is_gone_has_written_nothing_and_updates_nothing() -> None:
    repository = Repository("a/b")
    github = FakeGitHub(repository)
    issue = do.open_issue(repository, at(0), ADA)
    do.comment(issue, at(1), GRACE)
    discussion = do.start_discussion(repository, at(0), Category(), GRACE)
    do.reply(discussion, do.comment(discussion, at(1), ADA), at(2), GRACE)
    pull = do.open_pull(repository, at(0), ADA)
    do.review(pull, at(1), GRACE)
    do.commit(repository, at(1), GRACE)
    do.star(repository, at(1), GRACE)
    do.star(repository, at(2), ADA)
    do.delete_account(github, GRACE)
    gone = [issue.comments[0], discussion, discussion.comments[0].replies[0], pull.reviews[0], repository.commits[0]]
    assert [thing.author for thing in gone] == [None] * 5
    assert [issue.author, discussion.comments[0].author, pull.author] == [ADA] * 3
    assert [given.account for given in repository.stars] == [ADA]
    assert [issue.updated_at, discussion.updated_at, pull.updated_at] == [at(1), at(2), at(1)]


EVERYTHING = """
{ r0: repository(owner: "acme", name: "tool") { ...All } r1: repository(owner: "acme", name: "docs") { ...All } }
fragment By on Actor { __typename login }
fragment All on Repository {
  issues(first: 40) { nodes { id number updatedAt state closedAt author { ...By } labels(first: 9) { nodes { name } }
    comments(first: 100) { nodes { id createdAt author { ...By } } }
    timelineItems(first: 100, itemTypes: [REOPENED_EVENT, CROSS_REFERENCED_EVENT]) { filteredCount } } }
  pullRequests(first: 40) { nodes { id number updatedAt state closedAt mergedAt mergeable author { ...By }
    comments(first: 100) { nodes { id } } reviews(first: 100) { nodes { submittedAt state author { ...By } } } } }
  discussions(first: 40) { nodes { id number updatedAt upvoteCount isAnswered answer { id } closed author { ...By }
    comments(first: 40) { nodes { id upvoteCount author { ...By } replies(first: 40) { nodes { id } } } } } }
}
"""


def threads(scene: Scene) -> dict[str, Any]:
    """All that can be asked about issues, pull requests and discussions, by their ids."""
    scene.github.remaining = 5000
    said = ask(scene.github, EVERYTHING)
    assert "errors" not in said
    lists = [
        repository[kind]["nodes"] for repository in said["data"].values() for kind in ("issues", "pullRequests", "discussions")
    ]
    return {node["id"]: node for nodes in lists for node in nodes}


@settings(max_examples=60, deadline=None)
@given(history=histories())
def test_whatever_changes_in_a_thread_is_an_update_unless_the_act_is_silent(history: list[Act]) -> None:
    scene = Scene()
    before = threads(scene)
    for act in history:
        play(scene, act)
        after = threads(scene)
        moved = [node for id_, node in after.items() if node != before.get(id_)]
        if act.name not in SILENT:
            assert all(node["updatedAt"] == f"{act.at:%Y-%m-%dT%H:%M:%SZ}" for node in moved)
        else:
            assert all(node["updatedAt"] == before[node["id"]]["updatedAt"] for node in moved)
        before = after


@given(history=histories())
def test_a_history_is_told_in_the_order_of_its_moments_within_its_100_days(history: list[Act]) -> None:
    moments = [act.at for act in history]
    assert moments == sorted(moments)
    assert all(BEGINNING <= moment <= END and moment.microsecond == 0 for moment in moments)


@pytest.mark.parametrize("name", sorted(ACTS))
def test_an_act_changes_what_can_be_seen_where_there_is_something_to_choose(name: str) -> None:
    scene = Scene()
    stocked = ("open_issue", "open_pull", "start_discussion", "discuss", "comment", "star", "commit")
    prepared = {"reopen": "close", "reopen_pull": "close_pull", "unanswer": "answer", "unlabel": "label"}
    first = [*stocked, *([prepared[name]] if name in prepared else [])]
    for day, earlier in enumerate(first):
        for choice in range(3):
            play(scene, Act(BEGINNING + day * DAY, earlier, (choice, choice, choice)))
    shown = repr(scene.github.repositories)
    for choice in range(12):
        play(scene, Act(BEGINNING + 20 * DAY, name, (choice, choice + 1, choice)))
    assert repr(scene.github.repositories) != shown


@pytest.mark.parametrize("name", sorted(ACTS))
def test_an_act_in_an_empty_world_lets_time_go_by(name: str) -> None:
    scene = Scene()
    play(scene, Act(BEGINNING + DAY, name, (0, 0, 1)))
    assert scene.github.now == BEGINNING + DAY


def test_what_people_wrote_in_a_history_can_be_recognised() -> None:
    scene = Scene()
    play(scene, Act(BEGINNING, "open_issue", (0, 0, 1)))
    said = ask(scene.github, '{repository(owner: "acme", name: "tool"){issues(first: 1){nodes{title author{login}}}}}')
    (issue,) = said["data"]["repository"]["issues"]["nodes"]
    assert issue == {"title": PLANTED, "author": {"login": "planted-ada"}}
    assert all("planted" in (account.login if account else "planted") for account in scene.people)
