"""Whatever GitHub answers: a repository is kept as it was or read right, and nothing is raised."""

import copy
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.contract import anything, gone_wrong
from support.github import Account, Category, Comment, Discussion, Repository
from support.tools import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ANNA, BEN = Account("planted-anna"), Account("planted-ben")
QUESTIONS = Category("Q&A", answerable=True)


def repository() -> Repository:
    """Two discussions, one of which takes further pages of comments and replies."""
    accepted = Comment(BEN, NOW - DAY, replies=[Comment(ANNA, NOW - DAY) for _ in range(12)])
    comments = [accepted, *(Comment(BEN, NOW - DAY) for _ in range(12))]
    return Repository(
        "acme/widget",
        discussions=[
            Discussion(QUESTIONS, ANNA, NOW - 2 * DAY, comments, accepted),
            Discussion(QUESTIONS, None, NOW - 3 * DAY),
        ],
    )


def entry(said: Any) -> Any:
    """The first entry of an answer."""
    return next(value for name, value in said["data"].items() if name != "rateLimit")


Spoil = Callable[[Any], Any]


def first(said: Any) -> Any:
    return entry(said)["discussions"]["nodes"][0]


def setting(find: Spoil, key: str, value: Any) -> Spoil:
    def spoil(said: Any) -> Any:
        find(said)[key] = value
        return said

    return spoil


def removing(find: Spoil, key: str) -> Spoil:
    def spoil(said: Any) -> Any:
        del find(said)[key]
        return said

    return spoil


def discussions(said: Any) -> Any:
    return entry(said)["discussions"]


def comment(said: Any) -> Any:
    return first(said)["comments"]["nodes"][0]


SPOILED = {
    "no total": removing(discussions, "totalCount"),
    "a negative total": setting(discussions, "totalCount", -1),
    "no nodes": setting(discussions, "nodes", None),
    "a discussion that is not there": setting(discussions, "nodes", [None]),
    "more discussions than a page has": setting(discussions, "nodes", [{}] * 101),
    "no number": removing(first, "number"),
    "a number that is none": setting(first, "number", True),
    "a number beyond all numbers": setting(first, "number", 2**63),
    "a moment that is a number": setting(first, "createdAt", 1769500000),
    "a moment without zone": setting(first, "updatedAt", "2026-01-27T12:00:00"),
    "no author": removing(first, "author"),
    "an author without login": setting(first, "author", {"__typename": "User"}),
    "half an upvote": setting(first, "upvoteCount", 0.5),
    "no category": setting(first, "category", None),
    "an answer without votes": setting(first, "answer", {}),
    "a comment without id": removing(comment, "id"),
    "a comment that may be hidden": setting(comment, "isMinimized", None),
    "a further page that starts nowhere": setting(discussions, "pageInfo", {"hasNextPage": True, "endCursor": None}),
    "a further page after nothing": lambda said: setting(discussions, "nodes", [])(
        setting(discussions, "pageInfo", {"hasNextPage": True, "endCursor": "on"})(said)
    ),
}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED)
def test_an_answer_that_does_not_fit_the_schema_fails_the_repository_and_keeps_nothing_of_it(watch, spoil: Spoil) -> None:
    watched = watch(repository(), spoil=lambda number, said: spoil(said))
    assert watched.refresh() == {"acme/widget": "malformed"}
    assert list(watched.store.rows("SELECT 1 FROM discussion UNION ALL SELECT 1 FROM post")) == []
    assert not watched.reader.complete(watched.seen(watched.github.repositories[0]))


def test_pages_that_lead_back_end_with_an_error(watch) -> None:
    cursors = []

    def back(number: int, said: Any) -> Any:
        info = discussions(said)["pageInfo"]
        cursors.append(info["endCursor"])
        return setting(discussions, "pageInfo", {"hasNextPage": True, "endCursor": cursors[0]})(said)

    acme = Repository("acme/widget", discussions=[Discussion(QUESTIONS, ANNA, NOW - i * DAY) for i in range(3)])
    watched = watch(acme, page=1, spoil=back)
    assert watched.refresh() == {"acme/widget": "malformed"}
    assert len(cursors) == 2


@pytest.mark.parametrize("where", ["comments", "replies"])
def test_further_pages_that_lead_back_end_with_an_error(watch, where: str) -> None:
    def same(number: int, said: Any) -> Any:
        for name, found in said["data"].items():
            if name != "rateLimit" and where in found:
                found[where]["pageInfo"] = {"hasNextPage": True, "endCursor": "Y3Vyc29yOjE="}
        return said

    watched = watch(repository(), spoil=same)
    assert watched.refresh() == {"acme/widget": "malformed"}
    assert list(watched.store.rows("SELECT 1 FROM discussion")) == []


def test_numbers_that_lead_nowhere_end_with_an_error(watch) -> None:
    acme = repository()
    watched = watch(acme)
    before = watched.refreshed()
    watched.unlisted = 1
    watched.spoil = lambda number, said: setting(discussions, "pageInfo", {"hasNextPage": True, "endCursor": "Y3Vyc29yOjE="})(
        said
    )
    assert watched.refresh(NOW + HOUR) == {"acme/widget": "malformed"}
    watched.unlisted, watched.spoil = 0, None
    assert watched.refreshed(NOW) == before


def test_a_later_answer_that_is_malformed_leaves_what_was_kept(watch) -> None:
    acme = repository()
    watched = watch(acme)
    before = watched.refreshed()
    acme.discussions[0].comments.append(Comment(ANNA, NOW))
    acme.discussions[0].updated_at = NOW
    watched.spoil = lambda number, said: SPOILED["no number"](said)
    assert watched.refresh(NOW + HOUR) == {"acme/widget": "malformed"}
    watched.now = NOW
    assert watched.figures() == before
    watched.spoil = None
    assert watched.refreshed(NOW + 2 * HOUR) == watch(acme).refreshed(NOW + 2 * HOUR)


@given(data=st.data())
@settings(max_examples=80, deadline=None)
def test_whatever_is_wrong_with_an_answer_the_next_refresh_is_right(open_watch: Any, data: st.DataObject) -> None:
    with open_watch() as watch:
        acme = repository()
        right = watch(acme).refreshed(NOW + 9 * DAY)
        watched = watch(acme)
        on = data.draw(st.integers(0, 1), label="request")

        def spoil(number: int, said: Any) -> Any:
            if number - begun != on:
                return said
            return data.draw(gone_wrong(copy.deepcopy(said)) | anything, label="answer")

        begun, watched.spoil = len(watched.github.sizes), spoil
        watched.refresh()
        watched.spoil = None
        watched.refresh(NOW + 9 * DAY)
        assert watched.refreshed(NOW + 9 * DAY) == right
