import re

import pytest
from graphql import parse, validate

from exporter.sources.github.api.query import Query, Variables, query_of
from exporter.sources.github.api.steps import UNITS_A_QUERY
from exporter.sources.github.discussions import queries
from exporter.sources.github.discussions.reader import SHORT_PAGE, WHOLE_PAGE
from support.github import demand, schema


def asking(*entries: str, variables: Variables) -> Query:
    return query_of(entries, variables)


def page(first: int, pages: int = 1) -> Query:
    v = Variables()
    return asking(*[queries.page_entry(v, "acme/widget", first, "c1")] * pages, variables=v)


def single() -> Query:
    v = Variables()
    return asking(queries.discussion_entry(v, "acme/widget", 7, queries.COMMENTS), variables=v)


def comments() -> Query:
    v = Variables()
    return asking(queries.comments_entry(v, "D_1", 100, "c1"), variables=v)


def replies() -> Query:
    v = Variables()
    return asking(queries.replies_entry(v, "DC_1", 100, "c1"), variables=v)


def numbers() -> Query:
    v = Variables()
    return asking(queries.numbers_entry(v, "acme/widget", "c1"), variables=v)


def everything() -> Query:
    v = Variables()
    return asking(
        queries.page_entry(v, "acme/widget", 50, None),
        queries.page_entry(v, "acme/gadget", 20, "c1"),
        queries.discussion_entry(v, "acme/widget", 7, 50),
        queries.comments_entry(v, "D_1", 100, "c1"),
        queries.replies_entry(v, "DC_1", 100, "c1"),
        queries.numbers_entry(v, "acme/widget", None),
        variables=v,
    )


QUERIES = {
    "a page": page(WHOLE_PAGE),
    "one discussion": single(),
    "more comments": comments(),
    "more replies": replies(),
    "numbers": numbers(),
    "everything": everything(),
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_every_query_is_valid_by_githubs_schema(query: Query) -> None:
    assert validate(schema(), parse(query.document)) == []


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_no_query_asks_for_what_a_person_wrote(query: Query) -> None:
    words = set(re.findall(r"\w+", query.document.lower()))
    assert not words & {"title", "body", "bodytext", "bodyhtml", "email", "name_of", "url", "location", "viewer"}


def test_names_and_cursors_travel_as_variables() -> None:
    query = page(5)
    assert set(query.variables.values()) == {"acme", "widget", "c1"}
    assert not re.search("acme|c1", query.document)


@pytest.mark.parametrize(
    ("query", "requests", "nodes"),
    [
        (page(1), 13, 111),
        (page(SHORT_PAGE), 241, 2_220),
        (page(WHOLE_PAGE), 601, 5_550),
        (single(), 52, 2_050),
        (comments(), 101, 4_100),
        (replies(), 1, 100),
        (numbers(), 1, 100),
    ],
    ids=["F=1", "F=20", "F=50", "one discussion", "more comments", "more replies", "numbers"],
)
def test_an_entry_costs_what_the_table_in_the_module_says(query: Query, requests: int, nodes: int) -> None:
    wanted = demand(parse(query.document), query.variables, schema())
    assert (wanted.requests, wanted.nodes) == (requests, nodes)


def test_a_query_full_of_pages_stays_far_below_the_node_limit() -> None:
    query = page(WHOLE_PAGE, UNITS_A_QUERY)
    assert demand(parse(query.document), query.variables, schema()).nodes == 66_600
