"""Counts the people behind all repositories together. Pure; moments are seconds since 1970."""

from collections.abc import Iterable
from dataclasses import dataclass

from exporter.sources.github.contributors.groups import Groups
from exporter.sources.github.contributors.identity import Author

__all__ = ["Activity", "Counts", "counted"]

Activity = Iterable[tuple[Author, bool, bool]]


@dataclass(frozen=True, slots=True)
class Counts:
    """Contributors.

    `ever` are all there have been; `active` have a commit in the window, `first_time` have their first commit ever in it,
    `previous` have one in the window of the same length before it, `retained` are those of `previous` who are active too.
    """

    ever: int
    active: int
    first_time: int
    previous: int
    retained: int


def counted(
    activity: Activity,
    first_commits: Iterable[tuple[int, bytes, int]],
    listed: Iterable[tuple[int, bytes]],
    start: int,
    end: int | None = None,
    known_as: Iterable[Author] = (),
) -> Counts:
    """The contributors of the window that begins at `start`.

    `activity` tells of authors whether they have commits before `start` and after it, within both windows. `first_commits` are
    repository, name and moment, for everybody with a commit in the windows; `listed` are repository and name of everybody who
    ever had one. Names that one author has are one person's, over all repositories.

    Of a window in the past `end` is where it ended: whoever began later does not count. `known_as` are then all authors that are
    known today, since people are told apart by what is known of them today.
    """
    groups = Groups()
    rows = list(activity)
    for author in (*known_as, *(author for author, _, _ in rows)):
        groups.join(author.names[0], author.names[-1])
    previous = {groups.of(author.names[0]) for author, before, _ in rows if before}
    active = {groups.of(author.names[0]) for author, _, after in rows if after}
    known: dict[tuple[int, bytes], int] = {}
    earlier: set[bytes] = set()
    for repository, name, at in first_commits:
        person = groups.of(name)
        known[repository, person] = min(at, known.get((repository, person), at))
        if at <= start:
            earlier.add(person)
    ever = previous | active
    for repository, name in listed:
        person = groups.of(name)
        began = known.get((repository, person))
        if began is None or end is None or began <= end:
            ever.add(person)
        if began is None:
            # Without a commit in the windows there, it was before them.
            earlier.add(person)
    return Counts(len(ever), len(active), len(active - earlier), len(previous), len(active & previous))
