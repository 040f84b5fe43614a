"""What is asked about pull requests: valid by the schema, no more than needed, at the price that the module tells."""

import re

import pytest
from graphql import parse, validate

from exporter.sources.github.api.query import Query, Variables, query_of
from exporter.sources.github.api.steps import UNITS_A_QUERY
from exporter.sources.github.pull_requests.queries import FEW, mergeability_entry, more_entry, page_entry
from support.github import demand, schema


def page(first: int, after: str | None = None) -> Query:
    variables = Variables()
    return query_of([page_entry(variables, "acme/widget", first, after)], variables)


def more(**after: str) -> Query:
    variables = Variables()
    return query_of([more_entry(variables, "acme/widget", 7, 100, after)], variables)


def mergeability(after: str | None = None) -> Query:
    variables = Variables()
    return query_of([mergeability_entry(variables, "acme/widget", 100, after)], variables)


QUERIES = {
    "a first page": page(100),
    "a short page": page(FEW),
    "a further page": page(100, "c1"),
    "more reviews": more(reviews="c2"),
    "more reviews and comments": more(reviews="c2", comments="c3"),
    "mergeability": mergeability(),
    "more mergeability": mergeability("c4"),
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_every_query_is_valid_by_githubs_schema(query: Query) -> None:
    assert validate(schema(), parse(query.document)) == []


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_of_people_nothing_is_asked_but_what_tells_them_apart(query: Query) -> None:
    words = set(re.findall(r"\w+", query.document))
    assert not words & {
        "title",
        "body",
        "bodyText",
        "bodyHTML",
        "email",
        "name" + "s",
        "avatarUrl",
        "url",
        "headRefName",
        "viewer",
    }
    assert set(re.findall(r"author \{([^}]*)\}", query.document)) <= {" __typename login "}


@pytest.mark.parametrize(
    ("query", "requests", "nodes"),
    [
        (page(100), 301, 2_200),
        (page(FEW), 61, 440),
        (more(reviews="c2"), 1, 100),
        (more(reviews="c2", comments="c3"), 2, 200),
        (mergeability(), 1, 100),
    ],
)
def test_an_entry_costs_what_the_table_in_the_module_says(query: Query, requests: int, nodes: int) -> None:
    wanted = demand(parse(query.document), query.variables, schema())
    assert (wanted.requests, wanted.nodes) == (requests, nodes)


def test_a_full_query_of_pages_stays_below_the_node_limit() -> None:
    variables = Variables()
    entries = [page_entry(variables, f"acme/r{i}", 100, None) for i in range(UNITS_A_QUERY // 3)]
    asked = query_of(entries, variables)
    assert demand(parse(asked.document), asked.variables, schema()).nodes <= 8_800
