"""The open bugs from before the window, which are kept where there are too many of them to be read in every refresh."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from exporter.errors import Reason, UpstreamError
from exporter.sources.github.api.answer import read
from exporter.sources.github.api.query import Variables
from exporter.sources.github.api.steps import Step
from exporter.sources.github.issues.answers import BugNode, BugsOfRepository
from exporter.sources.github.issues.place import BUGS, IssueStep, Place
from exporter.sources.github.issues.queries import bugs_entry
from exporter.sources.github.issues.table import Issue
from exporter.sources.github.issues.thread import Thread
from exporter.sources.github.people import is_bot
from exporter.sources.github.store.marks import Mark

__all__ = ["BugsStep", "bugs_step"]


@dataclass(frozen=True, eq=False)
class BugsStep(IssueStep):
    """Lists the open bugs that were not updated within the window, and keeps them beside the others.

    What happens to one of them later is an update, and read as such.
    """

    place: Place
    cursor: str | None = None
    there: frozenset[int] = field(default_factory=frozenset)
    weight: int = 2

    def write(self, variables: Variables) -> str:
        return bugs_entry(variables, self.place.name, self.place.bug_label, self.cursor)

    def take(self, data: Any) -> Iterable[Step]:
        place, page = self.place, read(BugsOfRepository, data).issues
        old = [node for node in page.nodes if node.updated_at.timestamp() < place.start]
        there = self.there | {node.number for node in old}
        following = page.page_info.next_cursor if len(old) == len(page.nodes) else None
        if following is not None and following == self.cursor:
            raise UpstreamError(Reason.MALFORMED, "GitHub led back to a page that has been read")
        with place.store.transaction() as database:
            place.table.keep(database, (_bug(node, place) for node in old))
            if following is None:
                assert place.bug is not None
                place.table.drop(database, place.table.old_open_with(place.bug, place.start) - there)
                place.store.set_mark(database, place.key, BUGS, Mark(place.now, complete=True))
        if following is not None:
            yield replace(self, cursor=following, there=there)


def bugs_step(place: Place) -> Iterator[Step]:
    """The step that reads the old bugs, where they are wanted and have not been read, or are others than GitHub counts."""
    if place.bug is None:
        return
    mark = place.store.mark(place.key, BUGS)
    if mark is None or len(place.table.open_with(place.bug)) != place.open_bugs:
        yield BugsStep(place)


def _bug(node: BugNode, place: Place) -> Issue:
    """A bug of which all that matters is that it is open, and its labels."""
    return Issue(
        number=node.number,
        created=int(node.created_at.timestamp()),
        updated=int(node.updated_at.timestamp()),
        closed=None,
        reopened=None,
        by_bot=is_bot(node.author, place.bots),
        cross_references=0,
        labels=node.label_ids,
        undecided=False,
        thread=Thread(),
    )
