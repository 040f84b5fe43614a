"""What is written of stars into the store. Every function here works inside the transaction of its caller.

Stars have no name by which one that is read twice could be told, so a stretch of time is always kept anew as a whole.
"""

import sqlite3
from collections.abc import Sequence

__all__ = ["forget", "keep"]


def keep(database: sqlite3.Connection, repository: int, start: int, end: int | None, moments: Sequence[int]) -> None:
    """Keeps the stars of a page in place of those kept from `start` up to before `end` (None: up to now).

    Stars of the second `end` itself may be on this page and on the one before it, which has replaced what was kept of that
    second. Those before `start` are not kept.
    """
    until, parameters = ("", (repository, start)) if end is None else (" AND at < ?", (repository, start, end))
    database.execute(f"DELETE FROM star WHERE repository = ? AND at >= ?{until}", parameters)  # noqa: S608 - two constants
    stars = [(repository, at) for at in moments if at >= start]
    database.executemany("INSERT INTO star (repository, at) VALUES (?, ?)", stars)


def forget(database: sqlite3.Connection, repository: int, since: int) -> tuple[int, int]:
    """Forgets the stars before `since`; tells how many were kept and how many of them are forgotten."""
    (kept,) = database.execute("SELECT count(*) FROM star WHERE repository = ?", (repository,)).fetchone()
    old = database.execute("DELETE FROM star WHERE repository = ? AND at < ?", (repository, since)).rowcount
    return kept, old
