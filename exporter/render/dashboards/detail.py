"""The dashboard of one KPI: what it is, its history, targets, forecast and alerts, and how fresh its sources are."""

from collections.abc import Sequence
from dataclasses import replace

from exporter.render.dashboards.alerts import alert_table
from exporter.render.dashboards.fields import ALARM, BAD, GOOD, QUIET, column, fixed, result, words
from exporter.render.dashboards.figure import kept
from exporter.render.dashboards.header import header
from exporter.render.dashboards.links import between_dashboards
from exporter.render.dashboards.model import Dashboard, Json, Panel, Query, Row, Variable
from exporter.render.dashboards.rows import named, rows_where
from exporter.render.dashboards.tables import scorecard
from exporter.render.dashboards.trends import DRAWN, WITH_LEGEND
from exporter.render.dashboards.units import GRAFANA_UNITS
from exporter.render.projects import Project
from exporter.render.rules import Links
from exporter.render.rules.links import DETAIL
from exporter.render.rules.series import ATTAINMENT, HOURLY, INFO, TARGET

__all__ = ["detail_dashboard"]

_QUESTION = "How does one KPI stand, where does it come from, and where will it be?"
_KPI = 'project="$project",kpi="$kpi"'
_ROWS = f'{{{_KPI},segment=~"$segment"}}'
_NAME = "{{segment}}"


def detail_dashboard(projects: Sequence[Project], links: Links) -> Dashboard:
    """The dashboard; it knows the definitions of the KPIs of these projects, and the figures of all."""
    chosen = rows_where(project="$project", kpi="$kpi", segment="$segment")
    about = "Each figure of the KPI: its total, and its segments where it has some."
    return Dashboard(
        uid=DETAIL,
        title="KPI detail",
        question=_QUESTION,
        tags=["detail"],
        variables=[
            Variable("project", "Project", f"label_values({INFO}, project)"),
            Variable("kpi", "KPI", f'label_values({INFO}{{project="$project"}}, kpi)'),
            Variable("segment", "Segment", f"label_values(kpi:value:current{{{_KPI}}}, segment)", multiple=True),
        ],
        links=[between_dashboards()],
        rows=[
            Row(header(_QUESTION, _ROWS)),
            Row([_meaning(projects), scorecard(chosen, "Figures", about, height=8)]),
            Row([_history(), _forecast()], "History and forecast"),
            Row([_attainment(), _growth()]),
            Row([alert_table(_KPI, links, title="Alerts that fire", width=12), _alert_history()], "Alerts"),
            Row([_freshness()], "Source"),
        ],
    )


def _meaning(projects: Sequence[Project]) -> Panel:
    """What the KPI is, in the words of its catalog: Prometheus keeps no texts, so that they stand here."""
    definitions = {f"{project.name}/{kpi.id}": kpi.definition for project in projects for kpi in project.catalog.kpis}
    documents = {f"{project.name}/{kpi.id}": kpi.reference or "–" for project in projects for kpi in project.catalog.kpis}
    titles = [
        ("title", "KPI"),
        ("definition", "Meaning"),
        ("source", "Source"),
        ("owner", "Owner"),
        ("tier", "Tier"),
        ("audience", "Audience"),
        ("document", "Document"),
    ]
    keyed = f'label_join({INFO}{{{_KPI}}}, "definition", "/", "project", "kpi")'
    every = f'label_join({keyed}, "document", "/", "project", "kpi")'
    return Panel(
        kind="table",
        title="What it is",
        description="The KPI as its catalog describes it.",
        queries=[Query(every, table=True)],
        no_value="No such KPI",
        width=24,
        height=4,
        options={"cellHeight": "lg", "showHeader": True},
        overrides=[
            column("KPI", custom__width=170),
            column("Meaning", mappings=_texts(definitions), custom__wrapText=True, custom__minWidth=320),
            *(column(name, custom__width=105) for name in ("Source", "Owner", "Tier", "Audience")),
            column("Document", mappings=_texts(documents), custom__wrapText=True, custom__minWidth=220),
        ],
        transformations=named(titles),
    )


def _texts(texts: dict[str, str]) -> Sequence[Json]:
    return [
        {"options": {key: {"index": index, "text": text} for index, (key, text) in enumerate(texts.items())}, "type": "value"}
    ]


def _in_its_unit(letter: str) -> Sequence[Json]:
    """Gives the figures the unit that the last query of the panel names: KPIs differ in theirs, and a panel has but one."""
    return [
        {
            "id": "configFromData",
            "options": {
                "applyTo": {"id": "byType", "options": "number"},
                "configRefId": letter,
                "mappings": [{"fieldName": "shown", "handlerKey": "unit", "reducerId": "lastNotNull"}],
            },
        }
    ]


def _unit() -> Query:
    """The unit of the KPI by the name that Grafana has for it."""
    value = f"kpi:value:current{_ROWS}"
    units = [
        f'label_replace({value[:-1]},unit="{ours}"}}, "shown", "{theirs}", "", "")' for ours, theirs in GRAFANA_UNITS.items()
    ]
    known = "|".join(GRAFANA_UNITS)
    others = f'label_replace({value[:-1]},unit!~"{known}"}}, "shown", "locale", "", "")'
    either = "\nor\n".join([*units, others])
    return Query(f"max by (shown) ({either})", table=True)


def _lines(title: str, description: str, queries: Sequence[Query], overrides: Sequence[Json], **field: object) -> Panel:
    return Panel(
        kind="timeseries",
        title=title,
        description=description,
        queries=queries,
        no_value="No history yet",
        width=12,
        height=9,
        options=WITH_LEGEND,
        custom={**DRAWN, "fillOpacity": 0},
        defaults={"color": {"fixedColor": GOOD, "mode": "shades"}, **field},
        overrides=overrides,
    )


_DASHED: Json = {"custom__lineStyle": {"dash": [8, 6], "fill": "dash"}, "custom__fillOpacity": 0, "custom__lineWidth": 1}


def _history() -> Panel:
    return replace(
        _lines(
            "Value and target",
            "What the KPI was worth, with the target in force at each time as steps.",
            [
                Query(kept(f"{HOURLY}{_ROWS}"), f"Value {_NAME}", over_time=True),
                Query(kept(f"{TARGET}{_ROWS}"), f"Target {_NAME}", over_time=True),
                _unit(),
            ],
            [result("B", color=fixed(QUIET), custom__lineInterpolation="stepAfter", **_DASHED)],
        ),
        transformations=_in_its_unit("C"),
    )


def _forecast() -> Panel:
    names = ("pessimistic", "realistic", "optimistic")
    return replace(
        _lines(
            "Forecast for the day of the goal",
            "What the KPI was foreseen to be worth on the day of its last target: the line through four weeks, drawn to "
            "that day, and 30 % of the change for worse and for better.",
            [
                *(Query(kept(f"kpi:forecast:{name}{_ROWS}"), f"{name.capitalize()} {_NAME}", over_time=True) for name in names),
                Query(kept(f"kpi:goal:current{_ROWS}"), f"Goal {_NAME}", over_time=True),
                _unit(),
            ],
            [
                result("A", color=fixed(BAD), **_DASHED),
                result("B", color=fixed(GOOD)),
                result("C", color=fixed("light-blue"), **_DASHED),
                result("D", color=fixed(QUIET), **_DASHED),
            ],
        ),
        transformations=_in_its_unit("E"),
    )


def _attainment() -> Panel:
    return _lines(
        "Attainment",
        "How far the KPI reaches the target in force: 100 % where it is just met.",
        [Query(kept(f"{ATTAINMENT}{_ROWS}"), f"Attainment {_NAME}", over_time=True)],
        [],
        unit="percentunit",
        decimals=0,
    )


def _growth() -> Panel:
    return _lines(
        "Growth",
        "By what share the KPI changed within a week and within a month.",
        [
            Query(kept(f"kpi:value:growth_7d{_ROWS}"), f"In a week {_NAME}", over_time=True),
            Query(kept(f"kpi:value:growth_30d{_ROWS}"), f"In a month {_NAME}", over_time=True),
        ],
        [result("A", color=fixed(GOOD)), result("B", color=fixed(BAD))],
        unit="percentunit",
    )


def _alert_history() -> Panel:
    return Panel(
        kind="state-timeline",
        title="Alerts over time",
        description="When each alert of the KPI waited and when it fired.",
        queries=[
            Query(
                f'max by (alertname, segment) (ALERTS{{{_KPI},alertstate="firing"}} * 2 or ALERTS{{{_KPI}}}) or on () vector(0)',
                "{{alertname}} {{segment}}",
                over_time=True,
            )
        ],
        no_value="No alert waited or fired",
        width=12,
        height=7,
        options={
            "alignValue": "left",
            "legend": {"showLegend": False},
            "mergeValues": True,
            "rowHeight": 0.8,
            "showValue": "auto",
        },
        defaults={
            "mappings": words({"0": ("quiet", QUIET), "1": ("waits", BAD), "2": ("fires", ALARM)}),
            "color": fixed(QUIET),
        },
    )


def _freshness() -> Panel:
    return Panel(
        kind="table",
        title="Freshness of the sources of this project",
        description="Whether each source of the project was read, and when last.",
        queries=[
            Query('max by (source) (kpi_exporter_source_up{project="$project"})', table=True),
            Query('max by (source) (kpi_exporter_source_last_success_timestamp_seconds{project="$project"}) * 1000', table=True),
            Query('max by (source) (kpi_exporter_source_interval_seconds{project="$project"})', table=True),
        ],
        no_value="No source was read yet",
        width=24,
        height=8,
        options={"cellHeight": "sm", "showHeader": True},
        overrides=[
            column("Source", custom__width=160),
            column(
                "State",
                mappings=words({"1": ("read", GOOD), "0": ("failing", ALARM)}),
                custom__cellOptions={"type": "color-text"},
            ),
            column("Last read", unit="dateTimeFromNow"),
            column("Every", unit="s"),
        ],
        transformations=[
            {"id": "joinByField", "options": {"byField": "source", "mode": "outer"}},
            *named([("source", "Source"), ("Value #A", "State"), ("Value #B", "Last read"), ("Value #C", "Every")]),
        ],
    )
