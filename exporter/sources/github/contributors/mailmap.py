"""Git's mailmap: what addresses and names in commits stand for.

The format is told in gitmailmap(5); where that is silent, this does what git does: `#` begins a comment only at the beginning of
a line, a line that gives no address is passed over, what follows the last `>` is ignored, and of two lines for the same address
the later one replaces what it gives. Letters match in either case, ASCII ones only.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

__all__ = ["Mailmap", "Mapping"]

_SPACE = " \t\r\n"
_CONTACT = re.compile(r"([^<]*)<([^>]*)>")


@dataclass(frozen=True, slots=True)
class Mapping:
    """What is written in place of an address: a name, an address or both; None leaves what the commit says."""

    name: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)


class Mailmap:
    """The text of a mailmap, read."""

    def __init__(self, text: str = "") -> None:
        self._by_email: dict[str, Mapping] = {}
        self._by_both: dict[tuple[str, str], Mapping] = {}
        self._sources: dict[str, list[str]] = {}
        for line in text.split("\n"):
            # Git takes a line for a text that ends at the first NUL.
            self._add(line.partition("\0")[0])
        for email, mapping in self._by_email.items():
            self._sources.setdefault(_folded(mapping.email or email), []).append(email)

    def canonical(self, name: str, email: str) -> tuple[str, str]:
        """The name and the address that an author is to be known by."""
        mapping = self._by_both.get((_folded(email), _folded(name))) or self._by_email.get(_folded(email)) or Mapping()
        return mapping.name or name, mapping.email or email

    def sources(self, email: str) -> list[str]:
        """The addresses that stand for this one whatever name goes with them, in lower case."""
        return self._sources.get(_folded(email), [])

    def for_email(self) -> Iterator[tuple[str, Mapping]]:
        """Each address with what it stands for, where nothing is said for the name that goes with it."""
        yield from self._by_email.items()

    def for_both(self) -> Iterator[tuple[str, str, Mapping]]:
        """Each name and address that together stand for something."""
        for (email, name), mapping in self._by_both.items():
            yield name, email, mapping

    def _add(self, line: str) -> None:
        first = None if line.startswith("#") else _CONTACT.match(line)
        if first is None or not first[2]:
            return
        name, email = first[1].strip(_SPACE) or None, first[2]
        second = _CONTACT.match(line, first.end())
        if second is None:
            self._map_email(email, Mapping(name))
        elif known_as := second[1].strip(_SPACE):
            self._by_both[_folded(second[2]), _folded(known_as)] = Mapping(name, email)
        else:
            self._map_email(second[2], Mapping(name, email))

    def _map_email(self, email: str, mapping: Mapping) -> None:
        before = self._by_email.get(_folded(email), Mapping())
        self._by_email[_folded(email)] = Mapping(mapping.name or before.name, mapping.email or before.email)


def _folded(text: str) -> str:
    """The text with its ASCII letters in lower case."""
    return text.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass")
