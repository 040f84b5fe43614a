"""One reading of the commits of a repository: what came so far, and what to ask next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from exporter.errors import Reason, UpstreamError
from exporter.sources.github.contributors.answers import GitActor, HistoryPage
from exporter.sources.github.contributors.authors import Authors, Person, authors_of
from exporter.sources.github.contributors.identity import Identities
from exporter.sources.github.contributors.mailmap import Mailmap
from exporter.sources.github.contributors.queries import By, Slice
from exporter.sources.github.contributors.slices import slices
from exporter.sources.github.contributors.tables import LOOKED_UP, WINDOW, Tables
from exporter.sources.github.figures import DAY
from exporter.sources.github.store.marks import Mark

__all__ = ["LENGTH", "MOST_PAGES", "Question", "Reading"]

LENGTH = 30 * DAY
"""Seconds of the window; as many before it are read as well."""
PARTS_A_STEP = 20
"""Slices or questions that one step asks for, until that was too much."""
MOST_PAGES = 2000
"""Pages of the commits of one window that are read: 200,000 commits."""
LOOKED_UP_FOR = 7 * DAY
"""Seconds for which an answer about somebody's earlier commits is believed: a forced push, or a merge of commits made long ago,
may have changed the past by then.
"""


@dataclass(frozen=True, slots=True)
class Question:
    """Whether there are earlier commits, of one of the names of a person."""

    person: int
    by: By


class Reading:
    """A reading of the commits up to `now`, from twice LENGTH before `first` on, in the history of `head`.

    `first` is the end of the first window that is asked about, which is `now` unless the past is.

    All is kept in memory, and in the end written at once: a kill leaves the store as the reading before left it. `pending` is the
    number of steps that have yet to come back before it can go on, `at_once` how many slices or questions one step asks for.
    """

    def __init__(
        self, repository: int, head: str, now: int, identities: Identities, tables: Tables, first: int | None = None
    ) -> None:
        self.head = head
        self.pending = 0
        self.at_once = PARTS_A_STEP
        self._window = (now if first is None else first) - LENGTH
        self.start = self._window - LENGTH
        self._repository = repository
        self._now = now
        self._identities = identities
        self._tables = tables
        self._commits: dict[str, tuple[int, GitActor | None]] = {}
        self._actors: dict[GitActor | None, GitActor | None] = {}
        self._cursors: set[Slice] = set()
        self._total: int | None = None
        self._mailmap = Mailmap()
        self._authors = Authors([], [])
        self._aliases: dict[bytes, bytes | None] = {}
        self._answers: dict[bytes, int] | None = None
        self._earlier: set[int] = set()

    def slices(self) -> list[Slice]:
        """The slices to begin with."""
        mark = self._tables.mark(self._repository, WINDOW)
        held = int(mark.note.partition(" ")[2]) if mark is not None and mark.note else None
        return slices(self.start, self._now, held, self._tables.moments(self._repository, self.start))

    def open(self, total: int, mailmap: str) -> None:
        """Takes in how many commits there are since the beginning of the window, and the text of .mailmap."""
        self._total = total
        self._mailmap = Mailmap(mailmap)

    def add(self, pages: Mapping[Slice, HistoryPage]) -> list[Slice]:
        """Takes in pages, and tells the slices that go on, each with its cursor.

        Raises UpstreamError where they lead nowhere, and then has taken in nothing.
        """
        following = [
            Slice(part.since, part.until, page.page_info.next_cursor)
            for part, page in pages.items()
            if page.page_info.next_cursor is not None
        ]
        if not self._cursors.isdisjoint(following):
            raise UpstreamError(Reason.MALFORMED, "GitHub led back to a page that has been read")
        if len(self._cursors) + len(following) > MOST_PAGES:
            raise UpstreamError(Reason.TOO_LARGE, "GitHub gave more pages than are read")
        self._cursors.update(following)
        for page in pages.values():
            for commit in page.nodes:
                actor = self._actors.setdefault(commit.author, commit.author)
                self._commits[commit.oid] = (int(commit.committed_date.timestamp()), actor)
        return following

    def begin_again(self) -> Slice | None:
        """The whole window as one slice, where slices have not brought every commit; None where they have.

        Git follows a history back to the first commit that is older than what is asked for. Behind a commit with a wrong clock, a
        slice then ends too early.
        """
        if self._total is None or len(self._commits) >= self._total:
            return None
        self._total = None
        self._commits.clear()
        self._cursors.clear()
        return Slice(self.start)

    def questions(self) -> list[Question]:
        """What to ask about those whose commits are all in the windows that are asked about, once all pages are in."""
        commits = [(at, actor) for at, actor in self._commits.values() if actor is not None]
        self._authors = authors_of(commits, self._mailmap, self._identities)
        self._aliases = dict(self._identities.aliases(self._mailmap))
        self._answers = self._believed()
        return [
            Question(i, by)
            for i, person in enumerate(self._authors.people)
            if person.first > self._window and self._answer(person) is None
            for by in person.by
        ]

    def found(self, questions: Iterable[Question]) -> None:
        """Takes in which questions were answered with yes."""
        self._earlier.update(question.person for question in questions)

    def keep(self) -> None:
        """Writes down what was read."""
        first_commits = {
            name: self._first_commit(i, person) for i, person in enumerate(self._authors.people) for name in person.names
        }
        marks = {WINDOW: Mark(self._now, complete=True, note=f"{self.head} {len(self._commits)}")}
        if self._answers is None:
            marks[LOOKED_UP] = Mark(self._now, complete=True)
        self._tables.replace_window(self._repository, self._authors.commits, first_commits, self._aliases, marks)

    def _believed(self) -> dict[bytes, int] | None:
        """The first commits as they were found out before; None where everything is to be asked anew."""
        mark = self._tables.mark(self._repository, LOOKED_UP)
        if mark is None or not mark.recent(self._now, LOOKED_UP_FOR) or self._tables.aliases(self._repository) != self._aliases:
            return None
        return self._tables.first_commits(self._repository)

    def _answer(self, person: Person) -> int | None:
        """When a person committed first, as far as that is known from before; None where it has to be asked.

        A moment within these windows says that there was nothing before them. One before that, but in the window, was
        that of a commit which is no longer there.
        """
        answers = self._answers or {}
        if not person.names <= answers.keys():
            return None
        at = min(answers[name] for name in person.names)
        if at > self._window:
            return person.first
        return at if at <= self.start else None

    def _first_commit(self, number: int, person: Person) -> int:
        answer = self._answer(person)
        if answer is not None:
            return answer
        # Of somebody with neither address nor account nobody can tell, so nothing new is made of them.
        return 0 if number in self._earlier or not person.by else person.first
