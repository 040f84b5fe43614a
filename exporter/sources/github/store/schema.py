"""The tables of the store, and how a file of an older version becomes one of this.

Moments are whole seconds since 1970 in UTC, as GitHub gives them. People are keyed hashes (`Store.person`), made before anything
is written; no login, e-mail address, heading or text is ever stored.
"""

from exporter.database import Schema

__all__ = ["SCHEMA"]

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
    # one, `answers` the number of such comments, 2 for more. `maintainer` is the first of them by a maintainer, `maintained`
    # whether any maintainer has commented, the author among them. `undecided` are issues of which more comments have yet to be
    # read. `labels` are the ids of its labels, in a JSON list.
    """CREATE TABLE issue (
        repository INTEGER NOT NULL REFERENCES repository ON DELETE CASCADE, number INTEGER NOT NULL,
        created INTEGER NOT NULL, updated INTEGER NOT NULL, closed INTEGER, reopened INTEGER, by_bot INTEGER NOT NULL,
        answered INTEGER, answered_by_maintainer INTEGER NOT NULL, answers INTEGER NOT NULL,
        maintainer INTEGER, maintained INTEGER NOT NULL, undecided INTEGER NOT NULL,
        cross_references INTEGER NOT NULL, labels TEXT NOT NULL,
        PRIMARY KEY (repository, number)
    ) WITHOUT ROWID""",
    "CREATE INDEX issue_updated ON issue (repository, updated)",
    "CREATE INDEX issue_undecided ON issue (repository, updated) WHERE undecided",
    # `reviewed` is the first review or comment by a person who is not the author; `read_at` is the one of the mark with which the
    # row was last read, by which a reading of the whole list tells those that are no longer in it.
    """CREATE TABLE pull_request (
        repository INTEGER NOT NULL REFERENCES repository ON DELETE CASCADE, number INTEGER NOT NULL,
        created INTEGER NOT NULL, updated INTEGER NOT NULL, closed INTEGER, merged INTEGER, by_bot INTEGER NOT NULL,
        reviewed INTEGER, cross_references INTEGER NOT NULL, read_at INTEGER NOT NULL,
        PRIMARY KEY (repository, number)
    ) WITHOUT ROWID""",
    "CREATE INDEX pull_request_updated ON pull_request (repository, updated)",
    # `answer_votes` is NULL where no answer was accepted.
    """CREATE TABLE discussion (
        repository INTEGER NOT NULL REFERENCES repository ON DELETE CASCADE, number INTEGER NOT NULL,
        created INTEGER NOT NULL, updated INTEGER NOT NULL, category TEXT NOT NULL, answerable INTEGER NOT NULL,
        answered INTEGER NOT NULL, upvotes INTEGER NOT NULL, answer_votes INTEGER,
        PRIMARY KEY (repository, number)
    ) WITHOUT ROWID""",
    # What a person wrote in a discussion: its opening, a comment or a reply. `person` is NULL where the account is gone.
    """CREATE TABLE post (
        repository INTEGER NOT NULL, discussion INTEGER NOT NULL, at INTEGER NOT NULL, person BLOB,
        FOREIGN KEY (repository, discussion) REFERENCES discussion ON DELETE CASCADE
    )""",
    "CREATE INDEX post_discussion ON post (repository, discussion)",
    "CREATE INDEX post_at ON post (at)",
    "CREATE TABLE star (repository INTEGER NOT NULL REFERENCES repository ON DELETE CASCADE, at INTEGER NOT NULL)",
    "CREATE INDEX star_at ON star (repository, at)",
    # Commits of the last 60 days by people: `login` and `email` are the hashes of both names of the author, at least one of
    # which is there.
    """CREATE TABLE contribution (
        repository INTEGER NOT NULL REFERENCES repository ON DELETE CASCADE, at INTEGER NOT NULL, login BLOB, email BLOB
    )""",
    "CREATE INDEX contribution_at ON contribution (repository, at)",
    # When each name of a person with such a commit is first seen in the history of the repository, 0 for before the 60 days.
    """CREATE TABLE first_commit (
        repository INTEGER NOT NULL REFERENCES repository ON DELETE CASCADE, person BLOB NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (repository, person)
    ) WITHOUT ROWID""",
    # GitHub's list of everybody who ever committed. Of an account, `person` is the login and `email` is NULL; of an author
    # without one, `email` is the address and `person` the address together with the author's name.
    """CREATE TABLE contributor (
        repository INTEGER NOT NULL REFERENCES repository ON DELETE CASCADE, person BLOB NOT NULL, email BLOB,
        PRIMARY KEY (repository, person)
    ) WITHOUT ROWID""",
    # What .mailmap makes of an address, or of an address together with a name; `person` is NULL where that is a bot.
    """CREATE TABLE alias (
        repository INTEGER NOT NULL REFERENCES repository ON DELETE CASCADE, name BLOB NOT NULL, person BLOB,
        PRIMARY KEY (repository, name)
    ) WITHOUT ROWID""",
    # Views and clones of a repository (`kind`) in a window, as GitHub counted them when they were read.
    """CREATE TABLE traffic (
        repository INTEGER NOT NULL REFERENCES repository ON DELETE CASCADE, kind TEXT NOT NULL, span TEXT NOT NULL,
        count INTEGER NOT NULL, uniques INTEGER NOT NULL,
        PRIMARY KEY (repository, kind, span)
    ) WITHOUT ROWID""",
    # What people wrote in the 24 hours before the reading, and the reactions to it.
    """CREATE TABLE comment (
        repository INTEGER PRIMARY KEY REFERENCES repository ON DELETE CASCADE,
        written INTEGER NOT NULL, reactions INTEGER NOT NULL
    )""",
    # `fixed` is NULL for what is open or was closed in another way.
    """CREATE TABLE alert (
        repository INTEGER NOT NULL REFERENCES repository ON DELETE CASCADE, tool TEXT NOT NULL, number INTEGER NOT NULL,
        severity TEXT NOT NULL, created INTEGER NOT NULL, open INTEGER NOT NULL, fixed INTEGER,
        PRIMARY KEY (repository, tool, number)
    ) WITHOUT ROWID""",
)

# What only a store of the past holds, and is NULL in others. `turns` are the closings of a thread and, negative, its reopenings,
# in a JSON list. `again` is the second comment by a person who is not the author, `joined` the first by any maintainer. `chosen`
# is when the answer was accepted.
_SECOND = (
    "ALTER TABLE issue ADD COLUMN turns TEXT",
    "ALTER TABLE issue ADD COLUMN again INTEGER",
    "ALTER TABLE issue ADD COLUMN joined INTEGER",
    "ALTER TABLE pull_request ADD COLUMN turns TEXT",
    "ALTER TABLE discussion ADD COLUMN chosen INTEGER",
    "CREATE TABLE fork (repository INTEGER NOT NULL REFERENCES repository ON DELETE CASCADE, at INTEGER NOT NULL)",
    "CREATE INDEX fork_at ON fork (repository, at)",
)

SCHEMA = Schema(0x6B706967, [_FIRST, _SECOND])
