"""A GraphQL document while it is put together, and the variables that go with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Query", "Variables", "name_of", "of_repository", "query_of"]

_QUOTA = "rateLimit { cost limit remaining resetAt }"


@dataclass(frozen=True, slots=True)
class Query:
    """A document with its variables; entry number i of what it asks for is in the answer under `name_of(i)`.

    `kind` is the same for queries whose entries cost nearly the same.
    """

    document: str
    variables: Mapping[str, Any]
    kind: str = ""


@dataclass(slots=True)
class Variables:
    """The variables of a document, and the fragments that its entries use, while the document is put together."""

    values: dict[str, Any] = field(default_factory=dict)
    fragments: dict[str, str] = field(default_factory=dict)
    _types: dict[str, str] = field(default_factory=dict)
    _names: dict[tuple[str, str], str] = field(default_factory=dict)

    def add(self, kind: str, value: Any) -> str:
        """Declares a variable of a GraphQL type, such as `String!`, and gives what stands for it in the text: `$v0`.

        The same value again is the same variable.
        """
        name = self._names.setdefault((kind, repr(value)), f"v{len(self._types)}")
        self._types[name] = kind
        self.values[name] = value
        return f"${name}"

    def use(self, name: str, text: str) -> str:
        """Adds a fragment once, however many entries use it, and gives its spread: `...Name`."""
        self.fragments[name] = text
        return f"...{name}"

    def head(self) -> str:
        """The beginning of the document."""
        declared = ", ".join(f"${name}: {kind}" for name, kind in self._types.items())
        return f"query({declared})" if declared else "query"


def name_of(entry: int) -> str:
    """The alias of an entry in document and answer."""
    return f"r{entry}"


def of_repository(repository: str, variables: Variables, selection: str) -> str:
    """The field that selects from a repository, written as owner/name."""
    owner, _, name = repository.partition("/")
    return f"repository(owner: {variables.add('String!', owner)}, name: {variables.add('String!', name)}) {{ {selection} }}"


def query_of(entries: Iterable[str], variables: Variables, kind: str = "") -> Query:
    """The document that asks for entries, and for the quota beside them."""
    aliased = [f"{name_of(i)}: {entry}" for i, entry in enumerate(entries)]
    text = f"{variables.head()} {{ {' '.join((_QUOTA, *aliased))} }} {' '.join(variables.fragments.values())}".rstrip()
    return Query(text, variables.values, kind)
