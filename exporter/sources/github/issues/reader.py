"""Reads the issues of the last 90 days, and again only those that have changed."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from exporter.facts import Sample
from exporter.sources.github.api.steps import Step
from exporter.sources.github.config import GitHubConfig
from exporter.sources.github.figures import DAY, WINDOWS
from exporter.sources.github.issues.bugs import bugs_step
from exporter.sources.github.issues.figures import Figures
from exporter.sources.github.issues.place import BUGS, LIST, Place, accepted
from exporter.sources.github.issues.queries import FEW, PAGE
from exporter.sources.github.issues.steps import PageStep, boundaries
from exporter.sources.github.issues.table import Issue, Table
from exporter.sources.github.metrics.issues import NO_PAST, TOPIC
from exporter.sources.github.repositories.queries import BUGS as BUGS_OF_FACTS
from exporter.sources.github.repositories.tallies import Priorities
from exporter.sources.github.store import Store
from exporter.sources.github.store.marks import Mark
from exporter.sources.github.topic import Seen, TopicReader

__all__ = ["RESYNC", "IssuesReader"]

RESYNC = 7 * DAY
"""Seconds after which everything is read once more at the latest: an account that is deleted and a comment that is hidden do not
count as updates of an issue.
"""
_WHOLE = "issues/whole"
"""The name of the mark that tells when everything was last begun to be read."""
_APART = 2 * DAY
_STRIDE = 7919
"""Repositories are read anew at different times within _APART, which this prime number spreads."""


class IssuesReader(TopicReader):
    """The topic `issues`: what was updated since the last reading.

    Nothing is asked where the last update is one that has been read and GitHub counts as many issues as are kept. Those that were
    not updated for 90 days are forgotten.
    """

    topic = TOPIC

    def __init__(self, store: Store, config: GitHubConfig, bots: frozenset[str], *, page: int = PAGE) -> None:
        self._store = store
        self._config = config
        self._bots = bots
        self._page = page
        self._histories: dict[int, Sequence[Issue]] = {}
        self._last: tuple[tuple[datetime, tuple[int, ...]], Figures] | None = None

    def steps(self, seen: Seen, now: datetime) -> Iterable[Step]:
        self._histories.pop(seen.key, None)
        self._last = None
        place = self._place(seen, now)
        place.table.drop_before(place.start, place.bug)
        self._begin_anew(place)
        mark, kept, undecided = place.mark, place.table.count(place.start), place.table.undecided(place.start)
        more = seen.recent_issues - kept - accepted(mark)
        settled = undecided is None and _settled(mark, seen, place.start)
        if not (seen.recent_issues or kept) or (settled and not more):
            yield from bugs_step(place)
            return
        known = mark.complete and mark.upto is not None
        since = mark.upto or 0
        yield PageStep(
            place,
            # An issue of which comments are missing may have gone: it is looked for in the list, as all the others.
            max(since if undecided is None else min(since, undecided), place.start),
            max(1, min(FEW if known else PAGE, self._page, seen.recent_issues)),
            self._page,
            counted=boundaries(place) if known and (more < 0 or settled) else (),
        )

    def complete(self, seen: Seen) -> bool:
        mark = self._store.mark(seen.key, LIST)
        return not seen.recent_issues or (mark is not None and mark.complete)

    def open_bugs(self, seen: Seen) -> Mapping[str, int] | None:
        bug = seen.label_ids.get(self._config.bug_label)
        if bug is None or seen.open_bugs <= BUGS_OF_FACTS or self._store.mark(seen.key, BUGS) is None:
            return None
        names, priorities = {id_: name for name, id_ in seen.label_ids.items()}, Priorities(self._config.priorities)
        carried = Table(self._store, seen.key).open_with(bug)
        counts = Counter(priorities.of(names[id_] for id_ in labels if id_ in names) for labels in carried)
        return {priority: counts[priority] for priority in priorities.names}

    def samples(self, seen: Seen, now: datetime) -> Iterator[Sample]:
        figures = Figures(self._config, now)
        figures.add(seen, Table(self._store, seen.key).since(int(seen.since.timestamp())))
        return figures.of_repository(seen.name)

    def pooled(self, repositories: Sequence[Seen], now: datetime) -> Iterator[Sample]:
        figures = Figures(self._config, now)
        for seen in repositories:
            figures.add(seen, Table(self._store, seen.key).since(int(seen.since.timestamp())))
        return figures.of_all()

    def samples_then(self, seen: Seen, moment: datetime) -> Iterator[Sample]:
        yield from _with_past(self._figures_then([seen], moment).of_repository(seen.name))

    def pooled_then(self, repositories: Sequence[Seen], moment: datetime) -> Iterator[Sample]:
        yield from _with_past(self._figures_then(repositories, moment).of_all())

    def history(self, seen: Seen) -> Sequence[Issue]:
        """All that is kept of a repository, for whoever asks moment by moment; it is read once until something new is."""
        if seen.key not in self._histories:
            self._histories[seen.key] = tuple(Table(self._store, seen.key).since(int(seen.since.timestamp())))
        return self._histories[seen.key]

    def _figures_then(self, repositories: Sequence[Seen], moment: datetime) -> Figures:
        asked = moment, tuple(seen.key for seen in repositories)
        if self._last is None or self._last[0] != asked:
            figures, at = Figures(self._config, moment), int(moment.timestamp())
            for seen in repositories:
                # No window reaches back to what moved before the longest of them.
                figures.add(seen, (issue.then(at) for issue in self.history(seen) if issue.moved(at - WINDOWS["90d"], at)))
            self._last = asked, figures
        return self._last[1]

    def _place(self, seen: Seen, now: datetime) -> Place:
        report, bug = (seen.label_ids.get(label) for label in (self._config.security_label, self._config.bug_label))
        many = seen.open_bugs > BUGS_OF_FACTS
        return Place(
            name=seen.name,
            key=seen.key,
            store=self._store,
            bots=self._bots,
            start=int(seen.since.timestamp()),
            now=int(now.timestamp()),
            report=report,
            bug=bug if many else None,
            bug_label=self._config.bug_label,
            open_bugs=seen.open_bugs,
            past=seen.first is not None,
        )

    def _begin_anew(self, place: Place) -> None:
        """Where it is time to read everything once more, has the list read from its start."""
        whole, mark = self._store.mark(place.key, _WHOLE), self._store.mark(place.key, LIST)
        if whole is not None and whole.recent(place.now, RESYNC - place.key * _STRIDE % _APART):
            return
        with self._store.transaction() as database:
            self._store.set_mark(database, place.key, _WHOLE, Mark(place.now))
            if mark is not None:
                self._store.set_mark(database, place.key, LIST, replace(mark, upto=None, note=None))
                database.execute("DELETE FROM mark WHERE repository = ? AND list = ?", (place.key, BUGS))


def _with_past(samples: Iterable[Sample]) -> Iterator[Sample]:
    return (sample for sample in samples if sample.name not in NO_PAST)


def _settled(mark: Mark, seen: Seen, start: int) -> bool:
    """Whether no issue can have been updated since the last reading."""
    last = None if seen.last_issue is None else int(seen.last_issue.timestamp())
    if last is None or last < start:
        return mark.complete
    # The last update is older than one that has been read where the issue of that one has gone.
    return mark.upto is not None and last <= mark.upto and mark.settled(mark.upto)
