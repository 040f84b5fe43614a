"""Reads a document of GraphQL: one query, its variables and its fragments (spec.graphql.org, section 2)."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Document", "Field", "Fragment", "Selection", "Spread", "Variable", "parse"]

_TOKEN = re.compile(r'[\s,]+|#[^\n]*|(\.\.\.|[A-Za-z_][A-Za-z0-9_]*|-?[0-9]+|"(?:[^"\\\n]|\\.)*"|[!$()\[\]{}:=@])')


@dataclass(frozen=True, slots=True)
class Variable:
    """Stands for a value that comes beside the document."""

    name: str


@dataclass(frozen=True, slots=True)
class Field:
    """A field that is asked for; the answer has it under `key`."""

    key: str
    name: str
    arguments: Mapping[str, Any]
    selections: tuple["Selection", ...]


@dataclass(frozen=True, slots=True)
class Spread:
    """The selections of a fragment with a name."""

    name: str


@dataclass(frozen=True, slots=True)
class Fragment:
    """Selections for things of one type alone."""

    type: str
    selections: tuple["Selection", ...]


Selection = Field | Spread | Fragment


@dataclass(frozen=True, slots=True)
class Document:
    """A query and the fragments that it uses, by name."""

    selections: tuple[Selection, ...]
    fragments: Mapping[str, Fragment]


def parse(text: str) -> Document:
    """The query of a document; raises ValueError, with what was not understood, for anything else."""
    reader = _Reader(text)
    selections: tuple[Selection, ...] | None = None
    fragments: dict[str, Fragment] = {}
    while reader.ahead:
        if reader.takes("fragment"):
            name = reader.word()
            fragments[name] = reader.fragment()
            continue
        if reader.takes("query"):
            reader.skip_variables()
        if selections is not None:
            raise ValueError("one query is answered at a time")
        selections = reader.selections()
    if selections is None:
        raise ValueError("there is no query")
    return Document(selections, fragments)


class _Reader:
    """Goes through the tokens of a text; `ahead` is the next one, "" at the end."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self.ahead = next(self._tokens, "")

    def takes(self, token: str) -> bool:
        """Whether the next token is this one, which is then behind."""
        if self.ahead != token:
            return False
        self.ahead = next(self._tokens, "")
        return True

    def expect(self, token: str) -> None:
        if not self.takes(token):
            raise ValueError(f'expected "{token}", found "{self.ahead}"')

    def word(self) -> str:
        """A name."""
        word = self.ahead
        if not word.isidentifier():
            raise ValueError(f'expected a name, found "{word}"')
        self.takes(word)
        return word

    def skip_variables(self) -> None:
        """The name of the query and the types of its variables: values are taken as they come."""
        while self.ahead and self.ahead != "{":
            self.takes(self.ahead)

    def fragment(self) -> Fragment:
        self.expect("on")
        return Fragment(self.word(), self.selections())

    def selections(self) -> tuple[Selection, ...]:
        self.expect("{")
        found: list[Selection] = []
        while not self.takes("}"):
            found.append(self._selection())
        return tuple(found)

    def _selection(self) -> Selection:
        if self.takes("..."):
            return self.fragment() if self.ahead == "on" else Spread(self.word())
        key = name = self.word()
        if self.takes(":"):
            name = self.word()
        arguments = dict(self._arguments()) if self.takes("(") else {}
        return Field(key, name, arguments, self.selections() if self.ahead == "{" else ())

    def _arguments(self) -> Iterator[tuple[str, Any]]:
        while not self.takes(")"):
            name = self.word()
            self.expect(":")
            yield name, self._value()

    def _value(self) -> Any:
        token = self.ahead
        self.takes(token)
        match token[:1]:
            case "$":
                return Variable(self.word())
            case "[":
                return list(self._list())
            case "{":
                return dict(self._object())
            case '"':
                return json.loads(token)
            case "":
                raise ValueError("the document ends within a value")
        if token.lstrip("-").isdigit():
            return int(token)
        return {"true": True, "false": False, "null": None}.get(token, token)

    def _list(self) -> Iterator[Any]:
        while not self.takes("]"):
            yield self._value()

    def _object(self) -> Iterator[tuple[str, Any]]:
        while not self.takes("}"):
            name = self.word()
            self.expect(":")
            yield name, self._value()


def _tokens(text: str) -> Iterator[str]:
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise ValueError(f'"{text[place]}" is no part of GraphQL')
        place = found.end()
        if found[1]:
            yield found[1]
