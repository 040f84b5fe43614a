"""The first line of a dashboard: the question that it answers, and how old its figures are."""

from collections.abc import Sequence

from exporter.render.dashboards.fields import QUIET, fixed
from exporter.render.dashboards.model import COLUMNS, Panel, Query
from exporter.render.dashboards.trends import NUMBERS
from exporter.render.rules.series import BY_ROW, STATUS_DERIVED

__all__ = ["header", "question_panel"]

_STAMP = 6
HEIGHT = 3


def header(question: str, matchers: str) -> Sequence[Panel]:
    """The question, and when the newest of the facts beneath was true; `matchers` in braces say of which figures."""
    stamp = Panel(
        kind="stat",
        title="Last update",
        description="When the newest of the facts behind the figures of this page was true, in the time zone of the dashboard.",
        queries=[Query(f"max({_read(matchers)}) * 1000", "Last update")],
        unit="time:ddd D MMM YYYY, HH:mm z",
        width=_STAMP,
        height=HEIGHT,
        options={**NUMBERS, "colorMode": "none", "text": {"valueSize": 20}, "textMode": "value"},
        defaults={"color": fixed(QUIET)},
    )
    return question_panel(question, width=COLUMNS - _STAMP), stamp


def _read(matchers: str) -> str:
    """When facts were true. What is derived from the past is always of this minute, and counts where there is nothing else."""
    every = f"kpi:value:timestamp_seconds{matchers}"
    return f"({every} unless on ({BY_ROW}) {STATUS_DERIVED})\nor on ()\n{every}"


def question_panel(question: str, note: str = "", width: int = COLUMNS) -> Panel:
    """The question, large, with a note beneath it."""
    return Panel(
        kind="text",
        title="",
        description=question,
        width=width,
        height=HEIGHT,
        options={"content": f"### {question}\n{note}".strip(), "mode": "markdown"},
    )
