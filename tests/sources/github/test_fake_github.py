import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from graphql import parse

from support.github import TOKEN, Account, Comment, FakeGitHub, Issue, Quota, Repository, demand, issues, schema
from support.github.asking import ask, numbers, of, post
from support.upstream import Answer, Request

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
ADA = Account("planted-ada")


def at(day: float) -> datetime:
    return START + day * DAY


def test_a_query_costs_what_githubs_own_example_says() -> None:
    """The example of its documentation: 100 repositories, 50 issues of each, 60 labels of each take 5,101 requests, 51 points."""
    document = "{viewer{repositories(first: 100){nodes{issues(first: 50){nodes{labels(first: 60){nodes{name}}}}}}}}"
    wanted = demand(parse(document), {}, schema())
    assert (wanted.requests, wanted.points) == (5101, 51)
    assert wanted.nodes == 100 + 100 * 50 + 100 * 50 * 60


@pytest.mark.parametrize("bound", ["first: 0", "first: 101", "last: 1000"])
def test_a_list_has_between_1_and_100_entries(bound: str) -> None:
    said = ask(FakeGitHub(), f'{{repository(owner: "a", name: "b"){{issues({bound}){{nodes{{number}}}}}}}}')
    assert said["errors"][0]["type"] == "EXCESSIVE_PAGINATION"


def test_a_list_needs_a_bound() -> None:
    said = ask(FakeGitHub(), '{repository(owner: "a", name: "b"){issues{nodes{number}}}}')
    assert said["errors"][0]["type"] == "MISSING_PAGINATION_BOUNDARIES"


def test_more_than_half_a_million_nodes_are_refused() -> None:
    labels = "labels(first: 100){nodes{name}}"
    inner = f'repository(owner: "a", name: "b"){{issues(first: 100){{nodes{{{labels}}}}}}}'
    said = ask(FakeGitHub(), f"{{{' '.join(f'r{i}: {inner}' for i in range(50))}}}")
    assert said["errors"][0]["type"] == "MAX_NODE_LIMIT_EXCEEDED"


def test_a_field_that_the_schema_does_not_have_is_refused() -> None:
    github = FakeGitHub()
    assert "data" not in ask(github, "{stars}")
    assert github.refused[0].startswith("Cannot query field 'stars' on type 'Query'.")


def test_the_price_of_a_query_is_taken_from_the_quota() -> None:
    github = FakeGitHub(Repository("a/b"))
    inner = "issues(first: 100){nodes{labels(first: 1){nodes{name}} comments(first: 1){totalCount}}}"
    said = ask(github, f'{{rateLimit{{cost remaining}} repository(owner: "a", name: "b"){{{inner}}}}}')
    assert said["data"]["rateLimit"] == {"cost": 2, "remaining": 4998}


def test_pages_follow_each_other_without_gap() -> None:
    github = FakeGitHub(Repository("a/b", issues=[*issues(3, "x"), *issues(2, "y")]))
    inner = "issues(first: 3, after: $after){pageInfo{hasNextPage endCursor} nodes{labels(first: 1){nodes{name}}}}"
    document = f'query($after: String){{repository(owner: "a", name: "b"){{{inner}}}}}'
    first = ask(github, document)["data"]["repository"]["issues"]
    second = ask(github, document, after=first["pageInfo"]["endCursor"])["data"]["repository"]["issues"]
    names = [node["labels"]["nodes"][0]["name"] for node in first["nodes"] + second["nodes"]]
    assert names == ["x", "x", "x", "y", "y"]
    assert (first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (True, False)


def test_an_unknown_repository_is_null_with_an_error_on_its_path() -> None:
    said = ask(FakeGitHub(), '{r0: repository(owner: "a", name: "b"){id}}')
    assert said["data"] == {"r0": None}
    assert (said["errors"][0]["type"], said["errors"][0]["path"]) == ("NOT_FOUND", ["r0"])


def test_a_wrong_token_is_refused() -> None:
    assert ask(FakeGitHub(), "{rateLimit{cost}}", token="wrong") == {"message": "Bad credentials"}


def test_each_token_has_a_quota_of_its_own() -> None:
    github = FakeGitHub()
    github.tokens["planted-second"] = Quota(limit=100, remaining=7)
    assert ask(github, "{rateLimit{limit remaining}}", "planted-second")["data"]["rateLimit"] == {"limit": 100, "remaining": 6}
    assert github.remaining == 5000


def test_a_revoked_token_is_refused() -> None:
    github = FakeGitHub()
    github.revoked.add(TOKEN)
    assert post(github, "{rateLimit{cost}}").status == 401


def test_a_spent_quota_refuses_until_its_hour_is_over() -> None:
    github = FakeGitHub()
    github.remaining = 0
    assert ask(github, "{rateLimit{remaining}}")["errors"][0]["type"] == "RATE_LIMIT"
    github.now = github.reset
    assert ask(github, "{rateLimit{remaining}}")["data"]["rateLimit"] == {"remaining": 4999}
    assert github.reset == github.now + timedelta(hours=1)


def test_a_query_that_holds_too_many_nodes_takes_too_long_and_costs_all_the_same() -> None:
    github = FakeGitHub(Repository("a/b"))
    github.too_heavy = 100
    document = '{repository(owner: "a", name: "b"){issues(first: 100){nodes{number comments(first: 1){nodes{id}}}}}}'
    assert post(github, document).status == 502
    assert post(github, document.replace("comments(first: 1){nodes{id}}", "")).status == 200
    assert github.remaining == 4998


def test_github_breaks_off_after_some_entries_and_keeps_those_before() -> None:
    github = FakeGitHub(Repository("a/b", id="R_7"))
    github.broken_off = 1
    said = ask(github, '{r0: repository(owner: "a", name: "b"){name} r1: node(id: "R_7"){id}}')
    assert said["data"] == {"r0": {"name": "b"}, "r1": None}
    assert (said["errors"][0]["type"], said["errors"][0]["path"]) == ("RESOURCE_LIMITS_EXCEEDED", ["r1"])


def test_what_is_no_query_goes_to_the_rest_side() -> None:
    github = FakeGitHub()
    asked = Request("GET", "/repos/a/b", {}, {}, b"")
    assert github(asked).status == 404
    github.rest = lambda request: Answer.json({"path": request.path})
    assert json.loads(github(asked).body) == {"path": "/repos/a/b"}


def three() -> Repository:
    """Issue 1 was updated last, 3 in the middle, 2 first; 2 is closed."""
    return Repository(
        "a/b",
        issues=[
            Issue(("bug", "P1"), created_at=at(1), updated_at=at(9)),
            Issue(("Bug",), created_at=at(2), closed_at=at(4)),
            Issue(("ui",), created_at=at(3), updated_at=at(6), comments=[Comment(ADA, at(5))]),
        ],
    )


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("first: 9", [1, 2, 3]),
        ("last: 2", [2, 3]),
        ("first: 9, orderBy: {field: CREATED_AT, direction: DESC}", [3, 2, 1]),
        ("first: 9, orderBy: {field: UPDATED_AT, direction: ASC}", [2, 3, 1]),
        ("first: 2, orderBy: {field: UPDATED_AT, direction: DESC}", [1, 3]),
        ("last: 1, orderBy: {field: UPDATED_AT, direction: DESC}", [2]),
        ("first: 9, orderBy: {field: COMMENTS, direction: DESC}", [3, 2, 1]),
        ("first: 9, states: OPEN", [1, 3]),
        ('first: 9, labels: ["BUG", "ui"]', [1, 2, 3]),
        ('first: 9, filterBy: {labels: ["bug", "P1"]}', [1]),
        ("first: 9, states: OPEN, filterBy: {states: CLOSED}", []),
        (f'first: 9, filterBy: {{since: "{at(6).isoformat()}"}}', [1, 3]),
        (f'first: 9, filterBy: {{since: "{(at(6) + timedelta(seconds=1)).isoformat()}"}}', [1]),
    ],
)
def test_issues_are_filtered_and_ordered(arguments: str, expected: list[int]) -> None:
    assert numbers(three(), f"issues({arguments})") == expected


def test_the_length_of_a_list_counts_what_passes_its_filters_on_all_pages() -> None:
    assert of(three(), "issues(first: 1, states: OPEN){totalCount}") == {"issues": {"totalCount": 2}}


def test_entries_of_the_same_moment_keep_one_order() -> None:
    repository = Repository("a/b", issues=issues(4))
    assert numbers(repository, "issues(first: 4)") == [1, 2, 3, 4]
    assert numbers(repository, "issues(first: 4, orderBy: {field: UPDATED_AT, direction: DESC})") == [4, 3, 2, 1]


UPDATED = "issues(first: 2, after: $after, orderBy: {field: UPDATED_AT, direction: DIRECTION})"
WITH_CURSOR = "{nodes{number} pageInfo{hasNextPage endCursor}}"


def two_pages(github: FakeGitHub, listing: str, between: Any) -> list[list[int]]:
    """The numbers on two pages of a list, between which something happens."""
    found = []
    after = None
    for _ in range(2):
        (page,) = of(github, listing + WITH_CURSOR, after=after).values()
        found.append([node["number"] for node in page["nodes"]])
        after = page["pageInfo"]["endCursor"]
        between()
    return found


@pytest.mark.parametrize(
    ("direction", "offsets", "pages"),
    [
        # Issue 2 was the second of five and is updated while they are read: it moves to the end that is new.
        ("ASC", False, [[1, 2], [3, 4]]),
        ("ASC", True, [[1, 2], [4, 5]]),
        ("DESC", False, [[5, 4], [3, 1]]),
        ("DESC", True, [[5, 4], [4, 3]]),
    ],
)
def test_a_list_that_changes_between_two_pages_goes_on_where_it_was(
    direction: str, offsets: bool, pages: list[list[int]]
) -> None:
    """By place nothing is repeated or left out but what moved; by offset entries are lost (ASC) or come twice (DESC)."""
    repository = Repository("a/b", issues=[Issue(created_at=at(day)) for day in range(5)])
    github = FakeGitHub(repository)
    github.offset_cursors = offsets

    def touch() -> None:
        repository.issues[1].updated_at = at(9)

    assert two_pages(github, UPDATED.replace("DIRECTION", direction), touch) == pages


def test_a_page_goes_on_where_the_last_one_ended_even_if_its_last_entry_is_gone() -> None:
    repository = Repository("a/b", issues=issues(4))
    assert two_pages(FakeGitHub(repository), UPDATED.replace("DIRECTION", "ASC"), lambda: repository.issues.pop(1)) == [
        [1, 2],
        [3, 4],
    ]


def test_a_page_can_end_before_a_cursor() -> None:
    repository = Repository("a/b", issues=issues(5))
    edges = of(repository, "issues(first: 5){edges{cursor node{number}}}")["issues"]["edges"]
    page = of(repository, "issues(last: 2, before: $before){nodes{number} pageInfo{hasPreviousPage}}", before=edges[3]["cursor"])
    assert page["issues"] == {"nodes": [{"number": 2}, {"number": 3}], "pageInfo": {"hasPreviousPage": True}}


def test_what_is_no_cursor_is_refused() -> None:
    said = ask(FakeGitHub(Repository("a/b")), '{repository(owner: "a", name: "b"){issues(first: 1, after: "?"){nodes{id}}}}')
    assert said["errors"][0]["type"] == "INVALID_CURSOR_ARGUMENTS"
