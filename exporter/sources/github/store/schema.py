"""The tables of the store, and how a file of an older version becomes one of this.

Moments are whole seconds since 1970 in UTC, as GitHub gives them. People are keyed hashes (`Store.person`), made before anything
is written; no login, e-mail address, heading or text is ever stored.
"""

__all__ = ["APPLICATION", "MIGRATIONS", "VERSION"]

APPLICATION = 0x6B706967
"""Marks a file as one of ours (PRAGMA application_id)."""

_FIRST = (
    "CREATE TABLE setting (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE repository (key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE)",
    # How far a list of a repository has been read; what the columns mean is told in `marks`.
    """CREATE TABLE mark (
        repository INTEGER NOT NULL REFERENCES repository ON DELETE CASCADE, list TEXT NOT NULL,
        upto INTEGER, read_at INTEGER NOT NULL, complete INTEGER NOT NULL, newest INTEGER, cursor TEXT, note TEXT,
        PRIMARY KEY (repository, list)
    ) WITHOUT ROWID""",
    # `answered` is the first comment by a person who is not the author, `answered_by_maintainer` whether a maintainer wrote that
    # one; `maintainer` is the first comment by any maintainer but the author, `answers` the number of those comments, 2 for more.
    # `labels` are the ids of its labels, in a JSON list.
    """CREATE TABLE issue (
        repository INTEGER NOT NULL REFERENCES repository ON DELETE CASCADE, number INTEGER NOT NULL,
        created INTEGER NOT NULL, updated INTEGER NOT NULL, closed INTEGER, reopened INTEGER, by_bot INTEGER NOT NULL,
        answered INTEGER, answered_by_maintainer INTEGER, maintainer INTEGER, answers INTEGER NOT NULL,
        cross_references INTEGER NOT NULL, labels TEXT NOT NULL,
        PRIMARY KEY (repository, number)
    ) WITHOUT ROWID""",
    "CREATE INDEX issue_updated ON issue (repository, updated)",
    """CREATE TABLE pull_request (
        repository INTEGER NOT NULL REFERENCES repository ON DELETE CASCADE, number INTEGER NOT NULL,
        created INTEGER NOT NULL, updated INTEGER NOT NULL, closed INTEGER, merged INTEGER, by_bot INTEGER NOT NULL,
        reviewed INTEGER, cross_references INTEGER NOT NULL,
        PRIMARY KEY (repository, number)
    ) WITHOUT ROWID""",
    "CREATE INDEX pull_request_updated ON pull_request (repository, updated)",
    """CREATE TABLE discussion (
        repository INTEGER NOT NULL REFERENCES repository ON DELETE CASCADE, number INTEGER NOT NULL,
        created INTEGER NOT NULL, updated INTEGER NOT NULL, category TEXT NOT NULL, answerable INTEGER NOT NULL,
        answered INTEGER NOT NULL, upvotes INTEGER NOT NULL, answer_votes INTEGER NOT NULL,
        PRIMARY KEY (repository, number)
    ) WITHOUT ROWID""",
    # What somebody wrote in a discussion: its opening, a comment or a reply. `person` is NULL for bots.
    """CREATE TABLE post (
        repository INTEGER NOT NULL, discussion INTEGER NOT NULL, at INTEGER NOT NULL, person BLOB,
        FOREIGN KEY (repository, discussion) REFERENCES discussion ON DELETE CASCADE
    )""",
    "CREATE INDEX post_discussion ON post (repository, discussion)",
    "CREATE INDEX post_at ON post (at)",
    "CREATE TABLE star (repository INTEGER NOT NULL REFERENCES repository ON DELETE CASCADE, at INTEGER NOT NULL)",
    "CREATE INDEX star_at ON star (repository, at)",
    # `login` and `email` are the hashes of both names of an author; at least one of them is there, none for bots.
    """CREATE TABLE contribution (
        repository INTEGER NOT NULL REFERENCES repository ON DELETE CASCADE, at INTEGER NOT NULL, login BLOB, email BLOB
    )""",
    "CREATE INDEX contribution_at ON contribution (repository, at)",
    # Who is known to have committed to a repository at all; `first` is the moment of the first commit where that was asked.
    """CREATE TABLE contributor (
        repository INTEGER NOT NULL REFERENCES repository ON DELETE CASCADE, person BLOB NOT NULL, first INTEGER,
        PRIMARY KEY (repository, person)
    ) WITHOUT ROWID""",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (_FIRST,)
"""The statements that lead from each version to the next, the first of them from an empty file."""
VERSION = len(MIGRATIONS)
"""Version of the schema (PRAGMA user_version)."""
