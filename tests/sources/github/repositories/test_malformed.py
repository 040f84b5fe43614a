import copy
import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.errors import Reason, UpstreamError
from exporter.facts import Part
from exporter.sources.github import GitHub, GitHubConfig
from support.contract import anything, gone_wrong
from support.github import TOKEN, Asset, FakeGitHub, Release, Repository, direct_tools, issues
from support.tools import NOW
from support.upstream import Answer, Request

Place = tuple[str | int, ...]
Change = Callable[[Any], Any]

GOOD = ("acme/r0", "acme/r1")


def world() -> FakeGitHub:
    """Two repositories alike, with one further page of each kind for each."""
    return FakeGitHub(
        *[
            Repository(
                name,
                pushed_at=NOW,
                issues=[*issues(52, "bug", "P1"), *issues(2)],
                releases=[Release([Asset(f"caro-{i}-linux", 1, 1) for i in range(101 if n == 25 else 1)]) for n in range(26)],
            )
            for name in GOOD
        ]
    )


GITHUB = world()


@cache
def told(body: bytes) -> bytes:
    """What the fake answers to a query; its world does not change."""
    said = GITHUB(Request("POST", "/graphql", {}, {"authorization": f"Bearer {TOKEN}"}, body))
    assert not GITHUB.refused
    return said.body


def read(change: Change, on: int = 0) -> dict[str, Part]:
    """A refresh in which a change is made to the answer number `on`."""
    asked = iter(range(1000))

    def answer(request: Request) -> Answer:
        said = told(request.body)
        return Answer.json(change(json.loads(said))) if next(asked) == on else Answer(body=said)

    source = GitHub(GitHubConfig(token=TOKEN, repositories=GOOD, labels=("ui",), read=()))
    parts = {dict(part.labels)["repository"]: part for part in source.collect(direct_tools(answer), NOW)}
    assert tuple(parts) == GOOD
    return parts


def answers() -> list[Any]:
    """The answers of a refresh in which nothing is wrong."""
    collected: list[Any] = []

    def keep(said: Any) -> Any:
        collected.append(copy.deepcopy(said))
        return said

    for on in range(3):
        read(keep, on)
    return collected


ANSWERS = answers()
WHOLE = read(lambda said: said)["acme/r1"]


NAMES = {sample.name for sample in WHOLE.samples}
OF_RELEASES = {"github_latest_release_timestamp_seconds", "github_release_asset_size_bytes"}


def places(said: Any, at: Place = ()) -> Iterator[Place]:
    pairs = said.items() if isinstance(said, dict) else enumerate(said[:1]) if isinstance(said, list) else ()
    for key, value in pairs:
        yield (*at, key)
        yield from places(value, (*at, key))


def holder(said: Any, at: Place) -> Any:
    for key in at[:-1]:
        said = said[key]
    return said


def put(at: Place, value: Any) -> Change:
    def change(said: Any) -> Any:
        holder(said, at)[at[-1]] = value
        return said

    return change


def removed(at: Place) -> Change:
    def change(said: Any) -> Any:
        del holder(said, at)[at[-1]]
        return said

    return change


R0 = [(on, ("data", "r0", *at)) for on, said in enumerate(ANSWERS[:2]) for at in places(said["data"]["r0"])]
"""One of each kind of value of the first entry, in the first answer and in the one with further pages."""
KEYS = [(on, at) for on, at in R0 if isinstance(at[-1], str)]
MAY_BE_NULL = {"pushedAt", "publishedAt"}


def test_the_answers_hold_what_these_tests_take_apart() -> None:
    assert len(ANSWERS) == 3
    assert {at[-1] for _, at in KEYS} >= {
        "stargazerCount",
        "bugs",
        "totalCount",
        "hasNextPage",
        "endCursor",
        "downloadCount",
        "name",
    }


def failed_alone(parts: dict[str, Part]) -> bool:
    """Whether r0 failed as malformed, and r1 is what it is when nothing is wrong."""
    return parts["acme/r0"].failure is Reason.MALFORMED and not parts["acme/r0"].samples and parts["acme/r1"] == WHOLE


@pytest.mark.parametrize(("on", "at"), KEYS, ids=str)
def test_a_field_that_is_missing_fails_its_repository_alone(on: int, at: Place) -> None:
    assert failed_alone(read(removed(at), on))


@pytest.mark.parametrize(("on", "at"), [place for place in R0 if place[1][-1] not in MAY_BE_NULL], ids=str)
def test_a_null_that_the_schema_does_not_promise_fails_its_repository_alone(on: int, at: Place) -> None:
    ends = at[-1] == "endCursor" and not holder(ANSWERS[on], at)["hasNextPage"]
    parts = read(put(at, None), on)
    assert parts["acme/r1"] == WHOLE
    assert ends or failed_alone(parts)


@pytest.mark.parametrize("value", [-1, "7", 7.0, True, 10**400, 2**53 + 1, [], {}], ids=str)
@pytest.mark.parametrize(
    ("on", "at"), [place for place in KEYS if str(place[1][-1]).endswith(("Count", "size"))], ids=lambda place: str(place)
)
def test_what_is_no_count_fails_its_repository_alone(on: int, at: Place, value: Any) -> None:
    assert failed_alone(read(put(at, value), on))


@pytest.mark.parametrize("value", ["", "yesterday", "2026-01-27", "2026-01-27T12:00:00", 1769515200, "1769515200"])
@pytest.mark.parametrize("field", ["createdAt", "pushedAt"])
def test_what_is_no_moment_fails_its_repository_alone(field: str, value: Any) -> None:
    assert failed_alone(read(put(("data", "r0", field), value)))


def test_fewer_bugs_than_announced_fail_their_repository_alone() -> None:
    assert failed_alone(read(removed(("data", "r0", "bugs", "nodes", 0))))


def test_more_bugs_than_open_issues_fail_their_repository_alone() -> None:
    assert failed_alone(read(put(("data", "r0", "openIssues", "totalCount"), 51)))


def test_a_page_longer_than_asked_for_fails_its_repository_alone() -> None:
    bug = {"labels": {"nodes": []}}
    assert failed_alone(read(put(("data", "r0", "bugs", "nodes"), [bug] * 101)))


def test_an_entry_that_is_missing_fails_alone() -> None:
    assert failed_alone(read(removed(("data", "r0"))))


@pytest.mark.parametrize("value", [[], "text", 7, True], ids=str)
def test_an_entry_that_is_no_object_fails_alone(value: Any) -> None:
    assert failed_alone(read(put(("data", "r0"), value)))


@pytest.mark.parametrize(
    "body", [None, [], "text", 7, {}, {"data": None}, {"data": []}, {"data": "text"}, {"data": {}, "errors": {}}], ids=str
)
def test_an_answer_that_is_none_fails_the_source(body: Any) -> None:
    with pytest.raises(UpstreamError) as raised:
        read(lambda said: body)
    assert raised.value.reason is Reason.MALFORMED


@pytest.mark.parametrize("errors", ["text", [7], [{"message": 7}], [{"type": []}], [{"path": "r0"}], [{"path": [None]}]], ids=str)
def test_errors_that_cannot_be_read_fail_the_source(errors: Any) -> None:
    with pytest.raises(UpstreamError) as raised:
        read(put(("errors",), errors))
    assert raised.value.reason is Reason.MALFORMED


@pytest.mark.parametrize("value", [None, 7, {}, {"remaining": "x"}, {"remaining": -1}], ids=str)
def test_a_quota_that_cannot_be_read_spoils_no_figure(value: Any) -> None:
    assert read(put(("data", "rateLimit"), value)) == read(lambda said: said)


@settings(max_examples=200, deadline=None)
@given(data=st.data(), on=st.integers(0, 2))
def test_whatever_is_wrong_with_an_answer_only_whole_parts_and_failed_ones_come_out(data: st.DataObject, on: int) -> None:
    said = data.draw(gone_wrong(ANSWERS[on]) | anything)
    try:
        parts = read(lambda _: said, on)
    except UpstreamError:
        return
    always = NAMES - {"github_repository_pushed_timestamp_seconds", *OF_RELEASES}
    for part in parts.values():
        names = {sample.name for sample in part.samples}
        assert always <= names <= NAMES if part.failure is None else not names
