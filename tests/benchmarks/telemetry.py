"""What refreshes of the source `telemetry` take, by how many events there are, on SQLite and on PostgreSQL.

Run it with `PYTHONPATH=tests python tests/benchmarks/telemetry.py [EVENTS/DAYS ...]`. It fills a warehouse with the tables and
indexes that ship, and refreshes it: for the first time, a quarter of an hour later with the events of that time, and in a new
process without anything new. PostgreSQL is set up as it is installed, its tables vacuumed. Fails when a budget is exceeded.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

from pydantic import SecretStr

from benchmarks.telemetry_data import Batch, Product, fill_postgresql, fill_sqlite
from exporter.sources.telemetry.config import TelemetryConfig
from exporter.sources.telemetry.source import TelemetrySource
from support.postgres import OWNER, Postgres
from support.tools import NOW, make_tools

WORLDS = ((100_000, 90), (1_000_000, 90), (2_500_000, 90), (10_000_000, 90), (10_000_000, 360))
"""Events, and the days they are spread over. The third and the last have as many events a week."""
BUDGETS = {"postgresql": 5.0, "sqlite": 15.0}
"""Seconds of a refresh at 10 million events, the first one excepted: it also reads what is then kept."""
QUARTER = timedelta(minutes=15)
SERVER = {"max_wal_size": "8GB"}


@dataclass(frozen=True, slots=True)
class Cost:
    """What one refresh took: seconds, most memory of its process in bytes, samples, and bytes that are kept between refreshes."""

    seconds: float
    memory: int
    samples: int
    kept: int


def refresh(url: str, folder: Path, now: datetime, launch: datetime) -> Cost:
    """Refreshes once, in the process that calls it; every topic must come."""
    source = TelemetrySource(TelemetryConfig(url=SecretStr(url)))
    tools = replace(make_tools(folder, now=now), keeps=True, launch=launch.date())
    started = time.perf_counter()
    parts = list(source.collect(tools, now))
    seconds = time.perf_counter() - started
    failed = [part.topic for part in parts if part.failure]
    assert not failed, failed
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    kept = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return Cost(seconds, int(status["VmHWM"].split()[0]) * 1024, sum(len(part.samples) for part in parts), kept)


@contextmanager
def process() -> Iterator[ProcessPoolExecutor]:
    """A process of its own, so that what a refresh needs is not lost in what made the events."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        yield pool


def write(engine: str, folder: Path, server: Postgres, database: str, batches: list[Batch] | Iterator[Batch]) -> int:
    """Appends events to the warehouse of an engine."""
    if engine == "sqlite":
        return fill_sqlite(folder / "events.db", batches)
    return fill_postgresql(server.url(database, OWNER), batches)


def split(batch: Batch, moment: datetime) -> tuple[Batch, Batch]:
    """The events before a moment, and those after it."""
    limit = moment.timestamp() * 1000
    before = {table: [row for row in rows if row[0] < limit] for table, rows in batch.items()}
    return before, {table: rows[len(before[table]) :] for table, rows in batch.items()}


def measure(engine: str, events: int, days: int, server: Postgres, folder: Path) -> list[Cost]:
    """The first refresh, the next one and one after a restart, of a warehouse with about so many events."""
    database = server.create(shipped=False)
    later: list[Batch] = []

    def until_now() -> Iterator[Batch]:
        for batch in Product(events, days, NOW).batches(QUARTER):
            before, after = split(batch, NOW)
            later.append(after)
            yield before

    started = time.perf_counter()
    written = write(engine, folder, server, database, until_now())
    filled = time.perf_counter() - started
    url = f"sqlite:///{folder / 'events.db'}" if engine == "sqlite" else server.url(database, OWNER)
    state, launch = folder / "state", NOW - timedelta(days=days)
    with process() as one:
        costs = [one.submit(refresh, url, state, NOW, launch).result()]
        write(engine, folder, server, database, later)
        costs.append(one.submit(refresh, url, state, NOW + QUARTER, launch).result())
    with process() as another:
        costs.append(another.submit(refresh, url, state, NOW + QUARTER, launch).result())
    server.drop(database)
    told = "  ".join(f"{cost.seconds:6.2f} s" for cost in costs)
    last = costs[-1]
    sizes = f"{max(cost.memory for cost in costs) / 1e6:5.0f} MB  {last.kept / 1e6:5.2f} MB  {last.samples:7}"
    sys.stdout.write(f"{engine:10}  {written:10,}  {days:4}  {told}  {sizes}  ({filled:.0f} s to fill)\n")
    sys.stdout.flush()
    return costs


def main(worlds: list[tuple[int, int]]) -> None:
    """Prints a line for each warehouse; ends with 1 where a budget is exceeded."""
    over = []
    sys.stdout.write("engine          events  days     first      next   restart   memory     kept  samples\n")
    with Postgres(SERVER) as server:
        for events, days in worlds:
            for engine, budget in BUDGETS.items():
                with tempfile.TemporaryDirectory() as folder:
                    costs = measure(engine, events, days, server, Path(folder))
                over += [
                    f"{engine}, {events:,} events over {days} days: {c.seconds:.1f} s" for c in costs[1:] if c.seconds > budget
                ]
    if over:
        sys.exit("\n".join(f"over budget: {text}" for text in over))


if __name__ == "__main__":
    given = [(int(events), int(days)) for events, _, days in (text.partition("/") for text in sys.argv[1:])]
    main(given or list(WORLDS))
