"""The verdict of `check`: as a table for people, as JSON for programs."""

import itertools
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from exporter.collect.job import Job
from exporter.collect.setup import Setup
from exporter.errors import Reason
from exporter.facts import Part
from exporter.kpi import Row, State, Status
from exporter.kpi.words import age_in_words, in_words

__all__ = ["as_json", "failed_parts", "print_table"]

NARROWEST = 80
"""Columns that a table takes at least."""
NAMED = 3
"""Parts of a source that are named where several failed for the same reason."""

_STATUS = {
    Status.ON_TARGET: ("on target", "green"),
    Status.BEHIND: ("behind", "yellow"),
    Status.ALERT: ("ALERT", "bold red"),
    Status.NO_DATA: ("no data", "dim"),
    Status.TRACKED: ("tracked", ""),
}
_NEEDS_HISTORY = ("needs history", "dim")


def as_json(rows: Sequence[Row], projects: Sequence[str], now: datetime) -> str:
    """The verdict as one JSON document; what is not known is null, and the rows keep their order."""
    document = {
        "generated_at": now.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "projects": [
            {"project": project, "kpis": [_row_json(row, now) for row in rows if row.project == project]} for project in projects
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)


def _row_json(row: Row, now: datetime) -> dict[str, Any]:
    return {
        "kpi": row.kpi,
        "segment": row.segment,
        "title": row.title,
        "unit": row.unit,
        "value": row.value,
        "target": row.target,
        "goal": row.goal,
        "attainment": row.attainment,
        "status": State.NEEDS_HISTORY if row.needs_history else row.status,
        "source": row.source,
        "age_seconds": None if row.time is None else max(0.0, round((now - row.time).total_seconds(), 3)),
        "alerts": [{"name": alert.name, "priority": alert.priority, "state": alert.state} for alert in row.alerts],
    }


def print_table(
    rows: Sequence[Row], setup: Setup, jobs: Iterable[Job], now: datetime, *, whole: bool, deciding: Collection[str]
) -> None:
    """Prints a table a project, what is wrong with its sources, and what it comes to.

    An alert of the `deciding` priorities that could not be judged is named, so that nobody takes silence for consent.
    Of a KPI without any figure one row is shown, and of the others no segment without figure and target, unless `whole`.
    """
    console = Console(highlight=False, soft_wrap=False)
    # Narrower than that, numbers would be cut; and nobody resizes a pipe.
    console.width = max(console.width, NARROWEST) if console.is_terminal else 200
    trouble: dict[str, list[str]] = {}
    for job in jobs:
        trouble.setdefault(job.project, []).extend(_trouble(job))
    for project in setup.config.projects:
        own = [row for row in rows if row.project == project.name]
        console.print(_table(project.name, own if whole else _telling(own), now))
        for line in trouble.get(project.name, ()):
            console.print(f"  {line}", style="yellow", markup=False)
        for line in _summary(project.name, own, deciding):
            console.print(line, markup=False, soft_wrap=True)
        console.print()


def _telling(rows: Iterable[Row]) -> list[Row]:
    """The rows that say something: every KPI has one at least."""
    shown: list[Row] = []
    for _, group in itertools.groupby(rows, key=lambda row: row.kpi):
        kpi = list(group)
        if all(row.value is None for row in kpi):
            shown.append(next((row for row in kpi if row.needs_history), kpi[0]))
        else:
            shown += [row for row in kpi if row.value is not None or row.target is not None]
    return shown


def _table(project: str, rows: Sequence[Row], now: datetime) -> Table:
    table = Table(title=project, title_justify="left", title_style="bold", box=None, pad_edge=False, header_style="bold")
    table.add_column("KPI", overflow="fold")
    table.add_column("segment", no_wrap=True)
    for name in ("value", "target", "attained"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("status", overflow="fold")
    table.add_column("from", overflow="fold")
    last = None
    for row in rows:
        table.add_row(
            Text(row.title if row.kpi != last else ""),
            Text(row.segment),
            in_words(row.value, row.unit),
            in_words(row.target, row.unit) if row.target is not None else "",
            f"{row.attainment:.0%}" if row.attainment is not None else "",
            _status(row),
            _origin(row, now),
        )
        last = row.kpi
    return table


def _status(row: Row) -> Text:
    """The status, with the alerts that hold."""
    word, style = _NEEDS_HISTORY if row.needs_history else _STATUS[row.status]
    firing = [f"{alert.priority} {alert.name}" for alert in row.alerts if alert.state is State.FIRING]
    return Text(", ".join([word, *firing]), style=style)


def _origin(row: Row, now: datetime) -> Text:
    """Which sources a value comes from and how old it is, or why there is none."""
    if row.source is None:
        return Text(row.why, style="dim")
    return Text(f"{row.source}, {age_in_words((now - row.time).total_seconds())}" if row.time else row.source)


def _trouble(job: Job) -> Iterator[str]:
    if (health := job.health) is None or not health.failed_parts:
        return
    if health.failure is not None:
        yield f"{job.name}: gave nothing ({health.failure})"
        return
    for what, reason, names in failed_parts(job.last_snapshot.parts if job.last_snapshot else ()):
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        yield f"{job.name}: {', '.join(names[:NAMED]) or 'all together'}{more}{what}: {reason}"


def failed_parts(parts: Iterable[Part]) -> Iterator[tuple[str, Reason, list[str]]]:
    """Which parts failed for the same reason: their topics, told where others of the same thing did not fail, and their names."""
    topics: defaultdict[str, set[str]] = defaultdict(set)
    failed: defaultdict[tuple[str, Reason], set[str]] = defaultdict(set)
    for part in parts:
        name, topic = ", ".join(value for _, value in part.labels), part.topic.name if part.topic else ""
        topics[name].add(topic)
        if part.failure is not None:
            failed[name, part.failure].add(topic)
    told: defaultdict[tuple[str, Reason], list[str]] = defaultdict(list)
    for (name, reason), those in failed.items():
        what = "" if those == topics[name] else f" ({', '.join(sorted(those))})"
        # What is pooled over all things fails with any of them: their names say it.
        told[what, reason] += [name] if name else []
    for (what, reason), names in told.items():
        yield what, reason, names


def _summary(project: str, rows: Sequence[Row], deciding: Collection[str]) -> Iterator[str]:
    """How many figures stand how, which alerts hold, and which could not be judged."""
    judged = [row for row in rows if not row.needs_history]
    counts = [(sum(row.status is status for row in judged), word) for status, (word, _) in _STATUS.items()]
    counts.append((len(rows) - len(judged), "need history"))
    told = ", ".join(f"{count} {word.lower()}" for count, word in counts if count)
    firing = _alerts(rows, State.FIRING)
    yield f"{project}: {told}. " + (f"Alerts that hold: {'; '.join(firing)}." if firing else "No alert holds.")
    if unknown := [alert for alert in _alerts(rows, State.NO_DATA) if alert.split()[0] in deciding]:
        yield f"  not judged, a figure is missing: {'; '.join(unknown)}"
    if waiting := _alerts(rows, State.NEEDS_HISTORY):
        yield f"  not judged, they need history (--prometheus.url): {'; '.join(waiting)}"


def _alerts(rows: Iterable[Row], state: State) -> list[str]:
    found = {(alert.priority, alert.name) for row in rows for alert in row.alerts if alert.state is state}
    return [f"{priority} {name}" for priority, name in sorted(found)]
