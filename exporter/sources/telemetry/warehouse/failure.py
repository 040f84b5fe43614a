"""What goes wrong with a database, as errors of this project.

Drivers quote the server, the statement and its values in their texts. Nothing of that is passed on: of an error only its code is
looked at or, where there is none, which of a few known phrases its text holds.
"""

import re
import sqlite3
from collections.abc import Mapping
from datetime import timedelta

from exporter.document import format_duration
from exporter.errors import Reason, UpstreamError
from exporter.sources.telemetry.address import Address

__all__ = ["PATIENCE", "connection_failure", "statement_failure"]

PATIENCE = 0.5
"""For which share of the timeout a statement waits for a lock: a wait as long as the timeout would look like slowness."""

_QUOTED = re.compile("\"[^\"]*\"|'[^']*'")
_INTERRUPTED = "{subject}: a statement took longer than {timeout}"
_GONE = "{subject}: it, or a column of it, is not there"
_ILL_TYPED = "{subject}: what it holds is not of the type expected"
_LOST = "the connection to {database} was lost"
_FULL = "{database} takes no more connections for now"

_REFUSALS: tuple[tuple[str, Reason, str], ...] = (
    (r"timeout expired", Reason.TIMEOUT, "{database} does not answer"),
    (r"received invalid response", Reason.MALFORMED, "{database} does not answer as PostgreSQL does"),
    (r"connection is bad: invalid", Reason.CLIENT_ERROR, "the URL of the warehouse has an option with a wrong value"),
    (r"authentication failed|no password|pg_hba\.conf|permitted to log in|permission denied for database|role +does not exist",
     Reason.AUTH, "{database} refuses the role or its password"),
    (r"\b(ssl|tls)\b|certificate", Reason.TLS, "{database} cannot be reached over TLS as its URL asks for"),
    (r"database +does not exist", Reason.NOT_FOUND, "{database} does not exist"),
    (r"parameter", Reason.CLIENT_ERROR, "{database} refuses the settings of a session that only reads; is there a pooler?"),
    (r"too many|connection slots|starting up|shutting down|recovery", Reason.CONNECTION, _FULL),
)  # fmt: skip
"""Phrases of PostgreSQL and libpq where no connection is made, in the order in which they are looked for."""

_STATES: tuple[tuple[str, Reason, str], ...] = (
    ("57014", Reason.TIMEOUT, _INTERRUPTED),
    ("55P03", Reason.TIMEOUT, "{subject}: somebody keeps it locked for longer than {patience}"),
    ("42501", Reason.AUTH, "{subject}: the role may not read it"),
    ("3F000", Reason.NOT_FOUND, _GONE),
    ("42P01", Reason.NOT_FOUND, _GONE),
    ("42703", Reason.NOT_FOUND, _GONE),
    ("42", Reason.MALFORMED, _ILL_TYPED),
    ("22", Reason.MALFORMED, _ILL_TYPED),
    ("53300", Reason.CONNECTION, _FULL),
    ("57P", Reason.CONNECTION, _LOST),
    ("08", Reason.CONNECTION, _LOST),
    ("28", Reason.AUTH, "{database} refuses the role or its password"),
)
"""What those codes of PostgreSQL mean that begin like this; the first that fits (appendix A of its manual)."""

_LOCKED = (Reason.TIMEOUT, "{database} is kept locked by a writer for longer than {patience}")
_FORBIDDEN = (Reason.UNREADABLE, "{database} may not be read")
_CODES: Mapping[int, tuple[Reason, str]] = {
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_INTERRUPT: (Reason.TIMEOUT, _INTERRUPTED),
    sqlite3.SQLITE_NOTADB: (Reason.MALFORMED, "{database} is no SQLite database"),
    sqlite3.SQLITE_CORRUPT: (Reason.MALFORMED, "{database} is damaged"),
    sqlite3.SQLITE_CANTOPEN: _FORBIDDEN,
    sqlite3.SQLITE_PERM: _FORBIDDEN,
    sqlite3.SQLITE_AUTH: _FORBIDDEN,
    sqlite3.SQLITE_READONLY: (
        Reason.UNREADABLE,
        "{database} is in WAL mode, nobody has it open, and its folder may not be written; it can be read while the product runs",
    ),
}
"""What the primary codes of SQLite mean (https://www.sqlite.org/rescode.html)."""


def connection_failure(error: Exception, address: Address) -> UpstreamError:
    """What it means that no connection to PostgreSQL can be made."""
    if type(error).__name__ == "ProgrammingError":
        return UpstreamError(Reason.CLIENT_ERROR, "the URL of the warehouse is none that PostgreSQL understands")
    text = _QUOTED.sub("", str(error)).lower()
    for phrase, reason, sentence in _REFUSALS:
        if re.search(phrase, text):
            return UpstreamError(reason, sentence.format(database=address.called))
    # A server may speak another language. One that was given a password and says no, says most likely no to the password.
    if getattr(getattr(error, "pgconn", None), "used_password", False):
        return UpstreamError(Reason.AUTH, f"{address.called} refuses the role or its password")
    return UpstreamError(Reason.CONNECTION, f"{address.called} cannot be reached")


def statement_failure(
    error: BaseException, address: Address, subject: str, timeout: timedelta, *, ended: bool = False
) -> UpstreamError:
    """What it means that a statement failed; `subject` names what it reads; it was `ended` for taking too long."""
    reason, sentence = (Reason.TIMEOUT, _INTERRUPTED) if ended else _meaning(error)
    patience = format_duration(timeout * PATIENCE)
    text = sentence.format(subject=subject, database=address.called, timeout=format_duration(timeout), patience=patience)
    return UpstreamError(reason, text)


def _meaning(error: BaseException) -> tuple[Reason, str]:
    if isinstance(error, UnicodeDecodeError):
        return Reason.MALFORMED, _ILL_TYPED
    if isinstance(error, sqlite3.Error):
        return _of_sqlite(error)
    state = getattr(error, "sqlstate", None)
    if state is None:
        # The driver speaks for itself: it has no connection any more, or cannot make anything of a value.
        return (Reason.MALFORMED, _ILL_TYPED) if type(error).__name__ == "DataError" else (Reason.CONNECTION, _LOST)
    for beginning, reason, sentence in _STATES:
        if state.startswith(beginning):
            return reason, sentence
    return Reason.SERVER_ERROR, f"{{subject}}: PostgreSQL could not carry out a statement (SQLSTATE {state})"


def _of_sqlite(error: sqlite3.Error) -> tuple[Reason, str]:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        # Python's own: a text that is not in UTF-8.
        return Reason.MALFORMED, _ILL_TYPED
    primary = code & 0xFF
    if primary == sqlite3.SQLITE_ERROR:
        return (Reason.NOT_FOUND, _GONE) if str(error).startswith("no such") else (Reason.MALFORMED, _ILL_TYPED)
    return _CODES.get(primary) or (Reason.SERVER_ERROR, f"{{subject}}: SQLite could not carry out a statement (code {primary})")
