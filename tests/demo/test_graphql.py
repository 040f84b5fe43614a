"""Documents of GraphQL are read and answered as the specification says, as far as a small service needs it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from exporter.demo.graphql.answer import MistakeError, Thing, answer, connection
from exporter.demo.graphql.document import parse

AT = datetime(2026, 1, 27, 12, 30, 15, tzinfo=UTC)
ROOT = Thing(
    "Query",
    {
        "hero": Thing("Cat", {"name": "Tom", "born": AT, "lives": lambda given: given.get("left", 9), "friend": None}),
        "echo": lambda given: given["value"],
        "list": lambda given: connection("Numbers", range(5), given, lambda number: Thing("Number", {"value": number})),
    },
)


def asked(text: str, **variables: Any) -> Any:
    return answer(parse(text), variables, ROOT)


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("{ hero { name } }", {"hero": {"name": "Tom"}}),
        ("query { hero { name, born } }", {"hero": {"name": "Tom", "born": "2026-01-27T12:30:15Z"}}),
        ("{ a: hero { x: name } b: hero { name } }", {"a": {"x": "Tom"}, "b": {"name": "Tom"}}),
        ("{ hero { __typename friend { name } } }", {"hero": {"__typename": "Cat", "friend": None}}),
        ("{ hero { ...Named ... on Dog { barks } } } fragment Named on Cat { name }", {"hero": {"name": "Tom"}}),
        ("{ hero { lives(left: -7) } }", {"hero": {"lives": -7}}),
        ('{ echo(value: "say \\"hi\\" \\u00e9") }', {"echo": 'say "hi" é'}),
        ("{ echo(value: [1 true null OPEN {a: [2]}]) }", {"echo": [1, True, None, "OPEN", {"a": [2]}]}),
        ("# nothing\n{ echo(value: 1) # one\n}", {"echo": 1}),
    ],
)
def test_a_query_is_answered_in_its_own_words(text: str, data: Any) -> None:
    assert asked(text) == data


def test_variables_stand_for_values_wherever_these_may_be() -> None:
    document = "query Named($a: Int!, $b: [String!]! = []) { echo(value: {first: $a, rest: [$b]}) }"
    assert asked(document, a=1, b=["x"]) == {"echo": {"first": 1, "rest": [["x"]]}}


def test_a_list_is_told_page_by_page() -> None:
    page = "list(first: 2%s) { totalCount pageInfo { hasNextPage endCursor } nodes { value } }"
    first = asked(f"{{ {page % ''} }}")["list"]
    assert first == {
        "totalCount": 5,
        "pageInfo": {"hasNextPage": True, "endCursor": "place:2"},
        "nodes": [{"value": 0}, {"value": 1}],
    }
    last = asked("query($c: String!) { " + page % ", after: $c" + " }", c="place:4")["list"]
    assert (last["nodes"], last["pageInfo"]["hasNextPage"]) == ([{"value": 4}], False)
    assert asked("{ list(last: 2) { nodes { value } } }") == {"list": {"nodes": [{"value": 3}, {"value": 4}]}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{ hero { wings } }", "Field 'wings' doesn't exist on type 'Cat'"),
        ("{ hero { ...Nowhere } }", "not defined"),
        ("{ echo(value: $x) }", "Variable \\$x was not given"),
        ('{ list(after: "x") { totalCount } }', "valid cursor"),
    ],
)
def test_what_there_is_not_is_a_mistake(text: str, said: str) -> None:
    with pytest.raises(MistakeError, match=said):
        asked(text)


@pytest.mark.parametrize(
    "text", ["", "{ hero", "{ hero { name } } }", "{ a } { b }", "{ echo(value: }", "{ 'x' }", "fragment F on"]
)
def test_what_is_no_document_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected|no query|one query|ends|no part"):
        parse(text)
