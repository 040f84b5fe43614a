"""What GitHub should never answer fails the repository, and what was kept stays."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from exporter.errors import Reason
from exporter.sources.github.contributors.reading import MOST_PAGES
from support.github import Account, Commit, Repository, actions
from support.github.contributed import Contributed
from support.tools import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ADA, BOB = Account("planted-ada"), Account("planted-bob")
GONE = object()
FIRST = ("head", "h0")


def follow() -> Contributed:
    commits = [Commit(NOW - 90 * DAY, ADA, "a@x"), Commit(NOW - 2 * DAY, ADA, "a@x")]
    return Contributed(Repository("acme/widget", commits=commits, mailmap="<a@x> <b@x>\n"))


def put(*path: Any, value: Any) -> Callable[[Any], Any]:
    """Puts a value somewhere into an answer with what `path` begins with, or takes away what is there."""

    def spoil(body: Any) -> Any:
        place = body["data"]["r0"]
        if path[0] not in place:
            return body
        for name in path[:-1]:
            place = place[name]
        if value is GONE:
            del place[path[-1]]
        else:
            place[path[-1]] = value
        return body

    return spoil


@pytest.mark.parametrize(
    "spoil",
    [
        put("head", value=GONE),
        put("head", value="planted"),
        put("head", value={}),
        put("head", "oid", value="planted"),
        put("head", "total", value=GONE),
        put("head", "total", "totalCount", value=-1),
        put("mailmap", value=GONE),
        put("mailmap", "text", value=GONE),
        put("mailmap", "text", value=5),
        put("mailmap", "__typename", value=GONE),
        put(*FIRST, value=GONE),
        put(*FIRST, value=None),
        put(*FIRST, "nodes", value=None),
        put(*FIRST, "nodes", 0, value=None),
        put(*FIRST, "nodes", 0, "oid", value=""),
        put(*FIRST, "nodes", 0, "committedDate", value="yesterday"),
        put(*FIRST, "nodes", 0, "committedDate", value=1700000000),
        put(*FIRST, "nodes", 0, "committedDate", value="2026-01-20T10:00:00"),
        put(*FIRST, "nodes", 0, "author", value=GONE),
        put(*FIRST, "nodes", 0, "author", "email", value=GONE),
        put(*FIRST, "nodes", 0, "author", "user", value={"login": "planted", "__typename": "User"}),
        put(*FIRST, "pageInfo", value={"hasNextPage": True, "endCursor": None}),
    ],
)
def test_a_malformed_window_keeps_what_was_kept(spoil: Callable[[Any], Any]) -> None:
    followed = follow()
    before = followed.counts()
    actions.commit(followed.github.repositories[0], NOW - DAY, BOB, "c@x")
    kept = list(followed.store.rows("SELECT * FROM contribution"))
    followed.spoil = spoil
    assert followed.refresh(NOW + HOUR) == {"acme/widget": Reason.MALFORMED}
    assert list(followed.store.rows("SELECT * FROM contribution")) == kept
    followed.spoil = None
    assert followed.counts(NOW + 2 * HOUR) == before | {"ever": 2, "active": 2, "first_time": 1}


def test_a_commit_that_is_not_there_is_told_as_missing() -> None:
    followed = follow()
    followed.spoil = put("head", value=None)
    assert followed.refresh() == {"acme/widget": Reason.NOT_FOUND}


@pytest.mark.parametrize("nodes", [None, [{"oid": "a"}, {"oid": "b"}], [{}]])
def test_a_malformed_answer_about_earlier_commits_keeps_nothing(nodes: Any) -> None:
    followed = follow()

    def spoil(body: Any) -> Any:
        return put(*FIRST, "nodes", value=nodes)(body) if "total" not in body["data"]["r0"]["head"] else body

    followed.spoil = spoil
    assert followed.refresh() == {"acme/widget": Reason.MALFORMED}
    assert list(followed.store.rows("SELECT * FROM contribution")) == []


def test_a_page_that_leads_back_ends_with_an_error() -> None:
    followed = follow()
    followed.spoil = put(*FIRST, "pageInfo", value={"hasNextPage": True, "endCursor": "Y3Vyc29yOjA="})
    assert followed.refresh() == {"acme/widget": Reason.MALFORMED}
    assert len(followed.github.sizes) == 2


def test_pages_without_end_end_with_an_error() -> None:
    followed = follow()
    oid = followed.github.repositories[0].commits[-1].oid

    def spoil(body: Any) -> Any:
        pages = len(followed.github.sizes)
        if pages > 1:
            body = {"data": {"r0": {"head": {"oid": oid, "h0": {"nodes": []}}}}}
        return put(*FIRST, "pageInfo", value={"hasNextPage": True, "endCursor": f"c{pages}"})(body)

    followed.spoil = spoil
    assert followed.refresh() == {"acme/widget": Reason.TOO_LARGE}
    assert len(followed.github.sizes) <= 1 + MOST_PAGES


def test_an_author_that_is_not_told_is_nobody() -> None:
    followed = follow()
    followed.spoil = put("head", "h3", "nodes", 0, "author", value=None)
    assert followed.counts()["active"] == 0


def test_a_mailmap_that_is_cut_counts_to_its_last_whole_line() -> None:
    followed = Contributed(
        Repository(
            "acme/widget",
            commits=[Commit(NOW - DAY, None, "g@old"), Commit(NOW - DAY, None, "h@old"), Commit(NOW - DAY, None, "g@new")],
            mailmap="<g@new> <g@old>\n<g@new> <h@old>",
        )
    )
    followed.spoil = put("mailmap", "isTruncated", value=True)
    assert followed.counts()["active"] == 2


@pytest.mark.parametrize("mailmap", [None, {"__typename": "Tree"}, {"__typename": "Blob", "text": None, "isTruncated": False}])
def test_what_is_no_text_is_no_mailmap(mailmap: Any) -> None:
    followed = Contributed(
        Repository(
            "acme/widget",
            commits=[Commit(NOW - DAY, None, "g@old"), Commit(NOW - DAY, None, "g@new")],
            mailmap="<g@new> <g@old>\n",
        )
    )
    followed.spoil = put("mailmap", value=mailmap)
    assert followed.counts()["active"] == 2


def test_slices_that_miss_commits_are_read_again_as_one() -> None:
    """Behind a commit with a wrong clock, git ends a slice too early."""
    commits = [Commit(NOW - (40 - n) * DAY, Account(f"planted-{n}"), f"{n}@x") for n in range(40)]
    followed = Contributed(Repository("acme/widget", commits=commits))

    def spoil(body: Any) -> Any:
        head = body["data"]["r0"]["head"]
        if "h3" in head:
            del head["h3"]["nodes"][5:]
        return body

    followed.spoil = spoil
    assert followed.counts()["active"] == 29
    assert len(followed.github.sizes) == 3, "the slices, the whole window, the earlier commits"


def test_one_malformed_repository_fails_alone() -> None:
    followed = Contributed(
        Repository("acme/broken", commits=[Commit(NOW - DAY, ADA, "a@x")]),
        Repository("acme/widget", commits=[Commit(NOW - DAY, BOB, "b@x")]),
    )
    broken = iter([put("head", value="planted")])
    followed.spoil = lambda body: next(broken, lambda whole: whole)(body)
    assert followed.refresh() == {"acme/broken": Reason.MALFORMED}
    assert list(followed.store.rows("SELECT DISTINCT repository FROM contribution")) == [(2,)]
