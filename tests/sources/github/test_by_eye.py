"""Two repositories small enough to check by eye, with the traps in them that figures about people and issues fall into."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest

from exporter.sources.github import GitHub, GitHubConfig
from support.github import TOKEN, FakeGitHub
from support.github.world import Account, Category, Comment, Commit, Discussion, Issue, PullRequest, Repository, Review, Star
from support.tools import NOW, PATIENCE, make_tools
from support.upstream import Upstream

ADA, BOB, EVE = Account("planted-ada"), Account("planted-bob"), Account("planted-eve")
BOT = Account("planted-helper", "Bot")
GONE = None
HOUR = 3600.0
DAY = 24 * HOUR


def ago(days: float = 0, hours: float = 0) -> datetime:
    return NOW - timedelta(days=days, hours=hours)


def said(author: Account | None, at: datetime, association: str = "NONE", **more: Any) -> Comment:
    return Comment(author, at, association, **more)


def alpha() -> Repository:
    questions, ideas = Category("Q&A", answerable=True), Category("Ideas")
    answer = said(BOB, ago(9), upvotes=3, reactions=1)
    reopened = Issue((), author=ADA, created_at=ago(4), comments=[said(BOB, ago(4, -3), "MEMBER")], reopened_at=[ago(4, -5)])
    return Repository(
        "acme/alpha",
        issues=[
            # The author answers first, a maintainer after five hours.
            Issue(author=ADA, created_at=ago(10), comments=[said(ADA, ago(10, -1)), said(BOB, ago(10, -5), "MEMBER")]),
            # A bot answers first, the community after two hours; a P1 bug, closed after a day.
            Issue(
                ("bug", "P1"),
                author=ADA,
                created_at=ago(9),
                closed_at=ago(8),
                comments=[said(BOT, ago(9, -0.1)), said(BOB, ago(9, -2))],
            ),
            # Somebody answers after an hour whose account is gone now.
            Issue(("documentation",), author=ADA, created_at=ago(6), comments=[said(GONE, ago(6, -1))]),
            # Nobody answers.
            Issue(("documentation",), author=ADA, created_at=ago(7)),
            # Closed without an answer, after an hour.
            Issue(("bug", "P1", "P3"), author=ADA, created_at=ago(6), closed_at=ago(6, -1)),
            # A bot's own, of which nobody expects an answer.
            Issue(author=BOT, created_at=ago(5)),
            # Answered after three hours, closed, and open again.
            reopened,
            # Opened long ago, closed two days ago by the one who answered, a maintainer.
            Issue(author=ADA, created_at=ago(40), closed_at=ago(2), comments=[said(BOB, ago(39), "OWNER")]),
            # The first comment is hidden as spam, the second one is the answer, after six hours.
            Issue(author=ADA, created_at=ago(3), comments=[said(EVE, ago(3, -1), minimized=True), said(BOB, ago(3, -6))]),
        ],
        pull_requests=[
            # Reviewed by its author, then by a bot, then by another person after four hours; merged after a day.
            PullRequest(
                author=ADA,
                created_at=ago(10),
                merged_at=ago(9),
                reviews=[Review(ADA, ago(10, -1)), Review(BOT, ago(10, -2)), Review(BOB, ago(10, -4))],
            ),
            # Closed unmerged; somebody comments after three hours, when it is closed already.
            PullRequest(author=ADA, created_at=ago(5), closed_at=ago(5, -2), comments=[said(BOB, ago(5, -3))]),
            # A bot's.
            PullRequest(author=BOT, created_at=ago(4), merged_at=ago(3)),
            # A review was begun and never submitted.
            PullRequest(author=EVE, created_at=ago(3), reviews=[Review(BOB, None, "PENDING")], mergeable="CONFLICTING"),
        ],
        discussions=[
            Discussion(questions, ADA, ago(10), comments=[answer], answer=answer, answer_chosen_at=ago(8), upvotes=2),
            # A question to which only a bot has something to say.
            Discussion(questions, EVE, ago(5), comments=[said(BOT, ago(4))]),
            # In a category without answers, long ago.
            Discussion(ideas, ADA, ago(100), comments=[said(ADA, ago(99), replies=[said(BOB, ago(98))])]),
        ],
        categories=[questions, ideas],
        stars=[Star(ago(40)), Star(ago(2)), Star(ago(hours=20))],
        commits=[
            Commit(ago(200), BOB, "planted-bob@example.org"),
            Commit(ago(40), ADA, "planted-ada@work.example"),
            Commit(ago(20), ADA, "planted-ada@home.example"),
            # One person with two addresses, neither of which belongs to an account.
            Commit(ago(6), None, "planted-grace@old.example"),
            Commit(ago(5), None, "planted-grace@new.example"),
            Commit(ago(4), BOT, "7+planted-helper[bot]@users.noreply.github.com"),
        ],
        mailmap="Grace <planted-grace@new.example> <planted-grace@old.example>\n",
    )


def beta() -> Repository:
    return Repository(
        "acme/beta",
        issues=[Issue(author=EVE, created_at=ago(2), comments=[said(BOB, ago(2, -10), "COLLABORATOR")])],
        commits=[Commit(ago(3), BOB, "planted-bob@example.org")],
    )


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    """Everything that is said of the two repositories, as `name{label,…}: value`, without the prefix `github_`."""
    github = FakeGitHub(alpha(), beta(), now=NOW)
    with Upstream(github) as upstream:
        config = GitHubConfig(base_url=upstream.url, token=TOKEN, repositories=("acme/alpha", "acme/beta"))
        tools = make_tools(tmp_path_factory.mktemp("state"), timeout=PATIENCE)
        parts = list(GitHub(config).collect(tools, NOW))
    assert [part for part in parts if part.failure] == []
    samples = [sample for part in parts for sample in part.samples]
    told = {told_of(sample.name, (value for _, value in sample.labels)): sample.value for sample in samples}
    assert len(told) == len(samples)
    return told


def told_of(name: str, values: Iterable[str]) -> str:
    rest = [value.removeprefix("acme/") for value in values]
    return name.removeprefix("github_") + (f"{{{','.join(rest)}}}" if rest else "")


def those(facts: dict[str, float], name: str) -> dict[str, float]:
    """The facts of one metric by their labels."""
    return {key.removeprefix(name).strip("{}"): value for key, value in facts.items() if key.partition("{")[0] == name}


def test_the_first_answer_of_another_person_counts(facts: dict[str, float]) -> None:
    """1, 2, 3, 5, 6 hours in alpha and 10 in beta: one mean and one median over all of them."""
    assert those(facts, "issue_first_response_seconds") == {
        "mean": 4.5 * HOUR,
        "median": 4 * HOUR,
        "p90": pytest.approx(8 * HOUR),
    }


def test_those_that_nobody_answered_are_counted_beside_it(facts: dict[str, float]) -> None:
    assert those(facts, "issues_unanswered") == {"alpha,open": 1, "alpha,closed": 1, "beta,open": 0, "beta,closed": 0}
    assert facts["issue_oldest_unanswered_timestamp_seconds"] == ago(7).timestamp()


def test_unanswered_issues_miss_the_deadline_of_four_hours(facts: dict[str, float]) -> None:
    """Three answers in time, three late ones, two issues without any."""
    assert facts["issue_answered_in_time_ratio"] == 3 / 8


def test_opened_and_closed(facts: dict[str, float]) -> None:
    assert facts["issues_newly_opened{alpha,30d}"] == 8
    assert facts["issues_newly_opened{alpha,90d}"] == 9
    assert facts["issues_newly_opened{alpha,7d}"] == 5
    assert facts["issues_newly_closed{alpha,30d}"] == 3
    assert facts["issues_newly_closed{alpha,7d}"] == 2
    assert facts["issues_newly_opened_labelled{alpha,documentation,7d}"] == 1
    assert facts["issues_newly_opened_labelled{alpha,documentation,30d}"] == 2


def test_times_to_close(facts: dict[str, float]) -> None:
    """A day, an hour, and 38 days; the reopened one is open."""
    assert facts["issue_resolution_seconds{30d,mean}"] == pytest.approx((39 * DAY + HOUR) / 3)
    assert facts["issue_resolution_seconds{30d,median}"] == DAY
    assert facts["issue_follow_up_success_ratio"] == 3 / 4


def test_bugs_by_their_highest_priority(facts: dict[str, float]) -> None:
    assert facts["bugs_newly_opened{P1,30d}"] == 2
    assert facts["bugs_newly_opened{P3,30d}"] == 0
    assert facts["bug_fix_by_priority_seconds{P1,90d,mean}"] == 12.5 * HOUR
    assert facts["bug_fix_seconds{90d,median}"] == 12.5 * HOUR


def test_resolved_in_time_and_by_whom(facts: dict[str, float]) -> None:
    """Due after seven days: one closed after a day, one not at all, two older ones not in time."""
    assert facts["issue_resolved_in_time_ratio"] == 1 / 4
    assert facts["issue_community_resolved_ratio"] == 1 / 2
    assert facts["issue_escalated_ratio"] == 0
    assert facts["issue_first_contact_resolved_ratio"] == 1


def test_pull_requests(facts: dict[str, float]) -> None:
    """Reviews of the author and of bots do not count, nor one that was never submitted."""
    assert those(facts, "pull_request_first_review_seconds") == {
        "mean": 3.5 * HOUR,
        "median": 3.5 * HOUR,
        "p90": pytest.approx(3.9 * HOUR),
    }
    assert facts["pull_requests_awaiting_review{alpha}"] == 1
    assert facts["pull_requests_newly_opened{alpha,human,30d}"] == 3
    assert facts["pull_requests_newly_opened{alpha,bot,30d}"] == 1
    assert facts["pull_requests_newly_closed{alpha,human,merged}"] == 1
    assert facts["pull_requests_newly_closed{alpha,human,unmerged}"] == 1
    assert facts["pull_requests_newly_closed{alpha,bot,merged}"] == 1
    assert facts["pull_request_merge_seconds{mean}"] == DAY
    assert those(facts, "pull_requests_by_mergeability") == {
        "alpha,mergeable": 0,
        "alpha,conflicting": 1,
        "alpha,unknown": 0,
        "beta,mergeable": 0,
        "beta,conflicting": 0,
        "beta,unknown": 0,
    }


def test_discussions(facts: dict[str, float]) -> None:
    """Ada, Bob and Eve have written in the last 30 days; Ada and Bob had written before."""
    assert facts["discussions{alpha}"] == 3
    assert those(facts, "discussions_by_category") == {"alpha,Q&A": 2, "alpha,Ideas": 1}
    assert facts["discussions_newly_opened{alpha,30d}"] == 2
    assert facts["discussions_answerable{alpha}"] == 2
    assert facts["discussions_answered{alpha}"] == 1
    assert facts["discussion_participants{30d}"] == 3
    assert facts["discussion_participants_new{30d}"] == 1
    assert facts["discussion_answered_ratio"] == 1 / 2
    assert facts["discussion_votes_per_answer"] == 4


def test_stars(facts: dict[str, float]) -> None:
    assert those(facts, "stars_new") == {
        "alpha,24h": 1,
        "alpha,7d": 2,
        "alpha,30d": 2,
        "beta,24h": 0,
        "beta,7d": 0,
        "beta,30d": 0,
    }


def test_contributors(facts: dict[str, float]) -> None:
    """Ada with two addresses of her account, Grace with two by the mailmap, and Bob, who began in the other repository."""
    assert facts["contributors"] == 3
    assert facts["contributors_active{30d}"] == 3
    assert facts["contributors_previous{30d}"] == 1
    assert facts["contributors_retained{30d}"] == 1
    assert facts["contributors_first_time{30d}"] == 1


def test_no_login_and_no_address_is_told(facts: dict[str, float]) -> None:
    assert facts
    assert not any("planted" in key for key in facts)
