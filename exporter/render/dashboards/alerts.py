"""Panels of the alerts on KPIs that fire."""

from exporter.render.dashboards.fields import ALARM, BAD, QUIET, column, words
from exporter.render.dashboards.links import row_link
from exporter.render.dashboards.model import Json, Panel, Query
from exporter.render.dashboards.rows import about, named
from exporter.render.dashboards.tables import KEYS, LOOKS, TEXT
from exporter.render.dashboards.trends import NUMBERS
from exporter.render.rules import Links
from exporter.render.rules.series import BY_ROW

__all__ = ["PRIORITIES", "alert_counts", "alert_table"]

PRIORITIES = {
    "P0": ("P0 act now", ALARM),
    "P1": ("P1 within a day", BAD),
    "P2": ("P2 within a week", "dark-yellow"),
    "P3": ("P3 in the digest", QUIET),
}
"""The word and the colour of each priority."""
_FIRING = 'alertstate="firing",kpi!="",escalated!="true"'
"""An escalation is the same alert once more."""


def alert_table(
    rows: str, links: Links, *, title: str = "Alerts", across: bool = False, width: int = 24, height: int = 7
) -> Panel:
    """The alerts that fire, the most pressing first; each leads to its runbook and to its KPI.

    `rows` are matchers without braces.
    """
    since = f"ALERTS_FOR_STATE{{{rows}}} * 1000\nand on (alertname, {BY_ROW})\nALERTS{{{_FIRING},{rows}}}"
    project = "Project" if across else "project"
    columns = [
        ("priority", "Priority"),
        *([("project", "Project")] if across else []),
        ("name", "KPI"),
        ("alertname", "Alert"),
        ("Value", "Since"),
        ("owner", "Owner"),
        *KEYS,
        *([] if across else [("project", "project")]),
    ]
    runbook: Json = {"title": "What to do", "url": links.runbook("${__value.text}")}
    return Panel(
        kind="table",
        title=title,
        description="The alerts on KPIs that fire, the most pressing first. A click on an alert shows what to do, one on a KPI "
        "its history.",
        queries=[Query(f"max by (priority, alertname, project, kpi, segment, name, owner) ({about(since)})", table=True)],
        no_value="No alert fires",
        width=width,
        height=height,
        options={**LOOKS, "sortBy": [{"desc": False, "displayName": "Priority"}]},
        custom={"align": "auto", "cellOptions": {"type": "auto"}, "filterable": False, "minWidth": 60},
        overrides=[
            column("Priority", mappings=words(PRIORITIES), custom__cellOptions=TEXT, custom__width=130),
            column("Project", custom__width=75),
            column("KPI", links=[row_link(project=project, segment="segment")], custom__minWidth=150),
            column("Alert", links=[runbook], custom__minWidth=230),
            column("Since", unit="dateTimeFromNow", custom__width=125),
            column("Owner", noValue=" ", custom__width=110),
            *(column(name, custom__hidden=True) for name, _ in KEYS),
            *([] if across else [column("project", custom__hidden=True)]),
        ],
        transformations=named(columns),
    )


def alert_counts(rows: str, *, width: int = 6, height: int = 7) -> Panel:
    """How many alerts of each priority fire; one with none says 0. `rows` are matchers without braces."""
    return Panel(
        kind="stat",
        title="Alerts by priority",
        description="Alerts on KPIs that fire now. P0 asks for action now, P1 within a day, P2 within a week; P3 stands in "
        "the weekly digest.",
        queries=[
            Query(f'count(ALERTS{{{_FIRING},priority="{name}",{rows}}}) or vector(0)', text)
            for name, (text, _) in PRIORITIES.items()
        ],
        unit="locale",
        width=width,
        height=height,
        options={**NUMBERS, "orientation": "horizontal", "text": {"titleSize": 16, "valueSize": 26}},
        overrides=[column(text, **_lit(colour)) for text, colour in PRIORITIES.values()],
    )


def _lit(colour: str) -> Json:
    """Its colour from one alert on."""
    steps = [{"color": QUIET, "value": None}, {"color": colour, "value": 1}]
    return {"color": {"mode": "thresholds"}, "thresholds": {"mode": "absolute", "steps": steps}}
