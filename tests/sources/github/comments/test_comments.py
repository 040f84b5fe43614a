"""Comments: what people wrote in the 24 hours before the reading, and the reactions to it; counts only."""

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from exporter.errors import Reason, UpstreamError
from exporter.sources.github.comments import CommentsReader
from support.github import PLANTED, Account, Comment, Issue, PullRequest, Repository
from support.github.one_topic import one_topic
from support.tools import NOW
from support.upstream import Answer

HOUR = timedelta(hours=1)
ANNA = Account("planted-anna")
ROBOT = Account("planted-robot", "Bot")
LISTED = Account("planted-listed-robot")


def at(hours: float, author: Account | None = ANNA, reactions: int = 0) -> Comment:
    """A comment that many hours ago."""
    return Comment(author, NOW - hours * HOUR, reactions=reactions)


def repository(*comments: Comment, pull_request: tuple[Comment, ...] = ()) -> Repository:
    return Repository(
        "acme/widget", issues=[Issue(comments=list(comments))], pull_requests=[PullRequest(comments=list(pull_request))]
    )


def test_comments_on_issues_and_pull_requests_count_with_their_reactions(tmp_path: Path) -> None:
    world = repository(at(1, reactions=3), at(23), pull_request=(at(2, reactions=1),))
    with one_topic(CommentsReader, tmp_path, world) as topic:
        assert topic.refresh() == {"github_comment_reactions": 4, "github_comments": 3}


@pytest.mark.parametrize(("age", "count"), [(0, 1), (23.999, 1), (24, 0), (25, 0)])
def test_the_window_is_the_last_24_hours(age: float, count: int, tmp_path: Path) -> None:
    with one_topic(CommentsReader, tmp_path, repository(at(age, reactions=1))) as topic:
        assert topic.refresh() == {"github_comment_reactions": count, "github_comments": count}


def test_an_older_comment_does_not_count_for_being_edited(tmp_path: Path) -> None:
    old = at(48, reactions=5)
    with one_topic(CommentsReader, tmp_path, repository(old, at(2))) as topic:
        topic.rest.edited[old] = NOW - HOUR
        assert topic.refresh() == {"github_comment_reactions": 0, "github_comments": 1}


def test_bots_do_not_count(tmp_path: Path) -> None:
    world = repository(at(1, ROBOT, reactions=9), at(2, LISTED, reactions=9), at(3))
    with one_topic(CommentsReader, tmp_path, world) as topic:
        topic.restart(bots=frozenset({LISTED.login}))
        assert topic.refresh() == {"github_comment_reactions": 0, "github_comments": 1}


def test_somebody_whose_account_is_gone_was_a_person(tmp_path: Path) -> None:
    with one_topic(CommentsReader, tmp_path, repository(at(1, None))) as topic:
        assert topic.refresh()["github_comments"] == 1


def test_a_repository_without_comments_has_none(tmp_path: Path) -> None:
    with one_topic(CommentsReader, tmp_path) as topic:
        assert topic.refresh() == {"github_comment_reactions": 0, "github_comments": 0}


def test_all_pages_are_read_and_none_behind_the_window(tmp_path: Path) -> None:
    """250 comments of the window are on three pages; 250 older ones, all edited since, would fill more."""
    recent = [at(1 + i / 100) for i in range(250)]
    older = [at(30 + i / 100) for i in range(250)]
    with one_topic(CommentsReader, tmp_path, repository(*older, *recent)) as topic:
        topic.rest.edited |= dict.fromkeys(older, NOW - HOUR)
        assert topic.refresh()["github_comments"] == 250
        asked = topic.asked()
    assert [request.query.get("page") for request in asked] == [None, ["2"], ["3"]]
    assert asked[0].query == {
        "since": ["2026-01-26T12:00:00Z"],
        "sort": ["created"],
        "direction": ["desc"],
        "per_page": ["100"],
    }


def test_what_was_counted_is_told_until_the_next_reading(tmp_path: Path) -> None:
    world = repository(at(1))
    with one_topic(CommentsReader, tmp_path, world, slow_interval="6h") as topic:
        assert topic.refresh()["github_comments"] == 1
        world.issues[0].comments.append(Comment(ANNA, NOW + HOUR))
        topic.asked()
        topic.restart()
        assert topic.refresh(NOW + 2 * HOUR)["github_comments"] == 1
        assert topic.asked() == []
        assert topic.refresh(NOW + 6 * HOUR)["github_comments"] == 2


def test_answers_are_not_kept_because_they_hold_people(tmp_path: Path) -> None:
    with one_topic(CommentsReader, tmp_path, repository(at(1)), slow_interval="1s") as topic:
        for minutes in range(3):
            topic.refresh(NOW + timedelta(minutes=minutes))
        assert ["if-none-match" in request.headers for request in topic.asked()] == [False, False, False]


def test_no_login_and_no_text_is_told_logged_or_kept(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), one_topic(CommentsReader, tmp_path, repository(at(1), at(2, ROBOT))) as topic:
        assert "planted" not in repr(topic.refresh())
        topic.store.close()
    assert not any("planted" in repr(record.__dict__) for record in caplog.records)
    for path in tmp_path.rglob("*"):
        assert b"planted" not in path.read_bytes()


@pytest.mark.parametrize(
    "said",
    [
        {},
        [None],
        [{}],
        [{"created_at": PLANTED, "user": None}],
        [{"created_at": "2026-01-27T11:00:00Z", "user": {"login": PLANTED}}],
        [{"created_at": "2026-01-27T11:00:00Z", "user": None, "reactions": {"total_count": PLANTED}}],
    ],
)
def test_what_is_no_list_of_comments_is_refused_without_being_quoted(said: Any, tmp_path: Path) -> None:
    with one_topic(CommentsReader, tmp_path) as topic:
        topic.rest.failing["acme/widget", "issues/comments"] = Answer.json(said)
        with pytest.raises(UpstreamError) as caught:
            topic.refresh()
        assert caught.value.reason is Reason.MALFORMED
        assert PLANTED not in str(caught.value)
        assert topic.kept() == {}
