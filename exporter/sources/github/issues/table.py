"""The issues that the store keeps. Moments are seconds since 1970."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from exporter.sources.github.closings import closed_then, kept, reopened_then, turns_of
from exporter.sources.github.issues.thread import Thread
from exporter.sources.github.store import Store

__all__ = ["Issue", "Table"]

_COLUMNS = (
    "number, created, updated, closed, reopened, by_bot, cross_references, labels, undecided,"
    " answered, answered_by_maintainer, answers, maintainer, maintained, again, joined, turns"
)
_KEEP = f"INSERT OR REPLACE INTO issue (repository, {_COLUMNS}) VALUES ({', '.join('?' * 18)})"  # noqa: S608 - constants
_JUDGE = """UPDATE issue SET undecided = ?, answered = ?, answered_by_maintainer = ?, answers = ?, maintainer = ?, maintained = ?,
    again = ?, joined = ? WHERE repository = ? AND number = ?"""


class Issue(NamedTuple):
    """What is known of an issue; `undecided` while more of its comments have yet to be read.

    `turns` are its closings and, negative, its reopenings, where the past is asked about.
    """

    number: int
    created: int
    updated: int
    closed: int | None
    reopened: int | None
    by_bot: bool
    cross_references: int
    labels: tuple[str, ...]
    undecided: bool
    thread: Thread
    turns: tuple[int, ...] = ()

    def was_open(self, moment: int) -> bool:
        """Whether it was open at a moment at which it had been opened."""
        return closed_then(self.turns, moment) is None

    def moved(self, since: int, moment: int) -> bool:
        """Whether it was opened, closed or reopened after a moment, up to another one at which it had been opened."""
        return self.created <= moment and any(since < abs(at) <= moment for at in (self.created, *self.turns))

    def then(self, moment: int) -> "Issue":
        """The issue as it was at a moment at which it had been opened, with the labels of today."""
        closed, reopened = closed_then(self.turns, moment), reopened_then(self.turns, moment)
        return self._replace(closed=closed, reopened=reopened, thread=self.thread.then(moment))


class Table:
    """The issues of one repository."""

    def __init__(self, store: Store, repository: int) -> None:
        self._store = store
        self._repository = repository

    def keep(self, database: sqlite3.Connection, issues: Iterable[Issue]) -> None:
        """Keeps issues, in place of what was known of them."""
        rows = [
            (
                self._repository, issue.number, issue.created, issue.updated, issue.closed, issue.reopened, issue.by_bot,
                issue.cross_references, json.dumps(issue.labels), issue.undecided, *issue.thread, kept(issue.turns),
            )
            for issue in issues
        ]  # fmt: skip
        database.executemany(_KEEP, rows)

    def judge(self, database: sqlite3.Connection, number: int, thread: Thread, *, undecided: bool) -> None:
        """Keeps what the comments of an issue tell."""
        database.execute(_JUDGE, (undecided, *thread, self._repository, number))

    def drop(self, database: sqlite3.Connection, numbers: Iterable[int]) -> None:
        """Forgets issues."""
        database.executemany("DELETE FROM issue WHERE repository = ? AND number = ?", [(self._repository, n) for n in numbers])

    def drop_before(self, start: int, bug: str | None) -> None:
        """Forgets the issues that were not updated since, but for the open ones with the label `bug`, given by its id."""
        old = "repository = ? AND updated < ? AND NOT (closed IS NULL AND ? IS NOT NULL AND instr(labels, ?))"
        values = (self._repository, start, bug, _quoted(bug))
        ((found,),) = self._store.rows(f"SELECT EXISTS (SELECT 1 FROM issue WHERE {old})", values)  # noqa: S608 - constants
        if found:
            with self._store.transaction() as database:
                database.execute(f"DELETE FROM issue WHERE {old}", values)  # noqa: S608 - constants

    def open_with(self, label: str) -> list[tuple[str, ...]]:
        """The labels of each open issue that has a certain one; all of them are ids."""
        query = "SELECT labels FROM issue WHERE repository = ? AND closed IS NULL AND instr(labels, ?)"
        return [tuple(json.loads(labels)) for (labels,) in self._store.rows(query, (self._repository, _quoted(label)))]

    def old_open_with(self, label: str, start: int) -> set[int]:
        """The numbers of the open issues with a label that were not updated since."""
        query = "SELECT number FROM issue WHERE repository = ? AND updated < ? AND closed IS NULL AND instr(labels, ?)"
        return {number for (number,) in self._store.rows(query, (self._repository, start, _quoted(label)))}

    def since(self, start: int) -> Iterator[Issue]:
        """The issues updated at or after a moment, read as they are asked for."""
        # Nearly all of them are: the plus keeps SQLite from looking each of them up by the index.
        query = f"SELECT {_COLUMNS} FROM issue WHERE repository = ? AND +updated >= ?"  # noqa: S608 - a constant
        carried: dict[str, tuple[str, ...]] = {}
        for number, created, updated, closed, reopened, by_bot, mentions, labels, undecided, *thread, turns in self._store.rows(
            query, (self._repository, start)
        ):
            if labels not in carried:
                carried[labels] = tuple(json.loads(labels))
            yield Issue(
                number,
                created,
                updated,
                closed,
                reopened,
                bool(by_bot),
                mentions,
                carried[labels],
                bool(undecided),
                Thread(*thread),
                turns_of(turns),
            )

    def undecided(self, start: int) -> int | None:
        """The first update, at or after a moment, of an issue of which more comments have yet to be read; None without one."""
        query = "SELECT min(updated) FROM issue WHERE repository = ? AND updated >= ? AND undecided"
        ((first,),) = self._store.rows(query, (self._repository, start))
        return None if first is None else int(first)

    def count(self, start: int) -> int:
        """How many issues were updated at or after a moment."""
        return self._one("SELECT count(*) FROM issue WHERE repository = ? AND updated >= ?", start)

    def updates(self, start: int) -> list[int]:
        """When each issue was updated last, in order, of those updated at or after a moment."""
        query = "SELECT updated FROM issue WHERE repository = ? AND updated >= ? ORDER BY updated"
        return [updated for (updated,) in self._store.rows(query, (self._repository, start))]

    def between(self, start: int, end: int | None) -> dict[int, int]:
        """When each issue was updated last, by its number, of those for which that was from `start` to before `end`."""
        query = "SELECT number, updated FROM issue WHERE repository = ? AND updated >= ? AND (? IS NULL OR updated < ?)"
        return dict(self._store.rows(query, (self._repository, start, end, end)))

    def _one(self, query: str, value: int) -> int:
        ((found,),) = self._store.rows(query, (self._repository, value))
        return int(found)


def _quoted(label: str | None) -> str | None:
    """A label as it stands in the list of labels."""
    return None if label is None else json.dumps(label)
