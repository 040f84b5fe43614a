import re

import pytest
from graphql import parse, validate

from exporter.sources.github.repositories.queries import (
    Connection,
    Entry,
    Page,
    Query,
    pages_query,
    quota_query,
    repositories_query,
)
from exporter.sources.github.repositories.reader import PAGES_A_QUERY, REPOSITORIES_A_QUERY
from support.github import demand, schema


def repositories(number: int) -> list[Entry]:
    return [Entry(f"acme/r{i}") for i in range(number)]


BUGS = Page("acme/r0", Connection.BUGS, "c1")
RELEASES = Page("acme/r0", Connection.RELEASES, "c2")
ASSETS = Page("acme/r0", Connection.ASSETS, "c3", "RE_1")

QUERIES = {
    "one repository": repositories_query(repositories(1), "bug", ()),
    "a full batch with further labels": repositories_query(repositories(25), "bug", ("ui", 'odd "label"')),
    "a page of bugs": pages_query([BUGS], "bug"),
    "a page of releases": pages_query([RELEASES], "bug"),
    "a page of assets": pages_query([ASSETS], "bug"),
    "pages of all kinds": pages_query([ASSETS, BUGS, RELEASES, BUGS], "bug"),
    "the quota": quota_query(),
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_every_query_is_valid_by_githubs_schema(query: Query) -> None:
    assert validate(schema(), parse(query.document)) == []


def test_a_query_for_a_field_that_github_does_not_have_is_not_valid() -> None:
    (error,) = validate(schema(), parse('{repository(owner: "a", name: "b") {stars}}'))
    assert error.message.startswith("Cannot query field 'stars'")


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_every_variable_has_a_value(query: Query) -> None:
    assert set(re.findall(r"\$(\w+): ", query.document.partition("{")[0])) == query.variables.keys()


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_no_query_asks_for_a_person_or_for_what_a_person_wrote(query: Query) -> None:
    words = set(re.findall(r"\w+", query.document.lower()))
    assert not words & {
        "author",
        "actor",
        "login",
        "email",
        "title",
        "body",
        "bodytext",
        "description",
        "viewer",
        "user",
        "message",
    }


def test_names_and_labels_travel_as_variables() -> None:
    query = repositories_query([Entry("acme/widget")], 'a "bug"', ("ui",))
    assert set(query.variables.values()) == {"acme", "widget", 'a "bug"', "ui"}
    assert "acme" not in query.document


@pytest.mark.parametrize(
    ("query", "requests", "nodes"),
    [
        (repositories_query(repositories(1), "bug", ()), 83, 7_575),
        (repositories_query(repositories(1), "bug", ("ui", "api")), 85, 7_575),
        (pages_query([BUGS], "bug"), 101, 10_100),
        (pages_query([RELEASES], "bug"), 101, 10_100),
        (pages_query([ASSETS], "bug"), 1, 100),
        (quota_query(), 0, 0),
    ],
)
def test_an_entry_costs_what_the_table_in_the_module_says(query: Query, requests: int, nodes: int) -> None:
    wanted = demand(parse(query.document), query.variables, schema())
    assert (wanted.requests, wanted.nodes) == (requests, nodes)


def test_a_full_batch_of_repositories_costs_21_points() -> None:
    query = repositories_query(repositories(REPOSITORIES_A_QUERY), "bug", ())
    assert demand(parse(query.document), query.variables, schema()).points == 21


@pytest.mark.parametrize("page", [BUGS, RELEASES, ASSETS])
def test_a_full_batch_of_pages_stays_below_the_node_limit(page: Page) -> None:
    query = pages_query([page] * PAGES_A_QUERY, "bug")
    assert demand(parse(query.document), query.variables, schema()).nodes <= 404_000
