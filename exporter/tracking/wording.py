"""What tracking issues say: titles, bodies, comments. Nothing but the labels and annotations named here gets into them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from exporter.document import format_duration
from exporter.tracking.marker import Mark, Marker
from exporter.tracking.message import Alert
from exporter.tracking.plain import inline, one_line, unreferring, web_address

__all__ = ["again", "body", "resolved", "title"]

_LONGEST_AT_GITHUB = 256
"""Characters of a title."""
_LONGEST_TITLE = 180
_LONGEST_SEGMENT = 40
_LONGEST_CELL = 200
_LONGEST_TEXT = 2000

_FIGURES = (("value", "Value"), ("limit", "Limit"), ("target", "Target"))
"""Annotations with a figure, and what the table calls them."""
_LINKS = (("runbook_url", "Runbook"), ("dashboard_url", "Dashboard"))
_CLOSING = (
    "This issue is closed when the alert resolves, and opened again when it fires again."
    " Closed by a person, it stays closed until the alert has resolved and fires again."
)


def title(alert: Alert) -> str:
    """The title: the summary of the alert, and the segment where there is one."""
    names = (alert.annotations.get("summary", ""), alert.labels.get("alertname", ""), "Alert")
    said = next(text for text in (one_line(name, _LONGEST_TITLE) for name in names) if text)
    segment = one_line(alert.labels.get("segment", ""), _LONGEST_SEGMENT)
    return unreferring(f"{said} ({segment})" if segment else said)[:_LONGEST_AT_GITHUB]


def body(alert: Alert, marker: Marker) -> str:
    """The text of a new issue, which ends with its marker."""
    return _joined([_which(alert), *_what(alert), _action(alert), _links(alert), _CLOSING, str(marker)])


def again(alert: Alert, mark: Mark) -> str:
    """The comment on an issue whose alert fires again."""
    return _joined([f"The alert fires again, since {_moment(alert.starts_at)}.", *_what(alert), _links(alert), str(mark)])


def resolved(alert: Alert, since: datetime, mark: Mark) -> str:
    """The comment on an issue whose alert is resolved; the episode began at `since`."""
    lasted = max(alert.ends_at - since, timedelta(0))
    lasted -= timedelta(microseconds=lasted.microseconds)
    after = f", after {format_duration(lasted)}" if lasted else ""
    return _joined([f"The alert is resolved since {_moment(alert.ends_at)}{after}.", str(mark)])


def _which(alert: Alert) -> str:
    labels = alert.labels
    named = [("project", "project"), ("kpi", "KPI"), ("segment", "segment")]
    about = [f"{word} {inline(labels[label], _LONGEST_CELL)}" for label, word in named if labels.get(label)]
    priority = inline(labels.get("priority", ""), _LONGEST_CELL)
    name = inline(labels.get("alertname", ""), _LONGEST_CELL) or "An alert"
    return f"**{name}**{f' ({priority})' if priority else ''} fires{' for ' if about else ''}{', '.join(about)}."


def _what(alert: Alert) -> list[str]:
    rows = [(word, _cell(alert, name)) for name, word in _FIGURES]
    rows += [("Since", _moment(alert.starts_at)), ("Respond within", _cell(alert, "respond_within"))]
    table = "\n".join(["| | |", "|---|---|", *(f"| {word} | {text} |" for word, text in rows if text)])
    return [inline(alert.annotations.get("description", ""), _LONGEST_TEXT), table]


def _cell(alert: Alert, annotation: str) -> str:
    return inline(alert.annotations.get(annotation, ""), _LONGEST_CELL)


def _action(alert: Alert) -> str:
    action = inline(alert.annotations.get("action", ""), _LONGEST_TEXT)
    return f"**What to do:** {action}" if action else ""


def _links(alert: Alert) -> str:
    found = ((word, web_address(alert.annotations.get(name, ""))) for name, word in _LINKS)
    return " · ".join(f"[{word}](<{address}>)" for word, address in found if address)


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _joined(parts: Iterable[str]) -> str:
    return "\n\n".join(part for part in parts if part)
