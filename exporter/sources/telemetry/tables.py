"""The tables of telemetry events: what a warehouse holds for this source to read, and what a receiver writes.

A product may lack any of them, and any column; what rests on it is then unknown. More columns do no harm.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType

__all__ = ["TABLES", "Column", "Kind", "Table"]


class Kind(Enum):
    """What a column holds."""

    TIME = auto()
    """A moment; without a zone it is UTC."""
    USER = auto()
    """A pseudonym of a user: a salted hash made by the client. It never leaves the warehouse."""
    WORD = auto()
    """One of a few words, such as a platform; what else stands there is refused."""
    FLAG = auto()
    """Yes or no."""
    NUMBER = auto()
    """A number that is not negative."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name and what it holds; one that is not `required` may be empty, or missing."""

    name: str
    kind: Kind
    required: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """A table of one kind of event.

    `event` is what clients call the event, `meaning` says in a sentence what a row stands for. That one which is not `required`
    is missing is no failure.
    """

    name: str
    event: str
    meaning: str
    columns: tuple[Column, ...]
    required: bool = True

    def column(self, name: str) -> Column:
        """The column of that name; raises KeyError."""
        return next((column for column in self.columns if column.name == name), None) or _missing(self.name, name)


def _missing(table: str, name: str) -> Column:
    raise KeyError(f"{table}.{name}")


_TIME = Column("timestamp", Kind.TIME)
_USER = Column("user_id", Kind.USER)
_ANYBODY = Column("user_id", Kind.USER, required=False)
_PLATFORM = Column("platform", Kind.WORD)

TABLES: Mapping[str, Table] = MappingProxyType(
    {
        table.name: table
        for table in (
            Table(
                "downloads",
                "download",
                "The program was installed.",
                (_TIME, _USER, _PLATFORM, Column("channel", Kind.WORD), Column("version", Kind.WORD)),
            ),
            Table(
                "command_generated",
                "command_generated",
                "A user had a command made; retries says how many attempts it took beyond the first.",
                (_TIME, _USER, _PLATFORM, Column("category", Kind.WORD), Column("retries", Kind.NUMBER, required=False)),
            ),
            Table(
                "command_feedback",
                "command_feedback",
                "A user said whether a command worked.",
                (_TIME, _ANYBODY, Column("category", Kind.WORD), Column("success", Kind.FLAG)),
            ),
            Table(
                "command_generation_error",
                "command_generation_error",
                "A command could not be made, or was blocked on purpose.",
                (_TIME, _ANYBODY, Column("error_type", Kind.WORD), _PLATFORM),
            ),
            Table("crashes", "crash", "The program crashed.", (_TIME, _PLATFORM, Column("version", Kind.WORD))),
            Table(
                "sessions",
                "session",
                "The program ran, whether or not it crashed.",
                (_TIME, _ANYBODY, Column("platform", Kind.WORD, required=False)),
                required=False,
            ),
            Table(
                "satisfaction_survey",
                "satisfaction_survey",
                "A user rated the program from 1 to 5.",
                (_TIME, _ANYBODY, Column("rating", Kind.NUMBER)),
            ),
            Table("feature_used", "feature_used", "A user used a feature.", (_TIME, _USER, Column("feature", Kind.WORD))),
            Table(
                "command_generation_latency",
                "command_generation_latency",
                "How many milliseconds a command took to make.",
                (_TIME, Column("duration_ms", Kind.NUMBER), Column("query_complexity", Kind.WORD)),
            ),
            Table(
                "memory_usage",
                "memory_usage",
                "Peak memory of a run, in kilobytes of 1,000 bytes.",
                (_TIME, Column("memory_kb", Kind.NUMBER)),
            ),
        )
    }
)
"""Every table by its name."""
