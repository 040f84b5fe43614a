"""What a PromQL expression asks for: its selectors, and the labels that it groups by."""

from collections.abc import Iterator
from typing import Any

import promql_parser

__all__ = ["Selector", "grouped_by", "matched_values", "selectors"]

Selector = promql_parser.VectorSelector


def selectors(query: str) -> list[Selector]:
    """Every selector of an expression; raises ValueError where it does not parse."""
    return [node for node in _nodes(query) if isinstance(node, promql_parser.VectorSelector)]


def grouped_by(query: str) -> set[str]:
    """The labels by which its aggregations group."""
    modifiers = (node.modifier for node in _nodes(query) if isinstance(node, promql_parser.AggregateExpr))
    return {label for modifier in modifiers if modifier is not None for label in modifier.labels}


def matched_values(selector: Selector, label: str) -> set[str]:
    """The values that a selector asks for, an alternative of a regular expression each; nothing where it says what not to be."""
    asks = (promql_parser.MatchOp.Equal, promql_parser.MatchOp.Re)
    found = [matcher.value for matcher in selector.matchers.matchers if matcher.name == label and matcher.op in asks]
    return {value for text in found for value in text.split("|")}


def _nodes(query: str) -> Iterator[Any]:
    nodes: list[Any] = []
    promql_parser.walk(promql_parser.parse(query), nodes.append)
    yield from nodes
