"""Rules on a dashboard as a whole."""

import re
from collections.abc import Iterator
from datetime import timedelta

from exporter.document import parse_duration
from support.rendered import PUBLIC_SOURCE, Board

__all__ = [
    "calm_refresh",
    "calm_time",
    "chosen_data_source",
    "fixed_uid",
    "isolated",
    "kept_time",
    "one_question",
    "ready_variables",
    "tagged",
    "uneditable",
    "without_traces",
]

TRACES = {"__elements", "__inputs", "__requires", "gnetId", "iteration", "version"}
"""What an export or a save on the screen leaves behind."""
SLOWEST = timedelta(minutes=5)
OPERATIONS = {"kpi-exporter"}
"""It shows the state of the exporter, which is scraped each minute and matters for a day, not KPIs of months."""


def fixed_uid(board: Board) -> Iterator[str]:
    """Links and bookmarks rest on it."""
    if not re.fullmatch(r"[a-z0-9_-]{8,40}", board.uid):
        yield f"the uid {board.uid} is not 8 to 40 small letters, digits, - or _"
    if board.path.name != f"{board.uid}.json":
        yield f"the file {board.path.name} is not called as the uid {board.uid}"


def tagged(board: Board) -> Iterator[str]:
    """The menu of dashboards goes by the tag."""
    if "kpi" not in board.json["tags"]:
        yield "has no tag kpi"


def uneditable(board: Board) -> Iterator[str]:
    """What is changed on the screen would be lost."""
    if board.json["editable"] is not False:
        yield "can be edited"


def without_traces(board: Board) -> Iterator[str]:
    """A file holds nothing of one Grafana."""
    if board.json["id"] is not None:
        yield "has an id of one Grafana"
    yield from (f"has {key}" for key in sorted(TRACES & board.json.keys()))


def one_question(board: Board) -> Iterator[str]:
    """A reader sees first what the page answers."""
    question = board.json["description"]
    first = board.panels[0]
    if not board.json["title"].strip():
        yield "has no title"
    if not question.endswith("?"):
        yield f"its description is no question: {question}"
    if first["type"] != "text" or question not in first["options"]["content"] or first["gridPos"]["y"]:
        yield "does not begin with a text that holds its question"


def chosen_data_source(board: Board) -> Iterator[str]:
    """The viewer chooses where the figures come from, first of all; a public page has no choice at all."""
    if board.public:
        yield from (f"has the variable {variable['name']}" for variable in board.variables)
        return
    first = board.variables[0] if board.variables else {}
    if (first.get("type"), first.get("name"), first.get("query")) != ("datasource", "datasource", "prometheus"):
        yield "does not begin its variables with the data source"
    if first.get("label") != "Data source":
        yield "does not call the data source so"


def ready_variables(board: Board) -> Iterator[str]:
    """A choice follows the time range, is sorted, and means everything where it says so."""
    for variable in board.variables:
        name = variable["name"]
        if variable["type"] == "query" and variable["refresh"] != 2:
            yield f"{name} is not read anew when the time range changes"
        if variable["type"] == "query" and not variable["sort"]:
            yield f"{name} is not sorted"
        if not variable["label"].strip():
            yield f"{name} has no label"
        if variable["multi"] and (not variable["includeAll"] or variable.get("allValue") not in {".*", ".+"}):
            yield f"{name} may have several values, but none that means all"
        if variable["type"] == "query" and variable["datasource"]["uid"] != board.source:
            yield f"{name} is not asked of the data source that was chosen"


def calm_time(board: Board) -> Iterator[str]:
    """KPIs are looked at over a quarter, by one clock."""
    since, until = board.json["time"]["from"], board.json["time"]["to"]
    if until != "now" or not re.fullmatch(r"now-\d+[hdwy]", since):
        yield f"its time is from {since} to {until}"
    elif board.uid not in OPERATIONS and parse_duration(since.removeprefix("now-")) < timedelta(days=7):
        yield f"looks back to {since}, which is no time for a KPI"
    if (board.json["timezone"], board.json["weekStart"]) != ("utc", "monday"):
        yield "does not go by UTC and weeks from Monday on"


def calm_refresh(board: Board) -> Iterator[str]:
    """No faster than the figures."""
    refresh = board.json["refresh"]
    if refresh and board.uid not in OPERATIONS and parse_duration(refresh) < SLOWEST:
        yield f"looks anew every {refresh}"


def kept_time(board: Board) -> Iterator[str]:
    """Whoever goes to another dashboard keeps the time range."""
    yield from (f"the link {link['title']} loses the time range" for link in board.json["links"] if not link["keepTime"])
    if not board.public and not board.json["links"]:
        yield "leads to no other dashboard"


def isolated(board: Board) -> Iterator[str]:
    """A public page asks one data source for public series, and leads nowhere."""
    if not board.public:
        return
    if board.json["links"] or board.json["annotations"]["list"]:
        yield "leads elsewhere or shows events"
    for panel, target in board.asking:
        if target["datasource"]["uid"] != PUBLIC_SOURCE:
            yield f"{panel['title']}: asks another data source"
        names = re.findall(r"\b[a-z_]+:[a-z0-9_:]+|\bkpi_\w+|\bALERTS\w*", target["expr"])
        yield from (f"{panel['title']}: asks for {name}" for name in names if not name.startswith("kpi:public:"))
    yield from (f"{panel['title']}: has a link" for panel in board.panels if panel["links"])
