"""Where the tables and columns of this source are in a warehouse, and whether they can be used."""

from collections.abc import Mapping, Sequence

from sqlalchemy import FromClause, column, table

from exporter.errors import Reason, UpstreamError
from exporter.sources.telemetry.config import TableConfig, TelemetryConfig
from exporter.sources.telemetry.tables import TABLES
from exporter.sources.telemetry.warehouse.columns import Found, columns_of, expectation, form
from exporter.sources.telemetry.warehouse.condition import Condition, condition
from exporter.sources.telemetry.warehouse.moments import Moments, Plain, Zoned
from exporter.sources.telemetry.warehouse.reader import Reader
from exporter.sources.telemetry.warehouse.relation import Relation
from exporter.sources.telemetry.warehouse.stored import moments_of, unfit

__all__ = ["LackingError", "Layout"]


class LackingError(UpstreamError):
    """The warehouse lacks a table or a column; `expected` says that the configuration, or the design, lets it."""

    def __init__(self, text: str, *, expected: bool) -> None:
        self.expected = expected
        super().__init__(Reason.NOT_FOUND, text)


class Layout:
    """The tables of one warehouse; each is looked at once, when it is first asked for."""

    def __init__(self, reader: Reader, config: TelemetryConfig) -> None:
        self._reader = reader
        self._config = config
        self._schema = None if reader.dialect == "sqlite" else config.db_schema
        self._known: dict[str, Relation | UpstreamError] = {}

    def relation(self, name: str, *columns: str) -> Relation:
        """The table of that name, with its time and these columns at least; raises LackingError and UpstreamError."""
        if name not in self._known:
            try:
                self._known[name] = self._relation(name)
            except UpstreamError as error:
                # What is wrong with a table is asked once in a refresh: it may have taken the whole timeout to find out.
                self._known[name] = error
        relation = self._known[name]
        if isinstance(relation, UpstreamError):
            raise relation
        for needed in columns:
            if not relation.has(needed):
                raise self._lacking(name, needed)
        return relation

    def _relation(self, name: str) -> Relation:
        mapping = self._mapping(name)
        if mapping.missing:
            raise LackingError(f"the product has no table {name}", expected=True)
        actual = mapping.name or name
        found = {self._folded(one.name): one for one in columns_of(self._reader, self._schema, actual, self._called(name))}
        if not found:
            expected = not TABLES[name].required and mapping.name is None
            raise LackingError(f"{self._called(name)} is missing", expected=expected)
        columns = self._columns(name, found)
        if "timestamp" not in columns:
            raise self._lacking(name, "timestamp")
        # Under a name of its own each: several of them may be picked out of one table and stand in one statement.
        rows = table(actual, *(column(one.name) for one in found.values()), schema=self._schema).alias(name)
        conditions = self._conditions(name, found)
        return Relation(
            name,
            rows,
            {ours: one.name for ours, one in columns.items()},
            {ours: form(TABLES[name].column(ours).kind, one) for ours, one in columns.items()},
            conditions,
            self._declared(name, columns) if self._schema is not None else self._stored(name, rows, columns, conditions),
        )

    def _columns(self, name: str, found: Mapping[str, Found]) -> dict[str, Found]:
        """What the warehouse has of the columns of a table, by their names here."""
        mapped = self._mapping(name).columns
        there = {}
        for one in TABLES[name].columns:
            actual = mapped.get(one.name, one.name)
            if actual is not None and self._folded(actual) in found:
                there[one.name] = found[self._folded(actual)]
        return there

    def _declared(self, name: str, columns: Mapping[str, Found]) -> Moments:
        """How PostgreSQL stores moments; raises UpstreamError where a column is not of a type that it should be."""
        for ours, one in columns.items():
            expected = expectation(TABLES[name].column(ours).kind, one)
            if expected is not None:
                raise self._ill_typed(name, one, expected)
        return Zoned() if columns["timestamp"].type == "timestamptz" else Plain()

    def _stored(self, name: str, rows: FromClause, columns: Mapping[str, Found], conditions: Sequence[Condition]) -> Moments:
        """How SQLite stores moments; raises UpstreamError where a column does not hold what it should.

        SQLite takes every value in every column: what is there decides, not what was declared.
        """
        stamp = columns["timestamp"]
        moments = moments_of(self._reader, rows.c[stamp.name])
        if moments is None:
            raise self._ill_typed(name, stamp, "ISO 8601 texts, or numbers since 1970, and not both")
        others = {ours: (TABLES[name].column(ours).kind, one.name) for ours, one in columns.items()}
        for ours, expected in unfit(self._reader, rows, stamp.name, others, conditions):
            raise self._ill_typed(name, columns[ours], expected)
        return moments

    def _conditions(self, name: str, found: Mapping[str, Found]) -> list[Condition]:
        """What must hold for a row to count."""
        conditions = []
        for actual, wanted in self._mapping(name).where.items():
            one = found.get(self._folded(actual))
            if one is None:
                raise LackingError(f"{self._called(name)} has no column {actual}", expected=False)
            try:
                conditions.append(condition(one, wanted))
            except ValueError:
                raise self._ill_typed(name, one, "what `where` compares it with") from None
        return conditions

    def _lacking(self, name: str, needed: str) -> LackingError:
        mapped = self._mapping(name).columns
        told = needed in mapped
        expected = mapped[needed] is None if told else not TABLES[name].column(needed).required
        return LackingError(f"{self._called(name)} has no column {mapped.get(needed) or needed}", expected=expected)

    def _ill_typed(self, name: str, found: Found, expected: str) -> UpstreamError:
        return UpstreamError(Reason.MALFORMED, f"{self._called(name)}: the column {found.name} must hold {expected}")

    def _mapping(self, name: str) -> TableConfig:
        return self._config.tables.get(name) or TableConfig()

    def _called(self, name: str) -> str:
        actual = self._mapping(name).name or name
        return f"the table {self._schema}.{actual}" if self._schema else f"the table {actual}"

    def _folded(self, name: str) -> str:
        """A name as the engine compares it: SQLite takes upper and lower case for the same."""
        return name.lower() if self._schema is None else name
