"""Answers a document from things that know their own fields."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from exporter.demo.graphql.document import Document, Field, Fragment, Selection, Variable

__all__ = ["Arguments", "MistakeError", "Thing", "answer", "connection", "moment"]

Arguments = Mapping[str, Any]


class MistakeError(Exception):
    """The document asks for what there is not; the text says what, as the service would."""


@dataclass(frozen=True, slots=True)
class Thing:
    """Something of a type, with its fields: each a value, or a function that makes one of the arguments.

    A value is a scalar, None, a moment, another thing, or a list of these.
    """

    type: str
    fields: Mapping[str, Any]


def answer(document: Document, variables: Mapping[str, Any], root: Thing) -> dict[str, Any]:
    """The data that a query asks of the root, in its own order; raises MistakeError."""
    return _Answering(document.fragments, variables).of(root, document.selections)


class _Answering:
    """One answer while it is put together."""

    def __init__(self, fragments: Mapping[str, Fragment], variables: Mapping[str, Any]) -> None:
        self._fragments = fragments
        self._variables = variables

    def of(self, thing: Thing, selections: Sequence[Selection]) -> dict[str, Any]:
        return {field.key: self._value(self._field(thing, field), field) for field in self._fields(thing, selections)}

    def _fields(self, thing: Thing, selections: Sequence[Selection]) -> Iterator[Field]:
        """The fields that are asked for of a thing of this type."""
        for selection in selections:
            if isinstance(selection, Field):
                yield selection
                continue
            fragment = selection if isinstance(selection, Fragment) else self._fragments.get(selection.name)
            if fragment is None:
                raise MistakeError("Fragment was used, but not defined")
            # Of interfaces and unions nothing is asked here but what all their types have.
            if fragment.type == thing.type:
                yield from self._fields(thing, fragment.selections)

    def _field(self, thing: Thing, field: Field) -> Any:
        if field.name == "__typename":
            return thing.type
        if field.name not in thing.fields:
            raise MistakeError(f"Field '{field.name}' doesn't exist on type '{thing.type}'")
        value = thing.fields[field.name]
        return value(self._given(field.arguments)) if callable(value) else value

    def _value(self, value: Any, field: Field) -> Any:
        if isinstance(value, Thing):
            return self.of(value, field.selections)
        if isinstance(value, list):
            return [self._value(one, field) for one in value]
        return moment(value) if isinstance(value, datetime) else value

    def _given(self, value: Any) -> Any:
        """A value of the document with its variables put in."""
        if isinstance(value, Variable):
            if value.name not in self._variables:
                raise MistakeError(f"Variable ${value.name} was not given")
            return self._variables[value.name]
        if isinstance(value, Mapping):
            return {name: self._given(one) for name, one in value.items()}
        return [self._given(one) for one in value] if isinstance(value, list) else value


def connection(name: str, things: Sequence[Any], arguments: Arguments, show: Callable[[Any], Thing], **more: Any) -> Thing:
    """A page of a list, by `first` and `after`, or by `last`; each entry is shown when it is asked for.

    Cursors name the place in the list, as those of a list that changes at its end alone may. `more` are further fields.
    """
    after = arguments.get("after")
    start = 0 if after is None else _place(after)
    end = min(len(things), start + arguments.get("first", len(things)))
    start = max(start, len(things) - arguments["last"]) if "last" in arguments else start
    page = things[start:end]
    info = {"hasNextPage": end < len(things), "endCursor": f"place:{end}" if page else None}
    fields = {
        "totalCount": len(things),
        "pageInfo": Thing("PageInfo", info),
        "nodes": lambda _: [show(one) for one in page],
        **{key: (lambda _, make=make: [make(one) for one in page]) for key, make in more.items()},
    }
    return Thing(name, fields)


def moment(time: datetime) -> str:
    """A moment as such services write it: in UTC, to the second."""
    return f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _place(cursor: str) -> int:
    kind, _, number = cursor.partition(":")
    if kind != "place" or not number.isdigit():
        raise MistakeError(f"`{cursor}` does not appear to be a valid cursor.")
    return int(number)
