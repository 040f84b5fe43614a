"""What is kept of the discussions of one repository."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from exporter.sources.github.discussions.listing import Listing
from exporter.sources.github.discussions.threads import Thread, seconds
from exporter.sources.github.store import Store
from exporter.sources.github.store.marks import Mark

__all__ = ["ALL", "CHANGES", "MONTH", "NUMBERS", "Ledger"]

CHANGES = "discussions"
"""The list of discussions as far as they have changed since the last reading."""
MONTH, ALL = "discussions.month", "discussions.all"
"""The same list read anew for votes, which change no discussion: those changed in the last month, and all of them."""
NUMBERS = "discussions.numbers"
"""The list of all numbers, by which deletions are found."""

_NEVER = 2**62
_ROW = "repository, number, created, updated, category, answerable, answered, upvotes, answer_votes, chosen"


@dataclass(frozen=True, slots=True)
class Ledger:
    """The rows of the repository that the store knows by `key`, written at `now` (seconds since 1970)."""

    store: Store
    key: int
    now: int

    def mark(self, name: str) -> Mark | None:
        """How far the list of that name has been read; None where it has not."""
        return self.store.mark(self.key, name)

    def count(self) -> int:
        """How many discussions are kept."""
        ((count,),) = self.store.rows("SELECT count(*) FROM discussion WHERE repository = ?", (self.key,))
        return int(count)

    def keep(self, threads: Iterable[Thread], marks: Sequence[tuple[str, Mark]] = ()) -> None:
        """Keeps discussions in place of what was kept of them, together with marks."""
        with self.store.transaction() as database:
            for thread in threads:
                self._keep(database, thread)
            for name, mark in marks:
                self.store.set_mark(database, self.key, name, mark)

    def compare(self, before: Listing, listed: Collection[int], after: Listing) -> list[int]:
        """Forgets what is kept of the time of a page of numbers and not on it, and notes how far they have been listed.

        Tells which of the numbers on the page are yet to be read.
        """
        among = "SELECT number FROM discussion WHERE repository = ? AND number IN (SELECT value FROM json_each(?))"
        # Of the second in which the page ends there may be more on the next.
        end = after.upto if after.cursor is not None else None
        since = "SELECT number FROM discussion WHERE repository = ? AND created >= ? AND created < ?"
        with self.store.transaction() as database:
            kept = {number for (number,) in database.execute(among, (self.key, json.dumps(list(listed))))}
            span = (before.upto or 0, _NEVER if end is None else end)
            there = {number for (number,) in database.execute(since, (self.key, *span))}
            self._forget(database, there - set(listed) - before.tied)
            self.store.set_mark(database, self.key, NUMBERS, after.mark)
        return sorted(set(listed) - kept)

    def forget_all(self) -> None:
        """Forgets everything, if there is anything."""
        if any(self.mark(name) for name in (CHANGES, NUMBERS)):
            with self.store.transaction() as database:
                database.execute("DELETE FROM discussion WHERE repository = ?", (self.key,))
                names = [(self.key, name) for name in (CHANGES, MONTH, ALL, NUMBERS)]
                database.executemany("DELETE FROM mark WHERE repository = ? AND list = ?", names)

    def _keep(self, database: sqlite3.Connection, thread: Thread) -> None:
        said = thread.said
        row = {
            "repository": self.key,
            "number": said.number,
            "created": seconds(said.created_at),
            "updated": seconds(said.updated_at),
            "category": said.category.name,
            "answerable": said.category.is_answerable,
            "answered": bool(said.is_answered),
            "upvotes": thread.upvotes,
            "answer_votes": None if said.answer is None else said.answer.votes,
            "chosen": None if said.answer_chosen_at is None else seconds(said.answer_chosen_at),
        }
        # A discussion that took long to be read to its end does not undo a later reading of it.
        later = "SELECT 1 FROM discussion WHERE repository = :repository AND number = :number AND updated > :updated"
        if database.execute(later, row).fetchone():
            return
        self._forget(database, [said.number])
        database.execute(f"INSERT INTO discussion ({_ROW}) VALUES (:{_ROW.replace(', ', ', :')})", row)  # noqa: S608 - a constant
        database.executemany(
            "INSERT INTO post (repository, discussion, at, person) VALUES (?, ?, ?, ?)",
            [(self.key, said.number, at, person) for at, person in thread.posts],
        )

    def _forget(self, database: sqlite3.Connection, numbers: Iterable[int]) -> None:
        """Forgets discussions, and their posts with them."""
        gone = [(self.key, number) for number in numbers]
        database.executemany("DELETE FROM discussion WHERE repository = ? AND number = ?", gone)
