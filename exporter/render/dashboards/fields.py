"""Overrides: what is different for the result of one query, or for one column of a table."""

from collections.abc import Mapping, Sequence
from typing import Any

from exporter.render.dashboards.model import Json

__all__ = ["ALARM", "BAD", "GOOD", "LINES", "QUIET", "column", "fixed", "result", "words"]

GOOD, BAD, ALARM, QUIET = "blue", "orange", "red", "text"
"""Colours that people tell apart whatever they see; each stands beside a word that says the same."""

LINES = ("#0072B2", "#E69F00", "#CC79A7", "#56B4E9", "#009E73", "#D55E00", "#999999")
"""Colours of lines that stand side by side: those of Okabe and Ito, which people tell apart who do not see all colours."""


def result(letter: str, **properties: Any) -> Json:
    """Properties of what the query of that letter gives."""
    return {"matcher": {"id": "byFrameRefID", "options": letter}, "properties": _listed(properties)}


def column(name: str, **properties: Any) -> Json:
    """Properties of the column of that name."""
    return {"matcher": {"id": "byName", "options": name}, "properties": _listed(properties)}


def fixed(colour: str) -> Json:
    """One colour, whatever the value."""
    return {"fixedColor": colour, "mode": "fixed"}


def words(texts: Mapping[str, tuple[str, str]]) -> Sequence[Json]:
    """Mappings from a value to the text and the colour that stand for it."""
    options = {
        value: {"color": colour, "index": index, "text": text} for index, (value, (text, colour)) in enumerate(texts.items())
    }
    return [{"options": options, "type": "value"}]


def _listed(properties: Mapping[str, Any]) -> Sequence[Json]:
    """A double underscore stands for the point in names such as custom.width."""
    return [{"id": name.replace("__", "."), "value": value} for name, value in properties.items()]
