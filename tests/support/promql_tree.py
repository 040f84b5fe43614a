"""PromQL expressions as trees: each part with those that it is in, and the labels that the result of one has."""

from collections.abc import Iterator, Mapping
from typing import Any

import promql_parser as pq

from support.promql import selectors

__all__ = ["Labels", "LabelsOf", "nodes"]

Labels = frozenset[str]

SCALARS = {"pi", "scalar", "time"}
NOTHING: Labels = frozenset()


def nodes(tree: Any, within: tuple[Any, ...] = ()) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """Every part of an expression, with those that it is in, the nearest last."""
    yield tree, within
    for child in _children(tree):
        yield from nodes(child, (*within, tree))


def _children(node: Any) -> list[Any]:
    match node:
        case pq.BinaryExpr():
            return [node.lhs, node.rhs]
        case pq.AggregateExpr():
            return [node.expr] if node.param is None else [node.expr, node.param]
        case pq.Call():
            return list(node.args)
        case pq.MatrixSelector():
            return [node.vector_selector]
        case pq.ParenExpr() | pq.UnaryExpr() | pq.SubqueryExpr():
            return [node.expr]
    return []


class LabelsOf:
    """Tells the labels that the result of an expression may have, and what in it asks for labels that are not there.

    `known` says which labels the series of a name may have. What is wrong is kept in `problems`.
    """

    def __init__(self, known: Mapping[str, Labels]) -> None:
        self.known = known
        self.problems: list[str] = []

    def text(self, expression: str) -> Labels:
        """Of an expression as text; raises ValueError where it does not parse."""
        return self.of(pq.parse(expression)) or NOTHING

    def series(self, expression: str) -> Labels:
        """Of a selector alone."""
        (selector,) = selectors(expression)
        return self.of(selector) or NOTHING

    def of(self, node: Any) -> Labels | None:
        """None where it is a number without labels."""
        match node:
            case pq.VectorSelector():
                return self._selector(node)
            case pq.MatrixSelector():
                return self.of(node.vector_selector)
            case pq.ParenExpr() | pq.UnaryExpr() | pq.SubqueryExpr():
                return self.of(node.expr)
            case pq.AggregateExpr():
                return self._aggregation(node)
            case pq.BinaryExpr():
                return self._binary(node)
            case pq.Call():
                return self._call(node)
        return None

    def _selector(self, node: Any) -> Labels:
        if node.name not in self.known:
            self.problems.append(f"there is no series {node.name}")
            return frozenset(matcher.name for matcher in node.matchers.matchers)
        self._need([matcher.name for matcher in node.matchers.matchers], self.known[node.name], node.name)
        return self.known[node.name]

    def _aggregation(self, node: Any) -> Labels:
        inner = self.of(node.expr) or NOTHING
        if str(node.op) in {"bottomk", "topk"}:
            return inner
        if node.modifier is None:
            return NOTHING
        named = frozenset(node.modifier.labels)
        self._need(named, inner, f"what {node.op} is made of")
        return named if node.modifier.type == pq.AggModifierType.By else inner - named

    def _call(self, node: Any) -> Labels | None:
        name = node.func.name
        if name in SCALARS:
            return None
        if name == "vector":
            return NOTHING
        found = next((labels for labels in map(self.of, node.args) if labels is not None), NOTHING)
        if name == "label_replace":
            self._need({node.args[3].val} - {""}, found, "what label_replace reads")
        if name == "label_join":
            self._need({one.val for one in node.args[3:]}, found, "what label_join reads")
        return found | {node.args[1].val} if name in {"label_join", "label_replace"} else found

    def _binary(self, node: Any) -> Labels | None:
        left, right = self.of(node.lhs), self.of(node.rhs)
        if left is None or right is None:
            return right if left is None else left
        modifier, op = node.modifier, str(node.op)
        matching = modifier.matching if modifier is not None else None
        on = matching is not None and matching.type == pq.LabelModifierType.Include
        named = frozenset(matching.labels) if matching is not None else NOTHING
        for side in (left, right) if on else ():
            self._need(named, side, f"a side of {op}")
        if matching is None and op != "or" and left != right:
            self.problems.append(f"the sides of {op} never match: only one has {', '.join(sorted(left ^ right))}")
        if op in {"and", "unless"}:
            return left
        if op == "or":
            return left | right
        if modifier is None or modifier.card == pq.VectorMatchCardinality.OneToOne:
            return named if on else left - named
        many, one = (left, right) if modifier.card == pq.VectorMatchCardinality.ManyToOne else (right, left)
        extra = frozenset(modifier.group_labels or ())
        self._need(extra, one, "what a group takes labels from")
        return many | extra

    def _need(self, names: Any, there: Labels, where: str) -> None:
        self.problems += [f"{where} has no label {name}" for name in sorted(set(names) - there)]
