"""The history of a branch as numbers: when each commit landed, and which commits have the same author."""

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from exporter.sources.git.identity import identity

__all__ = ["ARGUMENTS", "History", "read_history"]

ARGUMENTS = ("log", "-z", "--format=%ct%n%aE%n%aN")
"""How git is asked for the commits.

Name and address are the mailmapped ones. Neither can hold a line break or a NUL: in a commit they end at the end of their line.
"""

_LATEST = 1 << 62
_DIGEST = 16


@dataclass(frozen=True, slots=True)
class History:
    """Commits of a branch.

    `times` are the committer dates (seconds since the epoch, ascending) of all commits, those of bots too. `people` has the same
    for each person; its keys are keyed hashes, made when the commit is read, which tell people apart and nothing more.
    """

    times: Sequence[int] = ()
    people: Mapping[bytes, Sequence[int]] = field(default_factory=dict, repr=False)

    def until(self, moment: float) -> "History":
        """The same as it was at a moment (seconds since the epoch), as far as the branch of today tells."""
        people = {person: own[: bisect_right(own, moment)] for person, own in self.people.items() if own[0] <= moment}
        return History(self.times[: bisect_right(self.times, moment)], people)


def read_history(printed: Iterable[bytes], key: bytes, bots: frozenset[str]) -> History:
    """The history that git prints when called with ARGUMENTS; `key`, up to 64 bytes, is the secret to hash identities with."""
    times: list[int] = []
    people: dict[bytes, list[int]] = {}
    known: dict[bytes, list[int]] = {}
    for record in _records(printed):
        when, _, author = record.partition(b"\n")
        time = _seconds(when)
        times.append(time)
        own = known.get(author)
        if own is None:
            person = _person(author, key, bots)
            own = known[author] = [] if person is None else people.setdefault(person, [])
        own.append(time)
    return History(_ascending(times), {person: _ascending(own) for person, own in people.items()})


def _records(printed: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in printed:
        *whole, rest = (rest + chunk).split(b"\0")
        yield from whole
    if rest:
        yield rest


def _person(author: bytes, key: bytes, bots: frozenset[str]) -> bytes | None:
    email, _, name = author.decode("utf-8", "surrogateescape").partition("\n")
    known_as = identity(name, email, bots)
    if known_as is None:
        return None
    return blake2b(known_as.encode("utf-8", "surrogateescape"), key=key, digest_size=_DIGEST).digest()


def _seconds(text: bytes) -> int:
    """A committer date; one that is missing, or that no calendar knows, is as old or as new as can be."""
    try:
        return min(max(int(text), 0), _LATEST)
    except ValueError:
        return 0


def _ascending(times: list[int]) -> Sequence[int]:
    return array("q", sorted(times))
