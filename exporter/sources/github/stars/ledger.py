"""How it is known whether stars were taken back, or forks deleted: by counting. They carry no names here to tell it by."""

import json
from dataclasses import asdict, dataclass, replace
from typing import Self

__all__ = ["Ledger"]


@dataclass(frozen=True, slots=True)
class Ledger:
    """What is noted with the mark of the stars of a repository.

    `seen` is the number of stars among its facts, and `total` the length of the list, both as of when the top of the list was
    last read. `kept` of them are in the store and `older` are not, because they are older than the window. While nobody takes
    a star back, `older` only grows by what the window leaves behind: where another reading finds `total` - kept = `older`, those
    kept are those there are. `doubtful` says that it found something else, or that the list changed while pages of it were read.
    `whole_at` is when the last reading of the whole window began.

    On the way back, `bottom` is the oldest moment on the pages read so far, and `moved` says that the list has changed since its
    top was read.
    """

    seen: int = 0
    total: int = 0
    kept: int = 0
    older: int = 0
    doubtful: bool = False
    whole_at: int = 0
    bottom: int | None = None
    moved: bool = False

    @classmethod
    def of(cls, note: str | None) -> Self:
        """The ledger that a note holds; an empty one where there is none."""
        return cls(**json.loads(note)) if note is not None else cls()

    def note(self) -> str:
        """What to keep as the note of the mark."""
        return json.dumps(asdict(self))

    def until(self, later: int) -> int:
        """How many there were that still stand when `later` of those kept had yet to come."""
        return self.total - later

    def at_top(self, seen: int, total: int) -> Self:
        """The ledger when the top of the list is read."""
        return replace(self, seen=seen, total=total, bottom=None, moved=False)

    def further(self, total: int) -> Self:
        """The ledger when a further page is read, which tells the length of the list again."""
        return replace(self, moved=self.moved or total != self.total)

    def arrived(self, kept: int, forgotten: int, whole_at: int | None) -> Self:
        """The ledger at the end of the way back, when `kept` stars were in the store, of which some have been forgotten since.

        `whole_at` is when a reading of the whole window began, None where it was not read as a whole.
        """
        if whole_at is not None:
            doubtful = self.moved
        else:
            doubtful = self.doubtful or self.moved or self.total - kept != self.older
            whole_at = self.whole_at
        left = kept - forgotten
        return replace(self, kept=left, older=self.total - left, doubtful=doubtful, whole_at=whole_at)
