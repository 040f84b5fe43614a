"""Which words, and which groups of users, may leave the warehouse."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, Text, and_, case, cast, func, select, true

from exporter.sources.telemetry.config import TelemetryConfig
from exporter.sources.telemetry.words import CHARACTERS, LONGEST, may_leave

if TYPE_CHECKING:
    from exporter.sources.telemetry.warehouse import Relation, Warehouse

__all__ = ["MOST_WORDS", "Group", "Groups"]

MOST_WORDS = 100
"""Most words of a column that are exported."""
_READ = 1_000
"""Most words of a column that are read, so that many hashes do not crowd out the words."""


@dataclass(frozen=True, slots=True)
class Group:
    """The events with one word in a column, and the distinct users they come from; where a table tells no users, the events."""

    word: str
    events: int
    users: int


class Groups:
    """Judges the groups of one reading, and counts what it refuses."""

    def __init__(self, config: TelemetryConfig) -> None:
        self._config = config
        self._read: dict[tuple[str, str, datetime, datetime], Mapping[str, Group]] = {}
        self._refused: dict[tuple[str, str], int] = {}

    def of(
        self,
        warehouse: "Warehouse",
        relation: "Relation",
        column: str,
        start: datetime,
        end: datetime,
        among: ColumnElement[bool] | None = None,
    ) -> Sequence[Group]:
        """The groups of the events between two moments that may be exported, ordered by word; raises UpstreamError.

        Known words of which there is no event are groups of nothing. `among` picks the events.
        """
        groups = self.with_small_ones(warehouse, relation, column, start, end, among)
        return [group for group in groups.values() if self.may_be_told(group)]

    def with_small_ones(
        self,
        warehouse: "Warehouse",
        relation: "Relation",
        column: str,
        start: datetime,
        end: datetime,
        among: ColumnElement[bool] | None = None,
    ) -> Mapping[str, Group]:
        """The same groups by word, and those of too few users; for what happened in groups that are large enough themselves."""
        if among is not None:
            return self._look(warehouse, relation, column, start, end, among)
        key = relation.table, column, start, end
        if key not in self._read:
            self._read[key] = self._look(warehouse, relation, column, start, end, true())
        return self._read[key]

    def may_be_told(self, *groups: Group | None) -> bool:
        """Whether groups with the same word may be exported: one of them is of enough users, or nothing happened in any."""
        there = [group for group in groups if group is not None and group.events]
        return not there or max(group.users for group in there) >= self._config.min_group

    @property
    def refused(self) -> Mapping[tuple[str, str], int]:
        """Distinct words that were refused, by table and column; 0 for those columns that were looked at and are clean."""
        return MappingProxyType(self._refused)

    def _look(
        self,
        warehouse: "Warehouse",
        relation: "Relation",
        column: str,
        start: datetime,
        end: datetime,
        among: ColumnElement[bool],
    ) -> Mapping[str, Group]:
        known = self._config.known.get(column, ())
        rows = warehouse.rows(_statement(relation, column, and_(relation.between(start, end), among), known))
        # What is refused for its characters is not even read: its row holds no word.
        words = [row for row in rows if row.word is not None and may_leave(column, row.word)]
        words.sort(key=lambda row: (row.word not in known, -row.events, row.word))
        groups = {row.word: Group(row.word, int(row.events), int(row.users)) for row in words[:MOST_WORDS]}
        refused = (rows[0].words if rows else 0) - len(groups)
        self._refused[relation.table, column] = max(refused, self._refused.get((relation.table, column), 0))
        groups.update((word, Group(word, 0, 0)) for word in known if word not in groups)
        return dict(sorted(groups.items()))


def _statement(relation: "Relation", column: str, picked: ColumnElement[bool], known: Sequence[str]) -> Select[Any]:
    """The words with their events and users, and how many words there are: the known ones, then those with the most events."""
    word = cast(relation[column], Text).label("word")
    told = relation.has("user_id")
    by = [word, relation["user_id"].label("user_id")] if told else [word]
    # Counting distinct users within each word would make PostgreSQL sort all events.
    by_user = select(*by, func.count().label("events")).where(picked, relation[column].is_not(None)).group_by(*by).subquery()
    events = func.sum(by_user.c.events)
    users = func.count(by_user.c.user_id) if told else events
    by_word = select(by_user.c.word, events.label("events"), users.label("users")).group_by(by_user.c.word).subquery()
    plain = and_(func.ltrim(by_word.c.word, CHARACTERS) == "", func.length(by_word.c.word) <= LONGEST)
    order = [by_word.c.word.in_(known).desc()] if known else []
    return (
        select(case((plain, by_word.c.word)).label("word"), by_word.c.events, by_word.c.users, func.count().over().label("words"))
        .order_by(*order, plain.desc(), by_word.c.events.desc(), by_word.c.word)
        .limit(_READ)
    )
