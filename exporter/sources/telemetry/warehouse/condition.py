"""Which rows of a table count, where a warehouse keeps more in it than the events that are meant."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, FromClause, Text, cast, or_

from exporter.sources.telemetry.config import Constant
from exporter.sources.telemetry.warehouse.columns import BOOLEAN, NUMERIC, TEXT, Found

__all__ = ["Condition", "condition"]


@dataclass(frozen=True, slots=True)
class Condition:
    """A column, by its name in the warehouse, and what it must be one of; `as_text` where it is no text but compared so."""

    column: str
    choices: Sequence[Constant]
    as_text: bool

    def holds(self, rows: FromClause) -> ColumnElement[bool]:
        """Whether it holds for a row."""
        column = rows.c[self.column]
        compared = cast(column, Text) if self.as_text else column
        return or_(*(column.is_(None) if choice is None else compared == choice for choice in self.choices))


def condition(found: Found, wanted: Constant | Sequence[Constant]) -> Condition:
    """The condition that a column is what the configuration wants; raises ValueError where it is of a type that cannot be."""
    choices: Sequence[Constant] = wanted if isinstance(wanted, tuple | list) else (wanted,)
    texts = any(isinstance(choice, str) for choice in choices)
    return Condition(found.name, [_as(found.category, choice) for choice in choices], texts and found.category not in ("", TEXT))


def _as(category: str, choice: Constant) -> Constant:
    """The constant in the type of the column; in SQLite, which has no types, yes and no are 1 and 0."""
    match choice:
        case None:
            return None
        case str() if category not in (BOOLEAN, NUMERIC):
            return choice
        case bool() | int() if category == BOOLEAN and choice in (0, 1):
            return bool(choice)
        case bool() | int() if category in ("", NUMERIC):
            return int(choice)
    raise ValueError
