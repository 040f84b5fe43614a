"""What goes wrong with a warehouse that is written to, as errors of this project; of a driver's error only the code is told."""

import sqlite3
from collections.abc import Mapping

from sqlalchemy.exc import DBAPIError

from exporter.errors import Reason, UpstreamError
from exporter.sources.telemetry.address import Address
from exporter.sources.telemetry.warehouse.failure import connection_failure

__all__ = ["INIT", "opening_failure", "writing_failure"]

INIT = "run `kpi-exporter telemetry init` with a role that may make tables"

_GONE = (Reason.NOT_FOUND, f"{{database}} lacks tables for events, or columns of them: {INIT}")
_LOCKED = (Reason.TIMEOUT, "{database} is locked by others for too long")
_LOST = (Reason.CONNECTION, "the connection to {database} was lost")
_FULL = (Reason.SERVER_ERROR, "{database} has no room for more events")

_STATES: tuple[tuple[str, tuple[Reason, str]], ...] = (
    (
        "42501",
        (Reason.AUTH, "the role may not write to {database}: it needs USAGE of the schema and INSERT on every table of it"),
    ),
    ("25006", (Reason.AUTH, "{database} may only be read")),
    ("3F000", _GONE),
    ("42P01", _GONE),
    ("42703", _GONE),
    ("55P03", _LOCKED),
    ("57014", (Reason.TIMEOUT, "{database} takes too long to write")),
    ("57P", _LOST),
    ("08", _LOST),
    ("53100", _FULL),
)
"""What the codes of PostgreSQL mean that begin like this; the first one counts (its manual, appendix A)."""

_CODES: Mapping[int, tuple[Reason, str]] = {
    sqlite3.SQLITE_ERROR: _GONE,
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: (
        Reason.AUTH,
        "{database} may only be read: the receiver must be able to write the file and its folder",
    ),
    sqlite3.SQLITE_CANTOPEN: (Reason.UNREADABLE, f"{{database}} cannot be opened: where it is not made yet, {INIT}"),
    sqlite3.SQLITE_NOTADB: (Reason.MALFORMED, "{database} is no SQLite database"),
    sqlite3.SQLITE_CORRUPT: (Reason.MALFORMED, "{database} is damaged"),
}
_ELSE = (Reason.SERVER_ERROR, "{database} does not take the events")
_PRIMARY = 0xFF
"""SQLite puts details into the bits above."""


def opening_failure(error: DBAPIError, address: Address) -> UpstreamError:
    """What it means that no connection can be made."""
    if isinstance(error.orig, Exception) and not isinstance(error.orig, sqlite3.Error):
        return connection_failure(error.orig, address)
    return writing_failure(error, address)


def writing_failure(error: DBAPIError, address: Address) -> UpstreamError:
    """What it means that a statement failed."""
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        reason, text = _CODES.get(getattr(cause, "sqlite_errorcode", -1) & _PRIMARY, _ELSE)
    elif error.connection_invalidated or not (state := getattr(cause, "sqlstate", None)):
        reason, text = _LOST
    else:
        reason, text = next((meaning for begins, meaning in _STATES if state.startswith(begins)), _ELSE)
    return UpstreamError(reason, text.format(database=address.called))
