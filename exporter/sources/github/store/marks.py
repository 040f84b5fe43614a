"""How far the lists of repositories have been read."""

from dataclasses import dataclass

__all__ = ["SETTLED", "Mark"]

SETTLED = 300
"""Seconds after which a moment is taken as past for GitHub as well: until then more may come that carries the same second."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a list of a repository has been read.

    `upto` is the last update that has been read, None before the first; a list is read from there on the next time. `read_at` is
    when that was. `complete` says that everything the samples need has been read once. For a list that is read from its newest
    entry back, `newest` and `cursor` are where an unfinished way back began and where it goes on; when it arrives, `newest`
    becomes `upto`. `note` is whatever else the topic needs to know, such as the commit that was the head.
    """

    read_at: int
    upto: int | None = None
    complete: bool = False
    newest: int | None = None
    cursor: str | None = None
    note: str | None = None

    def settled(self, last: int | None) -> bool:
        """Whether nothing has been updated since, where the last update of the list is at `last` by GitHub."""
        return self.complete and self.cursor is None and self.upto == last and (last is None or last + SETTLED < self.read_at)

    def recent(self, now: int, seconds: float) -> bool:
        """Whether the last reading is less than that long ago; one in the future, made before a clock was set back, is not."""
        return 0 <= now - self.read_at < seconds
