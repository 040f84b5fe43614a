"""The way back through a list that GitHub cannot filter by time: from its newest entry down to where the last reading began.

Such lists are pull requests and discussions (ordered by their last update) and stargazers (ordered by their star), newest first.
A way back is a pure state machine: it sends nothing and writes nothing. Whoever reads a list goes this way:

    descent = Descent.begin(store.mark(key, name), since, now)      # the top, or where an unfinished way back stopped
    ask for a page of the list after `descent.cursor` (None is the top)
    came = descent.advance(moments, next_cursor)                    # moments of all entries of the page, in their order
    keep the entries and `came.mark` in one transaction
    next_one = came.following()                                     # the descent for the next page, None when all is read

What it promises, with any cursors, as long as entries do not vanish from the list: when `following()` gives None, every entry
whose moment is at or after `since` has been read since it last changed, but for those that changed after the top was read.
These are above the new `upto`, and the next way back meets them:

* The way back ends at `floor`, which lies below everything that may have been missing when the last one read the top: moments
  have whole seconds and are set a little before others see them, so it ends SETTLED seconds before that reading, or at `upto`
  where that is older.
* An entry that changes while the list is read moves to its top. Cursors that name an entry (GitHub's own) then skip nothing else;
  cursors that are positions show an entry twice, which does no harm where it is kept by its number.
* Each page is kept together with the mark. A way back that is interrupted goes on at its cursor in the next refresh, and its
  `upto` becomes what was newest when it began. The top is then read once more, as it is after a way of several pages over
  everything.

Where entries can vanish, cursors that are positions may skip one of the rest: whoever reads such a list compares counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from exporter.errors import Reason, UpstreamError
from exporter.sources.github.store.marks import SETTLED, Mark

__all__ = ["FULL_PAGE", "Descent", "smaller_page"]

FULL_PAGE = 100
"""Entries of the largest page that GitHub gives."""
MOST_PAGES = 1000
"""Pages that are read on the way back in one refresh; the next one goes on from there."""

_SMALLER = (50, 25, 10, 5)


def smaller_page(size: int) -> int | None:
    """The next smaller size of a page, for `Step.lighter`; None where there is none."""
    return next((smaller for smaller in _SMALLER if smaller < size), None)


@dataclass(frozen=True, slots=True)
class Descent:
    """A way back while it is gone; moments are seconds since 1970.

    On the way `mark.upto` is where it ends (None: at `since`), `mark.read_at` when the top was read, and `mark.newest` what was
    there. `ended` says that it has arrived, and `follow` that the top is to be read once more then; `resumed` that its cursor is
    of an earlier refresh.
    """

    mark: Mark
    since: int
    now: int
    ended: bool = False
    follow: bool = False
    resumed: bool = False
    _visited: frozenset[str] = frozenset()

    @classmethod
    def begin(cls, mark: Mark | None, since: int, now: int, *, whole: bool = False) -> Self:
        """Goes on where an unfinished way back stopped, else begins at the top.

        Nothing older than `since` is needed. With `whole`, a way that begins at the top leads down to there, whatever has been
        read before; one that is unfinished is finished first.
        """
        if mark is not None and mark.cursor is not None:
            return cls(mark, since, now, follow=True, resumed=True)
        return cls(_at_top(mark or Mark(now), now, whole=whole), since, now)

    @property
    def cursor(self) -> str | None:
        """After which the next page begins; None at the top."""
        return self.mark.cursor

    @property
    def floor(self) -> int:
        """The oldest moment that is read: every entry at or after it comes by."""
        return self.since if self.mark.upto is None else max(self.mark.upto, self.since)

    @property
    def whole(self) -> bool:
        """Whether everything that is needed is read, rather than what changed since the last reading."""
        return self.floor == self.since

    def advance(self, moments: Sequence[int], next_cursor: str | None) -> Self:
        """The same way after a page whose entries have these `moments`; `next_cursor` is None on the last page.

        Raises UpstreamError, MALFORMED where the pages lead nowhere and TOO_LARGE where they are too many for one refresh.
        """
        newest = self.mark.newest if self.cursor is not None else next(iter(moments), None)
        if next_cursor is None or any(moment < self.floor for moment in moments):
            arrived = replace(self.mark, upto=newest, newest=None, cursor=None, complete=True)
            return replace(self, mark=arrived, ended=True, resumed=False)
        if not moments or next_cursor == self.cursor or next_cursor in self._visited:
            raise UpstreamError(Reason.MALFORMED, "GitHub led to no further page of a list")
        if len(self._visited) == MOST_PAGES:
            raise UpstreamError(Reason.TOO_LARGE, "GitHub gave more pages than are read in one refresh")
        return replace(
            self,
            mark=replace(self.mark, newest=newest, cursor=next_cursor),
            follow=self.follow or self.whole,
            resumed=False,
            _visited=self._visited | {next_cursor},
        )

    def following(self, *, whole: bool = False) -> Self | None:
        """The way to go after what has been kept: on to the next page, or once more from the top; None when all is read.

        With `whole`, a way that has arrived is followed by one over everything.
        """
        if not self.ended:
            return self
        if whole or self.follow:
            return replace(self, mark=_at_top(self.mark, self.now, whole=whole), ended=False, follow=False, _visited=frozenset())
        return None

    def from_top(self) -> Self | None:
        """The same way begun again, for `Step.lighter` where nothing else helps: GitHub may no longer take a cursor of an earlier
        refresh. None where it is not one of those.
        """
        if not self.resumed:
            return None
        return replace(self, mark=replace(self.mark, read_at=self.now, newest=None, cursor=None), follow=False, resumed=False)

    def noting(self, note: str) -> Self:
        """The same way with another note in its mark."""
        return replace(self, mark=replace(self.mark, note=note))


def _at_top(mark: Mark, now: int, *, whole: bool) -> Mark:
    upto = None if whole or mark.upto is None else min(mark.upto, mark.read_at - SETTLED)
    return replace(mark, read_at=now, upto=upto, newest=None, cursor=None)
