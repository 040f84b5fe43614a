"""What the store keeps of contributors: their commits, their first commits, GitHub's list, what mailmaps make of addresses."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from exporter.sources.github.contributors.identity import Author
from exporter.sources.github.store import Store
from exporter.sources.github.store.marks import Mark

__all__ = ["LIST", "LOOKED_UP", "WINDOW", "Tables"]

WINDOW = "contributors.window"
"""The mark of the commits of the window; its note is the head that they lead to, and their number with those of bots."""
LOOKED_UP = "contributors.first_commits"
"""The mark of the first commits; its `read_at` is since when answers about them have been gathered."""
LIST = "contributors.list"
"""The mark of GitHub's list, complete unless GitHub refused it."""

_OF_REPOSITORIES = "repository IN (SELECT value FROM json_each(?))"
_LISTED = """
    SELECT c.repository, CASE
        WHEN c.email IS NULL THEN c.person
        WHEN named.name IS NOT NULL THEN named.person
        WHEN mapped.name IS NOT NULL THEN mapped.person
        ELSE c.email END AS someone
    FROM contributor c
    LEFT JOIN alias named ON named.repository = c.repository AND named.name = c.person
    LEFT JOIN alias mapped ON mapped.repository = c.repository AND mapped.name = c.email
    WHERE c.repository IN (SELECT value FROM json_each(?)) AND someone IS NOT NULL"""


class Tables:
    """The part of the store that belongs to this topic; every method may raise UpstreamError(UNREADABLE)."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def mark(self, repository: int, name: str) -> Mark | None:
        """One of the marks named here."""
        return self._store.mark(repository, name)

    def replace_window(
        self,
        repository: int,
        commits: Iterable[tuple[int, Author]],
        first_commits: Mapping[bytes, int],
        aliases: Mapping[bytes, bytes | None],
        marks: Mapping[str, Mark],
    ) -> None:
        """Keeps a reading of the window in place of the one before."""
        with self._store.transaction() as database:
            for table in ("contribution", "first_commit", "alias"):
                database.execute(f"DELETE FROM {table} WHERE repository = ?", (repository,))  # noqa: S608 - constants
            rows = [(repository, at, author.login, author.email) for at, author in commits]
            database.executemany("INSERT INTO contribution (repository, at, login, email) VALUES (?, ?, ?, ?)", rows)
            firsts = [(repository, person, at) for person, at in first_commits.items()]
            database.executemany("INSERT INTO first_commit (repository, person, at) VALUES (?, ?, ?)", firsts)
            mapped = [(repository, name, person) for name, person in aliases.items()]
            database.executemany("INSERT INTO alias (repository, name, person) VALUES (?, ?, ?)", mapped)
            for name, mark in marks.items():
                self._store.set_mark(database, repository, name, mark)

    def replace_list(self, repository: int, entries: Mapping[bytes, bytes | None], mark: Mark) -> None:
        """Keeps GitHub's list, as hashes of persons with those of their addresses, in place of the one before."""
        with self._store.transaction() as database:
            database.execute("DELETE FROM contributor WHERE repository = ?", (repository,))
            rows = [(repository, person, email) for person, email in entries.items()]
            database.executemany("INSERT INTO contributor (repository, person, email) VALUES (?, ?, ?)", rows)
            self._store.set_mark(database, repository, LIST, mark)

    def prune(self, repository: int, until: int) -> None:
        """Forgets commits up to a moment."""
        oldest = next(self._store.rows("SELECT min(at) FROM contribution WHERE repository = ?", (repository,)))[0]
        if oldest is not None and oldest <= until:
            with self._store.transaction() as database:
                database.execute("DELETE FROM contribution WHERE repository = ? AND at <= ?", (repository, until))

    def moments(self, repository: int, after: int) -> list[int]:
        """When the commits of people after a moment were made, the first one first."""
        query = "SELECT at FROM contribution WHERE repository = ? AND at > ? ORDER BY at"
        return [at for (at,) in self._store.rows(query, (repository, after))]

    def first_commits(self, repository: int) -> dict[bytes, int]:
        """The moments of the first commits of a repository, by name."""
        rows = self._store.rows("SELECT person, at FROM first_commit WHERE repository = ?", (repository,))
        return dict(rows)

    def aliases(self, repository: int) -> dict[bytes, bytes | None]:
        """What the mailmap of a repository makes of names."""
        rows = self._store.rows("SELECT name, person FROM alias WHERE repository = ?", (repository,))
        return dict(rows)

    def activity(
        self, repositories: Sequence[int], start: int, middle: int, end: int | None = None
    ) -> Iterator[tuple[Author, bool, bool]]:
        """Each author with a commit after `start`, whether there is one up to `middle`, and whether there is one after it.

        Commits after `end` are left out.
        """
        query = f"""SELECT login, email, min(at) <= ?, max(at) > ? FROM contribution
            WHERE {_OF_REPOSITORIES} AND at > ? AND (? IS NULL OR at <= ?)
            GROUP BY login, email"""  # noqa: S608 - a constant
        for login, email, before, after in self._store.rows(query, (middle, middle, json.dumps(repositories), start, end, end)):
            yield Author(login, email), bool(before), bool(after)

    def authors(self, repositories: Sequence[int]) -> Iterator[Author]:
        """Each author of the commits that are kept."""
        query = f"SELECT DISTINCT login, email FROM contribution WHERE {_OF_REPOSITORIES}"  # noqa: S608 - a constant
        for login, email in self._store.rows(query, (json.dumps(repositories),)):
            yield Author(login, email)

    def every_first_commit(self, repositories: Sequence[int]) -> Iterator[tuple[int, bytes, int]]:
        """Repository, name and moment of the first commits of several repositories."""
        query = f"SELECT repository, person, at FROM first_commit WHERE {_OF_REPOSITORIES}"  # noqa: S608 - a constant
        yield from self._store.rows(query, (json.dumps(repositories),))

    def listed(self, repositories: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        """Repository and name of everybody on GitHub's lists, mailmapped."""
        yield from self._store.rows(_LISTED, (json.dumps(repositories),))
