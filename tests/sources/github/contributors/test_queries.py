"""The queries about commits are GitHub's, and cost what the module says."""

import re

import pytest
from graphql import parse, validate

from exporter.sources.github.api.query import Query, Variables, query_of
from exporter.sources.github.contributors.queries import By, Slice, earlier_entry, window_entry
from support.github import demand, schema

HEAD = "a" * 40
PEOPLE = [By(account="U_1"), By(emails=("planted@x", "planted@y"))]


def window(slices: list[Slice], opening: int | None) -> Query:
    variables = Variables()
    return query_of([window_entry(variables, "acme/widget", HEAD, slices, opening)], variables)


def earlier(people: list[By]) -> Query:
    variables = Variables()
    return query_of([earlier_entry(variables, "acme/widget", HEAD, 100, people)], variables)


QUERIES = {
    "the first slices": window([Slice(0, 100), Slice(100)], 0),
    "a further page": window([Slice(0, 100, "c1")], None),
    "earlier commits": earlier(PEOPLE),
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_every_query_is_valid_by_githubs_schema(query: Query) -> None:
    assert validate(schema(), parse(query.document)) == []


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_every_variable_has_a_value(query: Query) -> None:
    assert set(re.findall(r"\$(\w+): ", query.document.partition("{")[0])) == query.variables.keys()


@pytest.mark.parametrize(
    ("query", "requests", "nodes"),
    [
        (window([Slice(0)], 0), 2, 100),
        (window([Slice(0, 1), Slice(1, 2), Slice(2, 3), Slice(3)], 0), 5, 400),
        (window([Slice(0, 1, "c1")], None), 1, 100),
        (earlier(PEOPLE), 2, 2),
    ],
)
def test_an_entry_costs_what_the_table_in_the_module_says(query: Query, requests: int, nodes: int) -> None:
    wanted = demand(parse(query.document), query.variables, schema())
    assert (wanted.requests, wanted.nodes) == (requests, nodes)


def test_moments_are_told_in_utc() -> None:
    assert "2026-01-27T12:00:00Z" in window([Slice(1769515200)], None).variables.values()


def test_people_are_in_the_variables_alone_and_in_no_representation() -> None:
    query = earlier(PEOPLE)
    assert not re.search("planted|U_1", query.document)
    assert not re.search("planted|U_1", repr(PEOPLE))
