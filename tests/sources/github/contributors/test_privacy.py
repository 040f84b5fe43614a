"""No login, no address and no name of anybody is kept, logged, or told in an error, over a real connection."""

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from exporter.errors import Reason, UpstreamError
from exporter.sources.github.api.answer import read
from exporter.sources.github.contributors.answers import Entry, HistoryPage
from exporter.sources.github.contributors.authors import authors_of
from exporter.sources.github.contributors.identity import Identities
from exporter.sources.github.contributors.mailmap import Mailmap
from support.github import Account, Commit, FakeGitHub, Repository, actions
from support.github.contributed import Contributed
from support.tools import NOW, PATIENCE, make_tools
from support.upstream import Answer, Upstream

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ADA, BOB = Account("planted-ada"), Account("planted-bob")
MAILMAP = "Planted Grace <planted-grace@new> <planted-grace@old>\nPlanted Joe <planted-joe@x> Planted J <planted-shared@x>\n"
ACTOR = {"name": "Planted", "email": "planted@x", "user": {"__typename": "User", "id": "U_planted", "login": "planted"}}


def world() -> FakeGitHub:
    commits = [
        Commit(NOW - 300 * DAY, ADA, "planted-ada@home"),
        Commit(NOW - 200 * DAY, None, "planted-grace@old"),
        Commit(NOW - 40 * DAY, None, "planted-grace@new"),
        Commit(NOW - 9 * DAY, ADA, "planted-ada@work"),
        Commit(NOW - 8 * DAY, None, "12+planted-eve@users.noreply.github.com"),
        Commit(NOW - 7 * DAY, None, "planted-shared@x", "Planted J"),
        Commit(NOW - 6 * DAY, BOB, "planted-bob@home"),
    ]
    return FakeGitHub(Repository("acme/widget", commits=commits, mailmap=MAILMAP))


def hunted(data: bytes) -> list[bytes]:
    """What of people is in some bytes."""
    data = data.lower()
    return [word for word in (b"planted", b"noreply", b"@home", ADA.id.lower().encode(), BOB.id.lower().encode()) if word in data]


def test_nothing_of_people_is_kept_or_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    github = world()
    with Upstream(github) as upstream:
        client = make_tools(tmp_path / "tools", timeout=PATIENCE).client
        followed = Contributed(github=github, client=client, url=upstream.url, path=tmp_path / "facts.sqlite")
        assert followed.counts() == {"ever": 5, "active": 4, "first_time": 3, "previous": 1, "retained": 0}
        actions.commit(github.repositories[0], NOW + HOUR, BOB, "planted-bob@work")
        assert followed.counts(NOW + 2 * DAY)["active"] == 4
        sent = b"".join(request.body for request in upstream.requests)
    followed.store.rows("PRAGMA wal_checkpoint")
    assert hunted(sent) != [], "the hunt works: addresses are asked about"
    for file in tmp_path.rglob("*"):
        assert file.is_dir() or hunted(file.read_bytes()) == []
    followed.store.close()
    assert hunted((tmp_path / "facts.sqlite").read_bytes()) == []
    assert hunted(caplog.text.encode()) == []


@pytest.mark.parametrize(
    "answer", [Answer.json({"message": "planted"}, 404), Answer.json([{"login": 5, "type": "planted"}]), Answer.json("planted")]
)
def test_nothing_of_people_is_in_the_errors_of_a_list(tmp_path: Path, answer: Answer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    github = world()
    with Upstream(github) as upstream:
        client = make_tools(tmp_path / "tools", timeout=PATIENCE).client
        followed = Contributed(github=github, client=client, url=upstream.url)
        followed.rest.failing["acme/widget", "contributors"] = answer
        (reason,) = followed.refresh().values()
    assert reason in (Reason.NOT_FOUND, Reason.MALFORMED)
    assert hunted(caplog.text.encode()) == []


@pytest.mark.parametrize(
    ("model", "data"),
    [
        (HistoryPage, {"pageInfo": {"hasNextPage": False}, "nodes": [{"oid": "a", "author": ACTOR}]}),
        (Entry, {"login": "planted", "email": 5, "type": "User"}),
    ],
)
def test_nothing_of_people_is_in_the_error_of_a_malformed_answer(model: Any, data: Any) -> None:
    with pytest.raises(UpstreamError) as caught:
        read(model, data)
    assert hunted(f"{caught.value!s} {caught.value!r} {caught.value.__context__!r}".encode()) == []


def test_nothing_of_people_is_in_what_a_debugger_shows() -> None:
    page = read(
        HistoryPage,
        {
            "pageInfo": {"hasNextPage": False, "endCursor": None},
            "nodes": [{"oid": "a", "committedDate": "2026-01-20T10:00:00Z", "author": ACTOR}],
        },
    )
    mailmap = Mailmap(MAILMAP)
    identities = Identities("https://api.github.com", frozenset(), lambda text: bytes(len(text)))
    actor = page.nodes[0].author
    assert actor is not None
    authors = authors_of([(0, actor)], mailmap, identities)
    shown = [page, mailmap, *mailmap.for_email(), authors, authors.people, authors.people[0].by]
    shown.append(read(Entry, {"login": "planted", "name": "planted", "email": "planted@x", "type": "User"}))
    for thing in shown[:2] + shown[3:]:
        assert hunted(repr(thing).encode()) == []
