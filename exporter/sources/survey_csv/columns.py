"""Which columns of a file hold what the configuration asks for."""

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from exporter.document import shown
from exporter.sources.survey_csv.config import FileConfig

__all__ = ["Column", "Columns"]

_MARK = re.compile(r"[1-9][0-9]*(\.0)?|x|y|yes|true|on|checked|selected|✓|✔|☑", re.IGNORECASE)
_NO_MARK = re.compile(r"0(\.0)?|-|n|no|false|off|unchecked|not selected|☐|", re.IGNORECASE)

_NUMBERED = re.compile(r"(.+) #([1-9][0-9]{0,2})")
"""One of several columns with the same header."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its position; `option` is the option that a mark in it stands for, None where the field says what is meant."""

    index: int
    option: str | None = None

    def said(self, fields: Sequence[str]) -> str:
        """What the field of a row says; empty where it says nothing."""
        field = fields[self.index].strip() if self.index < len(fields) else ""
        if self.option is None or _same(field, self.option):
            return field
        if _MARK.fullmatch(field):
            return self.option
        return "" if _NO_MARK.fullmatch(field) else field


class Columns:
    """The columns that are read, found by their headers; `lacking` says in sentences what is wrong with the headers."""

    def __init__(self, config: FileConfig, header: Sequence[Sequence[str]]) -> None:
        """`header` holds the rows of the header, as many as the configuration says or fewer."""
        self.lacking: list[str] = []
        self.width = max(map(len, header), default=0)
        first, second = ([*map(_plain, row), *[""] * (self.width - len(row))] for row in (*header[:2], *[()] * (2 - len(header))))
        self._names = list(_carried(first)) if len(header) > 1 else first
        self._parts = second
        self.time = self._one(config.time)
        self.id = None if config.id is None else self._one(config.id)
        self.where = {name: self._one(name) for name in config.where}
        self.answers = {reference: self._answers(config, reference) for reference in config.questions}
        called = {question.name for question in config.questions.values()}
        places = {*config.segments.values(), *([] if config.channel is None else [config.channel])}
        self.places = {place: self._one(place) for place in sorted(places - called)}

    def _answers(self, config: FileConfig, reference: str) -> tuple[Column, ...]:
        """The columns of a question."""
        if patterns := config.columns.get(reference):
            return tuple(column for pattern in patterns for column in self._options(pattern))
        indexes = self._at(reference)
        if len(indexes) > 1 and config.header_rows > 1 and config.kind(reference) == "choice":
            return tuple(Column(index, self._parts[index] or self._names[index]) for index in indexes)
        return (self._one(reference),)

    def _options(self, pattern: str) -> tuple[Column, ...]:
        """The columns that stand for one option each: the one with that header, or those that fit it with something for `*`."""
        plain = _plain(pattern)
        if "*" in plain and not self._at(pattern):
            fitting = re.compile("(.+)".join(map(re.escape, plain.split("*", 1))), re.DOTALL)
            matches = ((index, fitting.fullmatch(self._full(index))) for index in range(self.width))
            if columns := tuple(Column(index, match[1].strip()) for index, match in matches if match):
                return columns
        column = self._one(pattern)
        label = self._parts[column.index] or self._names[column.index] if column.index < self.width else plain
        return (Column(column.index, label),)

    def _one(self, reference: str) -> Column:
        """The one column with that header."""
        indexes = self._at(reference)
        if len(indexes) == 1:
            return Column(indexes[0])
        if indexes:
            parts = [part for part in (self._parts[index] for index in indexes) if part]
            hint = f", write {_quoted(f'{reference} | {parts[0]}' if parts else f'{reference} #1')} for the first"
            self.lacking.append(f"the column {_quoted(reference)} stands {len(indexes)} times{hint}")
        else:
            # The headers that are not near are not told: a file without a header has answers there.
            near = difflib.get_close_matches(
                _plain(reference), [*self._names, *map(self._full, range(self.width))], n=1, cutoff=0.7
            )
            self.lacking.append(f"there is no column {_quoted(reference)}{f', did you mean {_quoted(near[0])}?' if near else ''}")
        return Column(self.width)

    def _at(self, reference: str) -> list[int]:
        plain = _plain(reference)
        indexes = [index for index in range(self.width) if plain in (self._names[index], self._full(index))]
        if not indexes and (numbered := _NUMBERED.fullmatch(plain)):
            position = int(numbered[2]) - 1
            return self._at(numbered[1])[position : position + 1]
        return indexes

    def _full(self, index: int) -> str:
        """The name of a column with two rows in its header."""
        return f"{self._names[index]} | {self._parts[index]}" if self._parts[index] else self._names[index]


def _carried(names: Iterable[str]) -> Iterator[str]:
    """The names of all columns of a header in which a question with several columns stands above the first of them only."""
    last = ""
    for name in names:
        last = name or last
        yield last


def _plain(name: str) -> str:
    return " ".join(name.split())


def _quoted(name: str) -> str:
    return f'"{shown(_plain(name))}"'


def _same(one: str, other: str) -> bool:
    return _plain(one).casefold() == _plain(other).casefold()
