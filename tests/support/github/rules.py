"""GitHub's rules for queries: lists need bounds, the nodes asked for have a limit, and each query has a price."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)

__all__ = ["NODE_LIMIT", "Demand", "RefusalError", "demand"]

NODE_LIMIT = 500_000
PAGE_LIMIT = 100


class RefusalError(Exception):
    """GitHub refuses a query or a part of it; `kind` is the `type` of the error in its answer."""

    def __init__(self, kind: str, message: str) -> None:
        self.kind = kind
        super().__init__(message)


@dataclass
class Demand:
    """What a query asks for: requests to fill its connections, and nodes that they may hold."""

    requests: int = 0
    nodes: int = 0

    @property
    def points(self) -> int:
        """The price: a hundredth of the requests, rounded, at least 1."""
        return max(1, round(self.requests / 100))


def demand(document: DocumentNode, variables: Mapping[str, Any], schema: GraphQLSchema) -> Demand:
    """What a valid document asks for; raises RefusalError where it breaks a rule."""
    measured = _Walk(document, variables, schema)
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            assert schema.query_type
            measured.walk(node.selection_set, schema.query_type, 1)
    if measured.demand.nodes > NODE_LIMIT:
        raise RefusalError(
            "MAX_NODE_LIMIT_EXCEEDED", f"This query asks for up to {measured.demand.nodes} nodes, more than {NODE_LIMIT}."
        )
    return measured.demand


class _Walk:
    def __init__(self, document: DocumentNode, variables: Mapping[str, Any], schema: GraphQLSchema) -> None:
        self.demand = Demand()
        self._schema = schema
        self._variables = variables
        self._fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}

    def walk(self, selections: SelectionSetNode, parent: GraphQLNamedType, times: int) -> None:
        for owner, field in self._fields(selections, parent):
            if field.name.value == "__typename" or field.selection_set is None:
                continue
            kind = get_named_type(owner.fields[field.name.value].type)
            inside = times
            if kind.name.endswith("Connection"):
                self.demand.requests += times
                inside = times * self._size(field, kind)
                self.demand.nodes += inside
            self.walk(field.selection_set, kind, inside)

    def _size(self, field: FieldNode, kind: GraphQLNamedType) -> int:
        bounds = {argument.name.value: argument.value for argument in field.arguments or ()}
        bound = bounds.get("first", bounds.get("last"))
        if bound is None:
            assert field.selection_set
            if {"nodes", "edges"} & {inner.name.value for _, inner in self._fields(field.selection_set, kind)}:
                raise RefusalError("MISSING_PAGINATION_BOUNDARIES", f"{field.name.value} needs a `first` or `last`.")
            return 0
        size = self._variables[bound.name.value] if isinstance(bound, VariableNode) else 0
        size = int(bound.value) if isinstance(bound, IntValueNode) else size
        if not 1 <= size <= PAGE_LIMIT:
            raise RefusalError("EXCESSIVE_PAGINATION", f"{field.name.value} must have between 1 and {PAGE_LIMIT} records.")
        return size

    def _fields(self, selections: SelectionSetNode, parent: GraphQLNamedType) -> Iterator[tuple[Any, FieldNode]]:
        """The fields of a selection, through fragments, each with the type that has it."""
        for node in selections.selections:
            if isinstance(node, FieldNode):
                yield parent, node
                continue
            inner = self._fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
            assert isinstance(inner, InlineFragmentNode | FragmentDefinitionNode)
            narrowed = self._schema.type_map[inner.type_condition.name.value] if inner.type_condition else parent
            yield from self._fields(inner.selection_set, narrowed)
