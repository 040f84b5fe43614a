"""Rules on panels: their places, their words, and what they show."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from support.rendered import Board, Json

__all__ = [
    "apart",
    "asking",
    "columns_of",
    "described",
    "fields_of",
    "led_somewhere",
    "measured",
    "named_parts",
    "numbered",
    "overlap",
    "titled",
    "told_when_empty",
]

WITHOUT_QUERIES = {"dashlist", "text"}
TIME_KEPT = "${__url_time_range}"
SOURCE_KEPT = "var-datasource=${datasource}"


def numbered(board: Board) -> Iterator[str]:
    """Links to a panel, and pictures of it, rest on its number."""
    rows = [panel for panel in board.json["panels"] if panel["type"] == "row"]
    numbers = Counter(panel["id"] for panel in (*board.panels, *rows))
    yield from (f"the number {number} is there {count} times" for number, count in numbers.items() if count > 1)
    yield from (f"{number} is no number of a panel" for number in numbers if number < 1)


def apart(board: Board) -> Iterator[str]:
    """No panel lies on another or beyond the grid; rows go from side to side."""
    levels: list[Sequence[Json]] = [board.json["panels"]]
    for row in board.json["panels"]:
        if row["type"] != "row":
            continue
        if (row["gridPos"]["x"], row["gridPos"]["w"], row["gridPos"]["h"]) != (0, 24, 1):
            yield f"the row {row['title']} is not one line from side to side"
        if row["collapsed"] != bool(row["panels"]):
            yield f"the row {row['title']} is collapsed without panels, or open with them"
        levels.append([row, *row["panels"]])
    for level in levels:
        for panel in level:
            at = panel["gridPos"]
            if at["x"] < 0 or at["y"] < 0 or at["w"] < 1 or at["h"] < 1 or at["x"] + at["w"] > 24:
                yield f"{panel['title']} does not lie on the grid"
        yield from (
            f"{a['title']} lies on {b['title']}" for a, b in combinations(level, 2) if overlap(a["gridPos"], b["gridPos"])
        )


def overlap(a: Mapping[str, int], b: Mapping[str, int]) -> bool:
    """Whether two places share a cell."""
    beside = a["x"] + a["w"] <= b["x"] or b["x"] + b["w"] <= a["x"]
    return not beside and a["y"] < b["y"] + b["h"] and b["y"] < a["y"] + a["h"]


def titled(board: Board) -> Iterator[str]:
    """A text speaks for itself; everything else has a title, as rows have."""
    rows = [panel for panel in board.json["panels"] if panel["type"] == "row"]
    shown = [panel for panel in board.panels if panel["type"] != "text"]
    yield from (f"the {panel['type']} {panel['id']} has no title" for panel in (*rows, *shown) if not panel["title"].strip())


def described(board: Board) -> Iterator[str]:
    """In at least one sentence."""
    for panel in board.panels:
        text = panel["description"].strip()
        if not text or not text[0].isprintable() or text[-1] not in ".?!)":
            yield f"{panel['title'] or panel['id']}: is described by {text!r}"


def measured(board: Board) -> Iterator[str]:
    """Every number has a unit, or a word in its place."""
    for panel in board.panels:
        defaults, overrides = fields_of(panel)
        if panel["type"] in WITHOUT_QUERIES or _has_unit(defaults) or _unit_from_data(panel):
            continue
        columns = columns_of(panel)
        if panel["type"] == "table" and columns:
            units = {name for (_, name), override in overrides if _has_unit(override)}
            numbers = [name for field, name in columns.items() if field.startswith("Value")]
            yield from (f"{panel['title']}: the column {name} has no unit" for name in numbers if name not in units)
        else:
            yield f"{panel['title']}: has no unit"


def _has_unit(field: Mapping[str, Any]) -> bool:
    return bool(field.get("unit") or field.get("mappings"))


def _unit_from_data(panel: Json) -> bool:
    """Whether a query tells the unit."""
    named = [one["options"]["mappings"] for one in panel["transformations"] if one["id"] == "configFromData"]
    return any(mapping["handlerKey"] == "unit" for mappings in named for mapping in mappings)


def columns_of(panel: Json) -> Mapping[str, str]:
    """What the columns of a table are called, by the field that each is made of; nothing where it shows all as they come."""
    for one in panel.get("transformations", ()):
        if one["id"] == "organize":
            names: Mapping[str, str] = one["options"]["renameByName"]
            return names
    return {}


def fields_of(panel: Json) -> tuple[Json, Sequence[tuple[tuple[str, str], Json]]]:
    """How a panel shows its fields: always, and by what each override is for, as (kind of matcher, name)."""
    config = panel.get("fieldConfig", {"defaults": {}, "overrides": []})
    listed = [
        ((one["matcher"]["id"], str(one["matcher"]["options"])), {each["id"]: each["value"] for each in one["properties"]})
        for one in config["overrides"]
    ]
    return config["defaults"], listed


def told_when_empty(board: Board) -> Iterator[str]:
    """What stands where nothing is known is said in words."""
    for panel in board.panels:
        text = fields_of(panel)[0].get("noValue", "")
        if panel["type"] not in WITHOUT_QUERIES and not re.search(r"[^\W\d_]{2}", text):
            yield f"{panel['title']}: says {text!r} where nothing is known"


def asking(board: Board) -> Iterator[str]:
    """A panel has something to show."""
    for panel in board.panels:
        wanted = panel["type"] not in WITHOUT_QUERIES
        if wanted and not any(target["expr"].strip() for target in panel.get("targets", ())):
            yield f"{panel['title']}: asks for nothing"


def named_parts(board: Board) -> Iterator[str]:
    """What is said of a query or of the result of one names a query that there is."""
    for panel in board.panels:
        letters = {target["refId"] for target in panel.get("targets", ())}
        for (kind, name), _ in fields_of(panel)[1]:
            if kind == "byFrameRefID" and name not in letters:
                yield f"{panel['title']}: says how {name} looks, which is none of its queries"
        for field in columns_of(panel):
            if match := re.fullmatch(r"(?:Value|Trend) #(\w+)", field):
                if match[1] not in letters:
                    yield f"{panel['title']}: has a column of {match[1]}, which is none of its queries"
            elif field == "Value" and len(letters) > 1:
                yield f"{panel['title']}: has a column Value, but several queries"


def led_somewhere(board: Board) -> Iterator[str]:
    """A link has a title; to another dashboard it keeps time range and data source, elsewhere it is a whole address."""
    for panel in board.panels:
        defaults, overrides = fields_of(panel)
        listed = [*panel["links"], *defaults.get("links", ()), *(one for _, field in overrides for one in field.get("links", ()))]
        for link in listed:
            url = link["url"]
            if not link["title"].strip():
                yield f"{panel['title']}: a link to {url} has no title"
            if url.startswith("/d/"):
                yield from (f"{panel['title']}: {url} lacks {part}" for part in (TIME_KEPT, SOURCE_KEPT) if part not in url)
            elif not re.match(r"https?://", url):
                yield f"{panel['title']}: {url} is no address"
