"""Counts the stars given in the last 30 days, which is as far back as the list is ever read.

What is exact: after every reading of a list in which up to MANY stars are in the window, those kept are those that GitHub lists,
because the length of the list proves it (`ledger`); where it does not, as after stars were taken back, the window is read again
at once. The list is read whenever the number of stars has changed, and once in every `slow_interval`.

What is bounded: as many stars given as taken back between two refreshes leave the number as it was, so they are noticed after
`slow_interval` at the latest, or with the next star. Where more than MANY stars are in the window, stars taken back are noticed
at once, but the window is read again once in every `slow_interval` only; until then the figures hold some of them still.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from exporter.facts import Sample
from exporter.sources.github.api.descent import FULL_PAGE, Descent
from exporter.sources.github.api.steps import Step
from exporter.sources.github.config import GitHubConfig
from exporter.sources.github.figures import DAY, WINDOWS
from exporter.sources.github.metrics.stars import NEW, TOPIC
from exporter.sources.github.stars.ledger import Ledger
from exporter.sources.github.stars.steps import LIST, PageStep, Place
from exporter.sources.github.store import Store
from exporter.sources.github.topic import Seen, TopicReader

__all__ = ["StarsReader"]

_WINDOWS = ("24h", "7d", "30d")
_WINDOW = 30 * DAY


class StarsReader(TopicReader):
    """The topic `stars`. A repository without stars needs no request."""

    topic = TOPIC

    def __init__(self, store: Store, config: GitHubConfig, bots: frozenset[str], *, page: int = FULL_PAGE) -> None:
        self._store = store
        self._page = page
        self._interval = config.slow_interval.total_seconds()

    def steps(self, seen: Seen, now: datetime) -> Iterable[Step]:
        if not seen.stars:
            return
        mark, moment = self._store.mark(seen.key, LIST), int(now.timestamp())
        place = Place(seen.name, seen.key, seen.stars, self._store, self._interval)
        settle = False
        if mark is not None and mark.cursor is None:
            ledger = Ledger.of(mark.note)
            settle = ledger.doubtful and place.may_settle(ledger, moment)
            if not settle and ledger.seen == seen.stars and mark.recent(moment, self._interval):
                return
        yield PageStep(place, Descent.begin(mark, moment - _WINDOW, moment, whole=settle), self._page)

    def complete(self, seen: Seen) -> bool:
        mark = self._store.mark(seen.key, LIST)
        return not seen.stars or (mark is not None and mark.complete)

    def samples(self, seen: Seen, now: datetime) -> Iterator[Sample]:
        for window in _WINDOWS:
            given = "SELECT count(*) FROM star WHERE repository = ? AND at > ?"
            ((stars,),) = self._store.rows(given, (seen.key, now.timestamp() - WINDOWS[window]))
            yield NEW.sample(stars if seen.stars else 0, repository=seen.name, window=window)
