import json
from typing import Any

import pytest
from graphql import parse

from support.github import TOKEN, FakeGitHub, Repository, demand, issues, schema
from support.upstream import Request


def ask(github: FakeGitHub, document: str, token: str = TOKEN, **variables: Any) -> Any:
    body = json.dumps({"query": document, "variables": variables}).encode()
    return json.loads(github(Request("POST", "/graphql", {}, {"authorization": f"Bearer {token}"}, body)).body)


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
