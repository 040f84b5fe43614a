"""Rows of tables: which figures they are, and how the results of several queries become one table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from exporter.promql import quoted, span
from exporter.render.dashboards.figure import Figure
from exporter.render.dashboards.model import Json
from exporter.render.rules.series import INFO

__all__ = ["ABOUT", "KEY", "Rows", "about", "by_row", "joined", "named", "rows_of", "rows_where"]

KEY = "row"
"""The column by which the results of several queries become one table."""
ABOUT = f"topk by (project, kpi) (1, {INFO})"
"""What each KPI is, once: where two are told of for a moment, as after a change of its title, a join would be refused."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Figures, chosen by one or more lists of matchers."""

    matchers: Sequence[str]

    def of(self, series: str) -> str:
        """Their part of a recorded series."""
        return self._chosen([f"{series}{{{one}}}" for one in self.matchers])

    def last(self, series: str, within: timedelta) -> str:
        """Their part of a recorded series that may have few points."""
        return self._chosen([f"last_over_time({series}{{{one}}}[{span(within)}])" for one in self.matchers])

    def _chosen(self, parts: Sequence[str]) -> str:
        either = "\nor\n".join(parts)
        return f"({either})" if len(parts) > 1 else either


def rows_of(figures: Sequence[Figure]) -> Rows:
    """These figures."""
    return Rows([figure.of("").removeprefix("{").removesuffix("}") for figure in figures])


def rows_where(**labels: str) -> Rows:
    """The figures whose labels match these regular expressions."""
    return Rows([",".join(f"{name}=~{quoted(pattern)}" for name, pattern in labels.items())])


def by_row(expr: str, *labels: str) -> str:
    """The figures of an expression by the key of their row, with these labels beside it."""
    kept = ", ".join((KEY, *labels))
    return f'max by ({kept}) (label_join({expr}, "{KEY}", "/", "project", "kpi", "segment"))'


def about(expr: str) -> str:
    """The figures of an expression with the owner of their KPI, and with its title and their segment as the label `name`."""
    known = f"({expr})\n* on (project, kpi) group_left (title, owner)\n{ABOUT}"
    return f'label_replace(label_join({known}, "name", " · ", "title", "segment"), "name", "$1", "name", "(.*) · ")'


def joined(columns: Sequence[tuple[str, str]], *, trend: str = "", sort: str = "", descending: bool = False) -> Sequence[Json]:
    """Makes one table of the results of queries: `columns` gives the fields in their order and what they are called.

    Fields that are not named are left out. The lines of the query of the letter `trend` become small ones in a cell. Rows
    without a name in the column "KPI" are left out. `sort` names the column, by its new name, that gives the order.
    """
    small: Sequence[Json] = [
        {"filter": {"id": "byRefId", "options": letter}, "id": "timeSeriesTable", "options": {}} for letter in trend
    ]
    one: Json = {"id": "joinByField", "options": {"byField": KEY, "mode": "outer"}}
    order: Json = {"id": "sortBy", "options": {"fields": {}, "sort": [{"desc": descending, "field": sort}]}}
    known = [_KNOWN] if any(name == "KPI" for _, name in columns) else []
    return [*small, one, *named(columns), *known, *([order] if sort else [])]


_KNOWN: Json = {
    "id": "filterByValue",
    "options": {
        "filters": [{"config": {"id": "isNotNull", "options": {}}, "fieldName": "KPI"}],
        "match": "all",
        "type": "include",
    },
}
"""Leaves the rows of the query that says what the figures are called."""


def named(columns: Sequence[tuple[str, str]]) -> Sequence[Json]:
    """Keeps these fields of a table, in this order, under these names."""
    order = {name: index for index, (name, _) in enumerate(columns)}
    return [
        {"id": "filterFieldsByName", "options": {"include": {"names": [name for name, _ in columns]}}},
        {"id": "organize", "options": {"excludeByName": {}, "indexByName": order, "renameByName": dict(columns)}},
    ]
