"""Rules on colours: none speaks alone, and people who do not see red and green apart see as much as others."""

import re
from collections.abc import Iterator
from typing import Any

from support.conventions.panels import columns_of, fields_of
from support.rendered import Board, Json

__all__ = ["chosen", "mapped_with_text", "told_in_words", "without_red_and_green"]

QUIET = {"text", "transparent"}
"""These say nothing: a single other colour among them stresses a number that can be read, and is no state."""
RED_AND_GREEN = {"continuous-GrYlRd", "continuous-RdYlGr"}


def told_in_words(board: Board) -> Iterator[str]:
    """Where limits give several colours, words say what they mean.

    A word in the place of the number, a column of words beside it, or the description, which names each colour.
    """
    for panel in board.panels:
        defaults, overrides = fields_of(panel)
        shown = set(columns_of(panel).values())
        fields = [("", defaults), *((name, field) for (_, name), field in overrides if not shown or name in shown)]
        worded = [name for name, field in fields if field.get("mappings") and name]
        for name, field in fields:
            accents = _accents(field)
            if len(accents) < 2 or field.get("mappings") or worded or _drawn_across(field):
                continue
            unsaid = [
                colour for colour in sorted(accents) if not re.search(rf"\b{colour}\b", panel["description"], re.IGNORECASE)
            ]
            if unsaid:
                yield f"{panel['title']}{f', {name}' if name else ''}: nothing says what {' and '.join(unsaid)} means"


def _accents(field: Json) -> set[str]:
    """The colours that limits give, as far as the field shows them."""
    own = field.get("color", {}).get("mode")
    cells = field.get("custom.cellOptions", {}).get("type", "")
    if own != "thresholds" and not cells.startswith("color-"):
        return set()
    return {step["color"] for step in field.get("thresholds", {}).get("steps", ())} - QUIET


def _drawn_across(field: Json) -> bool:
    """Whether limits are lines across a graph."""
    style: Any = field.get("custom.thresholdsStyle") or field.get("custom", {}).get("thresholdsStyle") or {}
    return style.get("mode") in {"dashed", "line"}


def mapped_with_text(board: Board) -> Iterator[str]:
    """A value that has a colour of its own has a word too."""
    for panel in board.panels:
        for result in _mapped(panel):
            if result.get("color", "text") not in QUIET and not _is_word(result.get("text", "")):
                yield f"{panel['title']}: a value has the colour {result['color']} and no word"


def _mapped(panel: Json) -> Iterator[Json]:
    """What values are mapped to."""
    defaults, overrides = fields_of(panel)
    for field in (defaults, *(field for _, field in overrides)):
        for mapping in field.get("mappings", ()):
            yield from mapping["options"].values() if mapping["type"] == "value" else [mapping["options"]["result"]]


def _is_word(text: str) -> bool:
    return re.search(r"[^\W\d_]", text) is not None


def without_red_and_green(board: Board) -> Iterator[str]:
    """Blue stands for good, orange and red for bad; bands of red and green, as documents have them, are named."""
    for panel in board.panels:
        found = {
            name for name in _colours([panel.get("fieldConfig"), panel["options"]]) if "green" in name or name in RED_AND_GREEN
        }
        named = {one["color"] for one in _mapped(panel) if one.get("color", "").removeprefix("dark-") == one.get("text")}
        yield from (f"{panel['title']}: uses {name}" for name in sorted(found - named))


def _colours(part: Any) -> Iterator[str]:
    """Every colour and palette that a part of a panel names."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key in {"color", "fixedColor", "mode"} and isinstance(value, str):
                yield value
            else:
                yield from _colours(value)
    elif isinstance(part, list):
        for one in part:
            yield from _colours(one)


def chosen(board: Board) -> Iterator[str]:
    """Lines that are known beforehand have a colour that was chosen for them: the palette of Grafana has red beside green."""
    for panel in board.panels:
        if panel["type"] != "timeseries":
            continue
        defaults, overrides = fields_of(panel)
        coloured = {name for (_, name), field in overrides if "color" in field}
        for target in panel["targets"]:
            named = {target["refId"], target["legendFormat"]} & coloured
            free = "{{" in target["legendFormat"] or target["format"] == "table"
            if not named and not free and defaults.get("color", {}).get("mode") != "fixed":
                yield f"{panel['title']}, {target['legendFormat']}: has a colour of the palette"
