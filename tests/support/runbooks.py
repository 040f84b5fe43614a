"""Runbooks as data: the parts of a page, and what its first line says of an alert of a catalog."""

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from exporter.catalog import Catalog
from exporter.catalog.model import Alert, Kpi, When
from exporter.document import format_duration
from exporter.kpi.words import in_words

__all__ = ["FOLDER", "Runbook", "catalog_line", "index_row", "runbooks"]

FOLDER = Path(__file__).parents[2] / "prometheus" / "runbooks"
INDEX = "README"

_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")


@dataclass(frozen=True, slots=True)
class Runbook:
    """The page of one alert; `line` tells in one line when it fires, `sections` are the rest by their headings, in order."""

    name: str
    title: str
    line: str
    sections: Mapping[str, str]

    @property
    def queries(self) -> Sequence[str]:
        """What it gives to paste into Prometheus."""
        fences = _FENCE.findall("\n".join(self.sections.values()))
        return [textwrap.dedent(body) for _, language, body in fences if language == "promql"]

    @property
    def links(self) -> Sequence[str]:
        """Where it leads, inside the project."""
        return [link for text in self.sections.values() for link in _LINK.findall(text) if "://" not in link]


def runbooks() -> Sequence[Runbook]:
    """Every page but the index, by name."""
    return [_parsed(path) for path in sorted(FOLDER.glob("*.md")) if path.stem != INDEX]


def _parsed(path: Path) -> Runbook:
    head, *parts = re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    title, _, line = head.strip().partition("\n")
    sections = {heading: text.strip() for heading, _, text in (part.partition("\n") for part in parts)}
    return Runbook(path.stem, title, line.strip(), sections)


def catalog_line(catalog: Catalog, kpi: Kpi, alert: Alert) -> str:
    """The line that the page of an alert of a catalog begins with."""
    parts = [
        alert.priority,
        f"project `{catalog.project}`",
        f"KPI `{kpi.id}`{_segments(alert.segments)}",
        _condition(alert.when, kpi.unit_of(alert.segments[0])),
    ]
    if alert.hold:
        parts.append(f"for {format_duration(alert.hold)}")
    if alert.escalate:
        channels = ", ".join(f"`{channel}`" for channel in alert.escalate.channels)
        parts.append(f"after {format_duration(alert.escalate.after)} to {channels}")
    return " · ".join(parts)


def index_row(name: str, *cells: str) -> str:
    """The row of an alert in a table of the index."""
    return f"| {' | '.join((f'[{name}]({name}.md)', *cells))} |"


def _segments(names: Sequence[str]) -> str:
    if list(names) == [""]:
        return ""
    return ", each segment" if "*" in names else f", segment {' or '.join(f'`{name}`' for name in names)}"


def _condition(when: When, unit: str) -> str:
    if when.above is not None:
        return f"above {in_words(when.above, unit)}"
    if when.below is not None:
        return f"below {in_words(when.below, unit)}"
    if when.above_target is not None:
        return f"above {in_words(when.above_target, 'ratio')} of the target"
    if when.below_target is not None:
        return f"below {in_words(when.below_target, 'ratio')} of the target"
    if when.crosses is not None:
        return f"passes {', '.join(in_words(rung, unit) for rung in when.crosses)}"
    if when.growth_below is not None:
        return f"grows by less than {in_words(when.growth_below.ratio, 'ratio')} in {format_duration(when.growth_below.over)}"
    drop = when.drop
    assert drop is not None
    size = in_words(drop.ratio, "ratio") if drop.ratio is not None else f"{in_words(drop.points, unit)} points"
    return f"falls by more than {size} in {format_duration(drop.over)}"
