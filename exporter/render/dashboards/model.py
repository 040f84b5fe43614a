"""What a dashboard is made of: queries, panels, rows; and how they become the JSON that Grafana reads."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

__all__ = ["COLUMNS", "DATASOURCE", "Dashboard", "Json", "Panel", "Query", "Row", "Variable"]

Json = Mapping[str, Any]

DATASOURCE = "${datasource}"
"""The data source that the viewer chose."""
COLUMNS = 24
"""Columns of the grid."""
SCHEMA_VERSION = 42
"""Of the classic model, as Grafana 12.4 writes it; earlier releases read it too."""
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Query:
    """An expression, and what its result is called.

    It is asked once, for the end of the time range, unless `over_time`. `table` gives rows with the labels as columns. `every` is
    the least distance between two points, as Prometheus writes durations.
    """

    expr: str
    name: str = "__auto"
    over_time: bool = False
    table: bool = False
    every: str = ""

    def json(self, letter: str, datasource: str) -> Json:
        return {
            "datasource": {"type": "prometheus", "uid": datasource},
            "editorMode": "code",
            "expr": self.expr,
            "format": "table" if self.table else "time_series",
            "instant": not self.over_time,
            "interval": self.every,
            "legendFormat": self.name,
            "range": self.over_time,
            "refId": letter,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One panel: `kind` is Grafana's name of its type; `width` is out of 24 columns, `height` in rows of 38 pixels.

    `no_value` is what stands where nothing is known. `defaults` and `custom` go into the field configuration, `overrides` change
    it for single queries or fields.
    """

    kind: str
    title: str
    description: str = ""
    queries: Sequence[Query] = ()
    unit: str = ""
    no_value: str = "No data yet"
    width: int = 8
    height: int = 8
    options: Json = field(default_factory=dict)
    custom: Json = field(default_factory=dict)
    defaults: Json = field(default_factory=dict)
    overrides: Sequence[Json] = ()
    transformations: Sequence[Json] = ()
    links: Sequence[Json] = ()

    def json(self, number: int, x: int, y: int, datasource: str) -> Json:
        """The panel at its place; `number` is its fixed id."""
        unit = {"unit": self.unit} if self.unit else {}
        queries = {
            "datasource": {"type": "prometheus", "uid": datasource},
            "fieldConfig": {
                "defaults": {"custom": dict(self.custom), "links": [], "noValue": self.no_value, **unit, **self.defaults},
                "overrides": list(self.overrides),
            },
            "targets": [query.json(_letter(index), datasource) for index, query in enumerate(self.queries)],
            "transformations": list(self.transformations),
        }
        return {
            "description": self.description,
            "gridPos": {"h": self.height, "w": self.width, "x": x, "y": y},
            "id": number,
            "links": list(self.links),
            "options": dict(self.options),
            "title": self.title,
            "type": self.kind,
            **(queries if self.queries else {}),
        }


def _letter(index: int) -> str:
    """How Grafana calls the queries of a panel: A to Z, then AA, AB and so on."""
    before, last = divmod(index, len(_LETTERS))
    return f"{_letter(before - 1) if before else ''}{_LETTERS[last]}"


@dataclass(frozen=True, slots=True)
class Row:
    """Panels from left to right, in as many lines as they need; with a title under a heading that folds them."""

    panels: Sequence[Panel]
    title: str = ""
    collapsed: bool = False


@dataclass(frozen=True, slots=True)
class Variable:
    """A choice that the viewer has: the values of a query of labels; `multiple` allows several and all."""

    name: str
    label: str
    query: str
    multiple: bool = False

    def json(self, datasource: str) -> Json:
        everything: Json = {
            "allValue": ".*",
            "current": {"selected": True, "text": ["All"], "value": ["$__all"]},
            "includeAll": True,
            "multi": True,
        }
        return {
            "datasource": {"type": "prometheus", "uid": datasource},
            "definition": self.query,
            "hide": 0,
            "includeAll": False,
            "label": self.label,
            "multi": False,
            "name": self.name,
            "options": [],
            "query": {"qryType": 1, "query": self.query, "refId": self.name},
            "refresh": 2,
            "regex": "",
            "skipUrlSync": False,
            "sort": 1,
            "type": "query",
            **(everything if self.multiple else {}),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """A page that answers one question. Without `datasource` the viewer chooses one; a public page names its own."""

    uid: str
    title: str
    question: str
    rows: Sequence[Row]
    variables: Sequence[Variable] = ()
    tags: Sequence[str] = ()
    refresh: str = "5m"
    since: str = "now-90d"
    datasource: str = DATASOURCE
    links: Sequence[Json] = ()
    annotations: Sequence[Json] = ()

    def json(self) -> Json:
        """The dashboard in the classic model."""
        chooses = self.datasource == DATASOURCE
        variables = [variable.json(self.datasource) for variable in self.variables]
        return {
            "annotations": {"list": list(self.annotations)},
            "description": self.question,
            "editable": False,
            "fiscalYearStartMonth": 0,
            "graphTooltip": 1,
            "id": None,
            "links": list(self.links),
            "panels": list(self._panels()),
            "refresh": self.refresh,
            "schemaVersion": SCHEMA_VERSION,
            "tags": ["kpi", *self.tags],
            "templating": {"list": [_DATASOURCE_VARIABLE, *variables] if chooses else variables},
            "time": {"from": self.since, "to": "now"},
            "timepicker": {},
            "timezone": "utc",
            "title": self.title,
            "uid": self.uid,
            "weekStart": "monday",
        }

    def _panels(self) -> Iterator[Json]:
        """The panels at their places: those of a line are as high as its highest, so that no panel slides up into a gap."""
        number, y = 0, 0
        for row in self.rows:
            placed: list[Json] = []
            heading = number = number + 1 if row.title else number
            y += 1 if row.title else 0
            for line in _lines(row.panels):
                x, height = 0, max(panel.height for panel in line)
                for panel in line:
                    number += 1
                    placed.append(replace(panel, height=height).json(number, x, y, self.datasource))
                    x += panel.width
                y += height
            if row.title:
                yield _heading(row, heading, placed)
            if not row.collapsed:
                yield from placed


def _lines(panels: Sequence[Panel]) -> Sequence[Sequence[Panel]]:
    """Panels by line: one that has no room any more begins the next."""
    lines: list[list[Panel]] = []
    room = 0
    for panel in panels:
        if panel.width > room:
            lines.append([])
            room = COLUMNS
        lines[-1].append(panel)
        room -= panel.width
    return lines


def _heading(row: Row, number: int, placed: Sequence[Json]) -> Json:
    above = placed[0]["gridPos"]["y"] - 1
    return {
        "collapsed": row.collapsed,
        "gridPos": {"h": 1, "w": COLUMNS, "x": 0, "y": above},
        "id": number,
        "panels": list(placed) if row.collapsed else [],
        "title": row.title,
        "type": "row",
    }


_DATASOURCE_VARIABLE: Json = {
    "current": {},
    "hide": 0,
    "includeAll": False,
    "label": "Data source",
    "multi": False,
    "name": "datasource",
    "options": [],
    "query": "prometheus",
    "refresh": 1,
    "regex": "",
    "skipUrlSync": False,
    "type": "datasource",
}
