"""How many events a second the receiver takes, and how long a batch takes to be acknowledged, on SQLite and on PostgreSQL.

Events are committed to disk as they are in use. The clients run on the same two processors.
Run it: python tests/benchmarks/telemetry_receiver.py
"""

# ruff: noqa: T201  # a benchmark prints its figures

import http.client
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from support.postgres import Postgres
from support.programs import eventually
from support.receiver import TOKEN, ReceiverProgram
from support.warehouses import ENGINES, Store, new_store

RATE = 1_000
"""Events a second that must be taken."""
BUDGET_SECONDS = 0.25
"""Within which 99 of 100 batches must be acknowledged at that rate."""
SAFE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "autovacuum": "on"}
CLIENTS = 2

EVENT = (
    '{{"event_id": "{}", "event_type": "command_generated", "timestamp": "{}", "user_id": "{:032x}", '
    '"platform": "macos", "category": "file_management", "retries": 0}}'
)


@dataclass(frozen=True)
class Load:
    """What a client is to do: send so many batches a second (None: as many as it can) of so many events, for so many seconds."""

    batches: float | None
    events: int
    seconds: float


@dataclass(frozen=True)
class Figures:
    """What came of a load: seconds of each batch, events acknowledged, seconds of it all, and processors the receiver used."""

    times: list[float]
    accepted: int
    seconds: float
    processors: float

    @property
    def line(self) -> str:
        median, p99 = statistics.median(self.times) * 1000, self.p99 * 1000
        rate = self.accepted / self.seconds
        return f"{rate:,.0f} events a second, median {median:.1f} ms, p99 {p99:.1f} ms, {self.processors:.0%} of a processor"

    @property
    def p99(self) -> float:
        return statistics.quantiles(self.times, n=100)[98]


def body(events: int) -> bytes:
    """A batch of new events of this moment."""
    moment = datetime.now(UTC).isoformat(timespec="milliseconds")
    made = ", ".join(EVENT.format(uuid4(), moment, number) for number in range(events))
    return f'{{"events": [{made}]}}'.encode()


def send(port: int, content: bytes) -> int:
    """Sends a batch over a connection of its own, as many clients would; gives how many events are new."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"}
        connection.request("POST", "/v1/events", content, headers)
        answer = connection.getresponse().read()
    finally:
        connection.close()
    return int(answer.partition(b'"accepted": ')[2].partition(b",")[0])


def client(port: int, load: Load) -> tuple[list[float], int]:
    """Seconds of each batch, counted from when it was due, and events that were acknowledged."""
    times, accepted, begin = [], 0, time.monotonic()
    due = begin
    while due < begin + load.seconds:
        content = body(load.events)
        time.sleep(max(0.0, due - time.monotonic()))
        accepted += send(port, content)
        now = time.monotonic()
        times.append(now - due)
        due = now if load.batches is None else due + 1 / load.batches
    return times, accepted


def measured(program: ReceiverProgram, load: Load) -> Figures:
    """What several clients at once see, each with its share of the load."""
    port = int(program.url.rpartition(":")[2])
    share = Load(load.batches and load.batches / CLIENTS, load.events, load.seconds)
    before, begin = processor_seconds(program.process.pid), time.monotonic()
    with multiprocessing.Pool(CLIENTS) as pool:
        done = pool.starmap(client, [(port, share)] * CLIENTS)
    seconds = time.monotonic() - begin
    used = processor_seconds(program.process.pid) - before
    return Figures([one for times, _ in done for one in times], sum(count for _, count in done), seconds, used / seconds)


def processor_seconds(pid: int) -> float:
    """What a process has used of all processors so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def receiving(engine: str, folder: Path) -> Iterator[tuple[ReceiverProgram, Store]]:
    """A receiver before an empty warehouse."""
    with Postgres(SAFE) as server, new_store(engine, folder, server) as store:
        config = ReceiverProgram.configuration(folder, store.writer_url, events_per_second=1_000_000)
        with ReceiverProgram(config) as program:
            eventually(lambda: program.status("/-/healthy"), lambda status: status == 200)
            yield program, store


def main() -> None:
    kept = True
    for engine in ENGINES:
        with tempfile.TemporaryDirectory() as folder, receiving(engine, Path(folder)) as (program, store):
            for events, seconds in ((20, 30), (100, 10)):
                figures = measured(program, Load(RATE / events, events, seconds))
                print(f"{engine}, {RATE:,} events a second in batches of {events}: {figures.line}")
                kept &= figures.accepted >= RATE * seconds and figures.p99 <= BUDGET_SECONDS
            for events in (1, 20, 100, 1_000):
                print(f"{engine}, as many batches of {events} as it takes: {measured(program, Load(None, events, 10)).line}")
            status = Path(f"/proc/{program.process.pid}/status").read_text()
            print(f"{engine}, most memory: {int(status.partition('VmHWM:')[2].split()[0]) / 1024:.0f} MB")
            [(stored,)] = store.execute(f"SELECT count(*) FROM {store.called('command_generated')}")
            print(f"{engine}, stored: {stored:,}")
    print(f"budget of {RATE:,} events a second, p99 {BUDGET_SECONDS * 1000:.0f} ms: {'kept' if kept else 'exceeded'}")
    raise SystemExit(0 if kept else 1)


if __name__ == "__main__":
    main()
