"""Of which repository issues are read, where they are kept, and how far they have been read."""

from dataclasses import dataclass

from exporter.sources.github.api.steps import Step
from exporter.sources.github.issues.table import Table
from exporter.sources.github.metrics.issues import TOPIC
from exporter.sources.github.store import Store
from exporter.sources.github.store.marks import Mark

__all__ = ["BUGS", "LIST", "IssueStep", "Place", "accepted"]

LIST = "issues"
"""The name of the mark. Its note is by how many GitHub counts more recent issues than it lists, where it does."""
BUGS = "issues/bugs"
"""The name of the mark that tells when the open bugs from before the window were read."""


@dataclass(frozen=True, slots=True)
class Place:
    """Whose issues are read, and where they are kept.

    `name` is that of the repository and `key` its number in the store; `start` is where the window begins and `now` when the
    refresh did, in seconds since 1970; `report` is the id of the label of security reports, None where there is none. `bug` is
    the id of the label of bugs where there are so many open ones that those updated before the window are kept as well,
    `bug_label` its name, and `open_bugs` how many GitHub counts. `past` says that the states of the past are asked about as well.
    """

    name: str
    key: int
    store: Store
    bots: frozenset[str]
    start: int
    now: int
    report: str | None
    bug: str | None = None
    bug_label: str = ""
    open_bugs: int = 0
    past: bool = False

    @property
    def table(self) -> Table:
        """The issues that are kept."""
        return Table(self.store, self.key)

    @property
    def mark(self) -> Mark:
        """How far issues have been read."""
        return self.store.mark(self.key, LIST) or Mark(self.now)


class IssueStep(Step):
    """A step on behalf of the topic `issues` of one repository."""

    topic: str = TOPIC.name
    place: Place

    @property
    def repository(self) -> str:  # type: ignore[override]
        return self.place.name


def accepted(mark: Mark) -> int:
    """By how many GitHub counts more recent issues than it lists."""
    return int(mark.note or 0)
