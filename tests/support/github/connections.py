"""Pages of lists as GitHub gives them: opaque cursors that name a place in an order, not a number of entries.

A list whose entries move between two pages is read on from the place where the last page ended: what moved before it is not seen
again, what moved behind it is. With offsets instead, entries are repeated or left out.
"""

import base64
import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from support.github.rules import RefusalError

__all__ = ["Arguments", "Key", "Page", "descending", "moment", "page", "total"]

Arguments = dict[str, Any]
Key = Callable[[Any], tuple[Any, ...]]
"""What a list is ordered by; no two entries have the same."""

_OFFSET, _PLACE = "cursor:", "cursor:v2:"


class Page:
    """A connection of the schema: the part of a list that the arguments ask for."""

    def __init__(self, entries: Sequence[Any], start: int, length: int, between: int, cursors: Callable[[int], str]) -> None:
        self.entries = entries
        self.total_count = length
        self.filtered_count = between
        """Entries between the cursors that the arguments give."""
        self.nodes: Sequence[Any] = entries
        self.details: Callable[[Any], dict[str, Any]] = lambda entry: {}
        """What an edge says beside its node."""
        self._start = start
        self._length = length
        self._cursors = cursors

    def showing(self, node: Callable[[Any], Any], details: Callable[[Any], dict[str, Any]] | None = None) -> "Page":
        """This page with nodes that are made of its entries, and with what edges say beside them."""
        self.nodes = [node(entry) for entry in self.entries]
        self.details = details or self.details
        return self

    @property
    def edges(self) -> list[dict[str, Any]]:
        """The nodes with their cursors."""
        pairs = enumerate(zip(self.entries, self.nodes, strict=True), self._start)
        return [{"cursor": self._cursors(i), "node": node, **self.details(entry)} for i, (entry, node) in pairs]

    @property
    def page_info(self) -> dict[str, Any]:
        """Where the page begins and ends."""
        end = self._start + len(self.entries)
        return {
            "hasNextPage": end < self._length,
            "hasPreviousPage": self._start > 0,
            "startCursor": self._cursors(self._start) if self.entries else None,
            "endCursor": self._cursors(end - 1) if self.entries else None,
        }


def page(items: Iterable[Any], arguments: Arguments, key: Key, *, backwards: bool = False, offsets: bool = False) -> Page:
    """The page of items, in the order of a key or backwards, that the arguments ask for.

    `offsets` makes the cursors count entries instead.
    """
    ordered = sorted(items, key=key)
    length = len(ordered)

    def behind(cursor: str) -> int:
        """How many entries are up to a cursor, that of the cursor among them."""
        place = _read(cursor)
        if isinstance(place, int):
            return min(place, length)
        return length - bisect_left(ordered, place, key=key) if backwards else bisect_right(ordered, place, key=key)

    def before(cursor: str) -> int:
        place = _read(cursor)
        if isinstance(place, int):
            return max(0, min(place, length) - 1)
        return length - bisect_right(ordered, place, key=key) if backwards else bisect_left(ordered, place, key=key)

    def entry(index: int) -> Any:
        return ordered[length - 1 - index] if backwards else ordered[index]

    def cursor_of(index: int) -> str:
        return _offset_cursor(index + 1) if offsets else _place_cursor(key(entry(index)))

    start = behind(arguments["after"]) if arguments.get("after") else 0
    end = before(arguments["before"]) if arguments.get("before") else length
    between = max(0, end - start)
    start, end = _bounded(start, start + between, arguments)
    entries = ordered[length - end : length - start][::-1] if backwards else ordered[start:end]
    return Page(entries, start, length, between, cursor_of)


def total(items: Sequence[Any], arguments: Arguments) -> Page:
    """The page of a list that has an order of its own; its cursors count entries."""
    start = min(_number(arguments["after"]), len(items)) if arguments.get("after") else 0
    between = len(items) - start
    start, end = _bounded(start, len(items), arguments)
    return Page(items[start:end], start, len(items), between, lambda index: _offset_cursor(index + 1))


def descending(arguments: Arguments) -> bool:
    """Whether `orderBy` asks for the last entry first."""
    return (arguments.get("orderBy") or {}).get("direction") == "DESC"


def moment(text: str) -> datetime:
    """The moment that an argument names."""
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _bounded(start: int, end: int, arguments: Arguments) -> tuple[int, int]:
    first, last = arguments.get("first"), arguments.get("last")
    if first is not None:
        end = min(end, start + first)
    if last is not None:
        start = max(start, end - last)
    return (start, start) if first is None and last is None else (start, end)


def _offset_cursor(entries: int) -> str:
    return _encoded(f"{_OFFSET}{entries}")


def _place_cursor(key: tuple[Any, ...]) -> str:
    parts = [[part.timestamp()] if isinstance(part, datetime) else part for part in key]
    return _encoded(_PLACE + json.dumps(parts))


def _read(cursor: str) -> int | tuple[Any, ...]:
    """The number of entries or the place that a cursor stands for."""
    try:
        text = base64.b64decode(cursor, validate=True).decode()
        if text.startswith(_PLACE):
            parts = json.loads(text.removeprefix(_PLACE))
            return tuple(datetime.fromtimestamp(part[0], UTC) if isinstance(part, list) else part for part in parts)
        return int(text.removeprefix(_OFFSET))
    except ValueError:
        raise RefusalError("INVALID_CURSOR_ARGUMENTS", f"`{cursor}` does not appear to be a valid cursor.") from None


def _number(cursor: str) -> int:
    place = _read(cursor)
    if not isinstance(place, int):
        raise RefusalError("INVALID_CURSOR_ARGUMENTS", f"`{cursor}` does not appear to be a valid cursor.")
    return place


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
