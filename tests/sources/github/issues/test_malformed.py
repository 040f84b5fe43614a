"""Whatever is wrong with an answer about issues, it is a failure with a reason or a reading that ends."""

import json
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.errors import Reason, UpstreamError
from exporter.sources.github.api.query import Variables, query_of
from exporter.sources.github.issues.place import Place
from exporter.sources.github.issues.steps import CommentsStep, CountStep, ListStep, PageStep
from exporter.sources.github.store import Store
from support.contract import anything, gone_wrong
from support.github import FakeGitHub
from support.github.asking import post
from support.github.world import Account, Comment, Issue, Repository
from support.tools import NOW

ADA, BOB = Account("planted-ada"), Account("planted-bob")
START, NOW_SECONDS = int(NOW.timestamp()) - 90 * 86_400, int(NOW.timestamp())
STEPS = ("page", "counts", "listing", "comments")


def place() -> Place:
    store = Store(None, "")
    return Place("acme/tool", store.key("R_1"), store, frozenset(), START, NOW_SECONDS, None)


def step(kind: str, where: Place) -> PageStep | CountStep | ListStep | CommentsStep:
    match kind:
        case "page":
            return PageStep(where, START, counted=(START, START + 9))
        case "counts":
            return CountStep(where, (START, START + 9), 1)
        case "listing":
            return ListStep(where, START, None)
        case _:
            return CommentsStep(where, 1, closed=False, report=False)


@cache
def good(kind: str) -> str:
    """What GitHub answers to a step, as JSON."""
    comments = [Comment(ADA, NOW), Comment(None, NOW), Comment(BOB, NOW, "MEMBER")]
    issue = Issue(("bug",), author=ADA, created_at=NOW, comments=comments, reopened_at=[NOW], number=1)
    variables = Variables()
    query = query_of([step(kind, place()).write(variables)], variables)
    said = json.loads(post(FakeGitHub(Repository("acme/tool", issues=[issue])), query.document, **query.variables).body)
    assert "errors" not in said
    return json.dumps(said["data"]["r0"])


def take(kind: str, said: Any) -> tuple[Place, Reason | None]:
    """What comes of an answer: where it was kept, and the reason if it was refused."""
    where = place()
    try:
        list(step(kind, where).take(said))
    except UpstreamError as error:
        return where, error.reason
    return where, None


def kept(where: Place) -> tuple[int, bool]:
    return where.table.count(0), where.mark.complete


@pytest.mark.parametrize("kind", STEPS)
def test_what_github_says_is_taken(kind: str) -> None:
    where, reason = take(kind, json.loads(good(kind)))
    assert reason is None
    assert kept(where) == ((1, True) if kind == "page" else (0, False))


@pytest.mark.parametrize("kind", STEPS)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_an_answer_gone_wrong_is_taken_as_a_whole_or_refused_as_malformed(kind: str, data: st.DataObject) -> None:
    where, reason = take(kind, data.draw(gone_wrong(json.loads(good(kind))) | anything))
    assert reason in (None, Reason.MALFORMED)
    assert reason is None or kept(where) == (0, False)


def test_an_order_that_was_not_asked_for_is_malformed() -> None:
    said = json.loads(good("page"))
    (node,) = said["issues"]["nodes"]
    said["issues"]["nodes"] = [node, {**node, "number": 2, "updatedAt": "2026-01-01T00:00:00Z"}]
    where, reason = take("page", said)
    assert (reason, kept(where)) == (Reason.MALFORMED, (0, False))


def test_an_update_in_the_far_future_is_malformed() -> None:
    said = json.loads(good("page"))
    said["issues"]["nodes"][0]["updatedAt"] = "9999-12-31T23:59:59-01:00"
    where, reason = take("page", said)
    assert (reason, kept(where)) == (Reason.MALFORMED, (0, False))
