"""Small warehouses that a person can check by eye: events written as a table, stored in each form that moments may have."""

import re
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from exporter.facts import Metric, Part
from exporter.sources.telemetry.source import TelemetrySource
from exporter.sources.telemetry.tables import TABLES, Kind
from support.postgres import READER, SCHEMA, Postgres
from support.tools import NOW, make_tools
from support.warehouses import Store, new_store

__all__ = [
    "FORMS",
    "LAUNCH",
    "SMALL_BETA",
    "Beta",
    "Events",
    "Figures",
    "Form",
    "events_of",
    "make_tables",
    "new_beta",
    "of",
    "small_beta",
    "when",
]

FIXTURES = Path(__file__).parents[1] / "fixtures"

Events = Mapping[str, Sequence[Mapping[str, Any]]]
"""Rows by table."""

Figures = Mapping[tuple[str, ...], float]
"""Figures by the name of their metric and the values of its labels."""

SMALL_BETA: Mapping[str, Any] = {
    "min_group": 2,
    "heavy_use": 21,
    "known": {"error_type": ["critical", "timeout"], "feature": ["safety_override"]},
}
"""The configuration that the small beta is read with."""
LAUNCH = date(2026, 1, 15)
_SPAN = re.compile(r"([+-]?)(\d+)([dhms])")
_SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_ZONES = (UTC, timezone(timedelta(hours=2)), timezone(timedelta(hours=-5)), timezone(timedelta(hours=5, minutes=45)))


def small_beta(now: datetime) -> Events:
    """The events of a beta with a dozen users, reported on at a moment; see the file for what each is there for."""
    return events_of((FIXTURES / "telemetry" / "beta.txt").read_text(), now)


def when(ago: str, now: datetime) -> datetime:
    """The moment so long before now: `7d`, `7d+1s` (a second before that), `1d-1s` (a second after it), `-1h` (to come)."""
    parts = _SPAN.findall(ago)
    assert "".join("".join(part) for part in parts) == ago, f"{ago} is no span"
    return now - timedelta(seconds=sum(int(sign + number) * _SECONDS[unit] for sign, number, unit in parts))


def events_of(text: str, now: datetime) -> Events:
    """The events of a table written for people.

    A line that is not indented names a table. The next one names its columns, where `ago` is the moment, as `when` reads it, and
    `times` says how many such events there are. Each line after that is an event: `-` is no value, `yes` and `no` are flags, the
    users are marked as planted. What follows `# ` is for the reader.
    """
    tables: dict[str, list[dict[str, Any]]] = {}
    columns: list[str] = []
    for line in filter(str.strip, (line.partition("# ")[0] for line in text.splitlines())):
        if not line.startswith(" "):
            rows = tables.setdefault(line.strip(), [])
            columns = []
        elif not columns:
            columns = line.split()
        else:
            cells = dict(zip(columns, shlex.split(line), strict=True))
            times = int(cells.pop("times", "1"))
            rows += [{"timestamp": when(cells["ago"], now), **_values(cells)}] * times
    return tables


def _values(cells: Mapping[str, str]) -> dict[str, Any]:
    return {name: None if cell == "-" else _value(name, cell) for name, cell in cells.items() if name != "ago"}


def _value(column: str, cell: str) -> Any:
    kinds = {one.kind for table in TABLES.values() for one in table.columns if one.name == column}
    if Kind.USER in kinds:
        return f"planted-{cell}"
    if Kind.FLAG in kinds:
        return {"yes": True, "no": False}[cell]
    return float(cell) if Kind.NUMBER in kinds else cell


def of(metric: Metric, *labels: str) -> tuple[str, ...]:
    """A figure by its metric and the values of its labels."""
    return (metric.name, *labels)


@dataclass(frozen=True, slots=True)
class Form:
    """How a product stores moments: the engine, the type of the column, and what is written for the nth moment.

    The tables that ship have no type of their own here.
    """

    engine: str
    type: str | None = None
    stored: Callable[[datetime, int], Any] = lambda moment, number: moment


def _text(moment: datetime, number: int) -> str:
    """ISO 8601 with a zone that is not the same for all."""
    text = moment.astimezone(_ZONES[number % len(_ZONES)]).isoformat(" " if number % 3 == 0 else "T")
    return text.replace("+00:00", "Z") if number % 2 == 0 else text


FORMS: Mapping[str, Form] = {
    "sqlite": Form("sqlite"),
    "sqlite seconds": Form("sqlite", "INTEGER", lambda moment, number: int(moment.timestamp())),
    "sqlite text": Form("sqlite", "TEXT", lambda moment, number: moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ")),
    "sqlite text with zones": Form("sqlite", "TEXT", _text),
    "postgresql": Form("postgresql"),
    "postgresql without zone": Form(
        "postgresql", "timestamp without time zone", lambda moment, number: moment.astimezone(UTC).replace(tzinfo=None)
    ),
}
"""Every form that is understood, by a name for tests."""


@dataclass(frozen=True, slots=True)
class Beta:
    """A warehouse whose moments are stored in one form."""

    store: Store
    form: Form

    def refresh(self, folder: Path, now: datetime = NOW, launch: date | None = LAUNCH, **config: Any) -> list[Part]:
        """The parts of one refresh, with figures of days that are over kept in a folder; no topic may fail."""
        source = TelemetrySource(self.store.config(**config))
        parts = list(source.collect(replace(make_tools(folder, now=now), launch=launch, keeps=True), now))
        failed = {part.topic.name: part.failure for part in parts if part.topic and part.failure}
        assert not failed, failed
        return parts

    def figures(self, folder: Path, now: datetime = NOW, launch: date | None = LAUNCH, **config: Any) -> Figures:
        """The figures of one refresh."""
        samples = [sample for part in self.refresh(folder, now, launch, **config) for sample in part.samples]
        found = {(sample.name, *(value for _, value in sample.labels)): sample.value for sample in samples}
        assert len(found) == len(samples), "a figure stands once"
        return found

    def insert(self, events: Events) -> None:
        """Writes events."""
        for table, rows in events.items():
            stored = [{**row, "timestamp": self.form.stored(row["timestamp"], number)} for number, row in enumerate(rows)]
            self.store.insert(table, stored)


@contextmanager
def new_beta(form: Form, folder: Path, server: Postgres) -> Iterator[Beta]:
    """An empty warehouse that stores moments in a form, from here to the end of the block."""
    with new_store(form.engine, folder, server, shipped=form.type is None) as store:
        if form.type is not None:
            make_tables(store, form.type)
        yield Beta(store, form)


def make_tables(store: Store, moment: str) -> None:
    """Makes tables as a product might: without keys and indexes, moments of the type that is given."""
    if store.engine == "postgresql":
        store.execute(f"CREATE SCHEMA {SCHEMA}")
        store.execute(f"GRANT USAGE ON SCHEMA {SCHEMA} TO {READER}")
    types = {Kind.TIME: moment, Kind.USER: "TEXT", Kind.WORD: "TEXT", Kind.FLAG: "BOOLEAN", Kind.NUMBER: "DOUBLE PRECISION"}
    for table in TABLES.values():
        columns = ", ".join(f"{column.name} {types[column.kind]}" for column in table.columns)
        store.execute(f"CREATE TABLE {store.called(table.name)} ({columns})")
    if store.engine == "postgresql":
        store.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {SCHEMA} TO {READER}")
