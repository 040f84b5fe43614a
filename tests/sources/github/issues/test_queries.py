"""What is asked about issues is valid by GitHub's schema, asks for no text, and costs what its module says."""

from collections.abc import Callable

import pytest
from graphql import parse, validate

from exporter.sources.github.api.query import Query, Variables, query_of
from exporter.sources.github.issues.queries import PAGE, bugs_entry, comments_entry, counts_entry, listing_entry, page_entry
from support.github import demand, schema

T = 1_769_000_000
REPOSITORY = "acme/tool"


def query(write: Callable[[Variables], str]) -> Query:
    variables = Variables()
    return query_of([write(variables)], variables)


QUERIES = {
    "a page": (query(lambda v: page_entry(v, REPOSITORY, T, PAGE, None, T)), 2 + 4 * PAGE, 123 * PAGE),
    "a page after a cursor, with counts": (
        query(lambda v: page_entry(v, REPOSITORY, T, 20, "c", T, (T, T + 1))),
        84,
        122 * 20 + 20,
    ),
    "comments": (query(lambda v: comments_entry(v, REPOSITORY, 7, "c")), 1, 100),
    "counts": (query(lambda v: counts_entry(v, REPOSITORY, range(T, T + 100))), 100, 0),
    "a listing": (query(lambda v: listing_entry(v, REPOSITORY, T, "c")), 1, 100),
    "bugs": (query(lambda v: bugs_entry(v, REPOSITORY, "bug", None)), 1 + PAGE, 101 * PAGE),
}


@pytest.mark.parametrize("name", QUERIES)
def test_it_is_valid_and_costs_what_its_module_says(name: str) -> None:
    asked, requests, nodes = QUERIES[name]
    document = parse(asked.document)
    assert [error.message for error in validate(schema(), document)] == []
    found = demand(document, asked.variables, schema())
    assert (found.requests, found.nodes) == (requests, nodes)


@pytest.mark.parametrize("name", QUERIES)
def test_nothing_that_somebody_wrote_is_asked_for(name: str) -> None:
    asked, _, _ = QUERIES[name]
    assert not {"title", "body", "bodyText", "email", "name"} & set(asked.document.replace("(", " ").split())
    assert REPOSITORY.partition("/")[0] not in asked.document
