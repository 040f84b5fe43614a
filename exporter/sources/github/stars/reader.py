"""Counts the stars given in the last 30 days, which is as far back as the list is read unless the past is asked about.

What is exact: after every reading of a list in which up to MANY stars are in the window, those kept are those that GitHub lists,
because the length of the list proves it (`ledger`); where it does not, as after stars were taken back, the window is read again
at once. The list is read whenever the number of stars has changed, and once in every `slow_interval`.

What is bounded: as many stars given as taken back between two refreshes leave the number as it was, so they are noticed after
`slow_interval` at the latest, or with the next star. Where more than MANY stars are in the window, stars taken back are noticed
at once, but the window is read again once in every `slow_interval` only; until then the figures hold some of them still.
"""

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import ClassVar

from exporter.facts import Sample, Topic
from exporter.sources.github.api.descent import FULL_PAGE, Descent
from exporter.sources.github.api.steps import Step
from exporter.sources.github.config import GitHubConfig
from exporter.sources.github.figures import DAY, WINDOWS
from exporter.sources.github.metrics.stars import NEW, TOPIC
from exporter.sources.github.stars.ledger import Ledger
from exporter.sources.github.stars.lists import FORKS, STARS, MomentList
from exporter.sources.github.stars.steps import PageStep, Place
from exporter.sources.github.store import Store
from exporter.sources.github.topic import Seen, TopicReader

__all__ = ["ForksReader", "StarsReader"]

_WINDOWS = ("24h", "7d", "30d")
_WINDOW = 30 * DAY


class _MomentsReader(TopicReader):
    """Reads a list of moments. A repository in which it is empty needs no request."""

    of: ClassVar[MomentList]

    def __init__(self, store: Store, config: GitHubConfig, bots: frozenset[str], *, page: int = FULL_PAGE) -> None:
        self._store = store
        self._page = page
        self._interval = config.slow_interval.total_seconds()

    @abstractmethod
    def number(self, seen: Seen) -> int:
        """How many the facts of the repository told."""

    def steps(self, seen: Seen, now: datetime) -> Iterable[Step]:
        if not self.number(seen):
            return
        mark, moment = self._store.mark(seen.key, self.of.name), int(now.timestamp())
        place = Place(seen.name, seen.key, self.number(seen), self._store, self._interval, self.of)
        settle = False
        if mark is not None and mark.cursor is None:
            ledger = Ledger.of(mark.note)
            settle = ledger.doubtful and place.may_settle(ledger, moment)
            if not settle and ledger.seen == place.seen and mark.recent(moment, self._interval):
                return
        start = moment if seen.first is None else int(seen.first.timestamp())
        yield PageStep(place, Descent.begin(mark, start - _WINDOW, moment, whole=settle), self._page)

    def complete(self, seen: Seen) -> bool:
        mark = self._store.mark(seen.key, self.of.name)
        return not self.number(seen) or (mark is not None and mark.complete)

    def number_then(self, seen: Seen, moment: datetime) -> int | None:
        """How many of those that still stand there were at a moment from `seen.first` on; None where that cannot be told."""
        if not self.number(seen):
            return 0
        mark = self._store.mark(seen.key, self.of.name)
        if mark is None or not mark.complete:
            return None
        ledger = Ledger.of(mark.note)
        return ledger.until(self._count(seen, moment.timestamp())) if self.lists_all(ledger) else None

    def lists_all(self, ledger: Ledger) -> bool:
        """Whether the list holds all that the facts count."""
        return True

    def _count(self, seen: Seen, after: float, until: float | None = None) -> int:
        """How many came after a moment, up to another one."""
        query = f"SELECT count(*) FROM {self.of.table} WHERE repository = ? AND at > ? AND (? IS NULL OR at <= ?)"  # noqa: S608
        ((number,),) = self._store.rows(query, (seen.key, after, until, until))
        return int(number) if self.number(seen) else 0


class StarsReader(_MomentsReader):
    """The topic `stars`."""

    topic = TOPIC
    of = STARS

    def number(self, seen: Seen) -> int:
        return seen.stars

    def samples(self, seen: Seen, now: datetime) -> Iterator[Sample]:
        return self._new(seen, now)

    def samples_then(self, seen: Seen, moment: datetime) -> Iterator[Sample]:
        return self._new(seen, moment, moment.timestamp())

    def _new(self, seen: Seen, end: datetime, until: float | None = None) -> Iterator[Sample]:
        for window in _WINDOWS:
            stars = self._count(seen, end.timestamp() - WINDOWS[window], until)
            yield NEW.sample(stars, repository=seen.name, window=window)


class ForksReader(_MomentsReader):
    """The forks of a repository, which are listed only where the past is asked about; their number is a fact of today."""

    topic = Topic("forks", ())
    of = FORKS

    def number(self, seen: Seen) -> int:
        return seen.forks

    def lists_all(self, ledger: Ledger) -> bool:
        # Private forks, and forks of forks, are counted and not listed.
        return ledger.total == ledger.seen
