"""Dashboards as they are rendered, and one that is in order, to be broken by tests."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from exporter.render.dashboards import dashboard_files
from exporter.render.dashboards.model import Dashboard, Panel, Query, Row, Variable
from exporter.render.projects import Project, shipped_projects
from exporter.render.rules import Links
from support.boards import panels

__all__ = ["PUBLIC_SOURCE", "SHIPPED", "Board", "Json", "boards_of", "in_order"]

Json = dict[str, Any]

PUBLIC_SOURCE = "prometheus-public"
"""The uid of the data source of public dashboards."""


@dataclass(frozen=True, slots=True)
class Board:
    """A dashboard in its file."""

    path: PurePosixPath
    json: Json

    @property
    def uid(self) -> str:
        uid: str = self.json["uid"]
        return uid

    @property
    def public(self) -> bool:
        """Whether anonymous visitors see it."""
        return self.path.parent.name == "Public"

    @property
    def source(self) -> str:
        """The uid by which its panels name their data source."""
        return PUBLIC_SOURCE if self.public else "${datasource}"

    @property
    def panels(self) -> Sequence[Json]:
        """Its panels, rows left out."""
        return [dict(panel) for panel in panels(self.json)]

    @property
    def asking(self) -> Iterator[tuple[Json, Json]]:
        """Its panels with each of their queries."""
        for panel in self.panels:
            for target in panel.get("targets", ()):
                yield panel, target

    @property
    def variables(self) -> Sequence[Json]:
        """Its variables."""
        found: list[Json] = self.json["templating"]["list"]
        return found


def boards_of(projects: Sequence[Project], links: Links | None = None) -> Mapping[str, Board]:
    """The dashboards of projects by uid, or by path where a uid is there twice."""
    found: dict[str, Board] = {}
    for path, text in dashboard_files(projects, links or Links()).items():
        board = Board(PurePosixPath(path), json.loads(text))
        found[board.uid if board.uid not in found else path] = board
    return found


WORDS: Json = {"content": "How many stars are there?", "mode": "markdown"}
NUMBER: Json = {
    "colorMode": "value",
    "graphMode": "none",
    "orientation": "auto",
    "reduceOptions": {"calcs": ["lastNotNull"]},
    "textMode": "value",
}

SHIPPED = boards_of(shipped_projects())
"""The dashboards of the shipped catalogs."""


def in_order() -> Board:
    """A small dashboard in which nothing is wrong: a text, a number, a table, lines, and a list of its own."""
    dashed = {"id": "custom.lineStyle", "value": {"fill": "dash"}}
    dashboard = Dashboard(
        uid="kpi-sample",
        title="Sample",
        question="How many stars are there?",
        variables=[Variable("project", "Project", "label_values(kpi:catalog:info, project)", multiple=True)],
        links=[
            {"asDropdown": True, "includeVars": False, "keepTime": True, "tags": ["kpi"], "title": "All", "type": "dashboards"}
        ],
        rows=[
            Row([Panel(kind="text", title="", description="What it answers.", options=WORDS)]),
            Row(
                [
                    Panel(
                        kind="stat",
                        title="Stars",
                        description="Accounts that starred a repository.",
                        queries=[Query('kpi:value:current{project=~"$project"}', "Stars")],
                        unit="locale",
                        options=NUMBER,
                        links=[{"title": "More", "url": "/d/kpi-sample?var-datasource=${datasource}&${__url_time_range}"}],
                    ),
                    Panel(
                        kind="table",
                        title="Every figure",
                        description="Blue where the target is met, orange where not.",
                        queries=[Query("kpi:attainment:ratio", table=True)],
                        no_value="Nothing yet",
                        options={"showHeader": True},
                        overrides=[
                            {
                                "matcher": {"id": "byName", "options": "Attainment"},
                                "properties": [
                                    {"id": "unit", "value": "percentunit"},
                                    {"id": "color", "value": {"mode": "thresholds"}},
                                    {
                                        "id": "thresholds",
                                        "value": {
                                            "mode": "absolute",
                                            "steps": [{"color": "orange", "value": None}, {"color": "blue", "value": 1}],
                                        },
                                    },
                                ],
                            }
                        ],
                        transformations=[
                            {"id": "filterFieldsByName", "options": {"include": {"names": ["kpi", "Value"]}}},
                            {"id": "organize", "options": {"renameByName": {"kpi": "KPI", "Value": "Attainment"}}},
                        ],
                    ),
                ],
                "Now",
            ),
            Row(
                [
                    Panel(
                        kind="timeseries",
                        title="Over time",
                        description="The same over time.",
                        queries=[
                            Query("last_over_time(kpi:value:hourly[2h])", "Value", over_time=True),
                            Query("increase(kpi_exporter_upstream_requests_total[$__rate_interval])", "Asked", over_time=True),
                        ],
                        unit="locale",
                        options={"legend": {"showLegend": True}, "tooltip": {"mode": "multi"}},
                        defaults={"color": {"fixedColor": "blue", "mode": "fixed"}},
                        overrides=[{"matcher": {"id": "byFrameRefID", "options": "B"}, "properties": [dashed]}],
                    )
                ],
                "Past",
                collapsed=True,
            ),
        ],
    )
    return Board(PurePosixPath("grafana/dashboards/Projects/kpi-sample.json"), json.loads(json.dumps(dashboard.json())))
