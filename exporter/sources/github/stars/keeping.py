"""What is written of stars and forks into the store. Every function here works inside the transaction of its caller.

They have no name by which one that is read twice could be told, so a stretch of time is always kept anew as a whole.
"""

import sqlite3
from collections.abc import Sequence

__all__ = ["forget", "keep"]


def keep(database: sqlite3.Connection, table: str, repository: int, start: int, end: int | None, moments: Sequence[int]) -> None:
    """Keeps the stars, or forks, of a page in place of those kept in their `table` from `start` up to before `end` (None: now).

    Stars of the second `end` itself may be on this page and on the one before it, which has replaced what was kept of that
    second. Those before `start` are not kept.
    """
    until, parameters = ("", (repository, start)) if end is None else (" AND at < ?", (repository, start, end))
    database.execute(f"DELETE FROM {table} WHERE repository = ? AND at >= ?{until}", parameters)  # noqa: S608 - constants
    stars = [(repository, at) for at in moments if at >= start]
    database.executemany(f"INSERT INTO {table} (repository, at) VALUES (?, ?)", stars)  # noqa: S608 - a constant


def forget(database: sqlite3.Connection, table: str, repository: int, since: int) -> tuple[int, int]:
    """Forgets the stars before `since`; tells how many were kept and how many of them are forgotten."""
    (kept,) = database.execute(f"SELECT count(*) FROM {table} WHERE repository = ?", (repository,)).fetchone()  # noqa: S608
    old = database.execute(f"DELETE FROM {table} WHERE repository = ? AND at < ?", (repository, since)).rowcount  # noqa: S608
    return kept, old
