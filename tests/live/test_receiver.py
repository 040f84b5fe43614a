"""The running receiver: killed, ended, locked out and flooded, between real clients and real databases."""

import random
import signal
import socket
import sqlite3
import ssl
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from support.postgres import Postgres
from support.programs import eventually
from support.receiver import EXAMPLES, TOKEN, Answered, ReceiverProgram, body_of, example, ids
from support.threads import send_to_another_thread
from support.warehouses import ENGINES, PostgresStore, SqliteStore, Store, new_store

KILLS = 5
MEGABYTE = 2**20
MOST_MEMORY = 200 * MEGABYTE


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A warehouse with the shipped tables, all empty: once on each engine."""
    server: Postgres | None = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    with new_store(request.param, tmp_path, server) as store:
        yield store


@contextmanager
def receiving(folder: Path, store: Store, *flags: str) -> Iterator[ReceiverProgram]:
    """A receiver that is ready, and that ends in order."""
    with ReceiverProgram(ReceiverProgram.configuration(folder, store.writer_url, events_per_second=1_000_000), *flags) as program:
        ready(program)
        yield program
    assert program.process.returncode == 0


def ready(program: ReceiverProgram) -> None:
    eventually(lambda: program.status("/-/healthy"), lambda status: status == 200)


@contextmanager
def locked(store: Store) -> Iterator[None]:
    """Somebody else writes, and takes long."""
    if isinstance(store, SqliteStore):
        with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
    else:
        with psycopg.connect(store.writer_url) as other:
            other.execute("LOCK TABLE analytics.crashes IN ACCESS EXCLUSIVE MODE")
            yield
            other.rollback()


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


class Client:
    """Sends batches one after the other, each again and again with the same ids until it is acknowledged."""

    def __init__(self, program: ReceiverProgram) -> None:
        self.program = program
        self.acknowledged: list[UUID] = []
        self.accepted = self.unanswered = 0

    def send(self, enough: threading.Event) -> None:
        while not enough.is_set():
            batch = [example(random.choice(EXAMPLES), at=now()) for _ in range(20)]
            said = self.acknowledgement(body_of(*batch)).said
            assert (said["accepted"] + said["duplicates"], said["refused_count"]) == (20, 0)
            self.accepted += said["accepted"]
            self.acknowledged += [UUID(event["event_id"]) for event in batch]

    def acknowledgement(self, body: bytes) -> Answered:
        while True:
            try:
                answer = self.program.send(body)
            except OSError:
                self.unanswered += 1
                time.sleep(0.05)
            else:
                if answer.status == 200:
                    return answer
                assert answer.status == 503


def test_a_kill_at_any_moment_loses_no_acknowledged_event_and_stores_none_twice(store: Store, tmp_path: Path) -> None:
    with receiving(tmp_path, store) as program, ThreadPoolExecutor(4) as pool:
        clients = [Client(program) for _ in range(4)]
        enough = threading.Event()
        sending = [pool.submit(client.send, enough) for client in clients]
        for _ in range(KILLS):
            time.sleep(random.uniform(0.3, 0.7))
            program.stop(signal.SIGKILL)
            acknowledged = {event for client in clients for event in list(client.acknowledged)}
            stored = ids(store)
            assert len(stored) == len(set(stored))
            assert acknowledged <= set(stored)
            program.__enter__()
            ready(program)
        enough.set()
        for done in sending:
            done.result()
    sent = [event for client in clients for event in client.acknowledged]
    assert sum(client.unanswered for client in clients) >= KILLS
    assert len(sent) >= KILLS * 20
    assert sorted(ids(store)) == sorted(sent)


def test_a_locked_warehouse_is_answered_503_and_comes_back_by_itself(store: Store, tmp_path: Path) -> None:
    event = body_of(example("crash", at=now()))
    with receiving(tmp_path, store) as program:
        with locked(store):
            began = time.monotonic()
            answer = program.send(event)
            assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
            assert 4 < time.monotonic() - began < 8
            assert program.status("/-/healthy") == 503
        assert program.send(event).said["accepted"] == 1
        assert program.status("/-/healthy") == 200
    log = program.log.read_text()
    assert log.count("the warehouse cannot be written, clients are told to come again") == 1
    assert log.count("the warehouse can be written again") == 1


def test_a_server_that_goes_away_and_comes_back_is_noticed(tmp_path: Path) -> None:
    event = body_of(example(at=now()))
    with Postgres() as server, new_store("postgresql", tmp_path, server) as store:
        with receiving(tmp_path, store) as program:
            server.stop()
            assert program.send(event).status == 503
            assert program.status("/-/healthy") == 503
            program.stop(signal.SIGKILL)
            # It starts without the server, too.
            program.__enter__()
            eventually(lambda: program.status("/-/healthy"), lambda status: status == 503)
            server.start()
            assert eventually(lambda: program.send(event), lambda answer: answer.status == 200).said["accepted"] == 1
        assert isinstance(store, PostgresStore)
        with server.connect(store.database) as connection:
            assert connection.execute("SELECT count(*) FROM analytics.command_generated").fetchone() == (1,)


def test_sigterm_lets_a_batch_under_way_be_committed_and_answered(store: Store, tmp_path: Path) -> None:
    event = example("crash", at=now())
    with receiving(tmp_path, store) as program, ThreadPoolExecutor(2) as pool:
        with locked(store):
            answer = pool.submit(program.send, body_of(event))
            time.sleep(0.5)
            send_to_another_thread(program.process.pid, signal.SIGTERM)
            time.sleep(0.5)
            with pytest.raises(OSError, match="refused"):
                program.send(body_of())
        assert answer.result().said["accepted"] == 1
        assert program.process.wait(5) == 0
    assert ids(store) == [UUID(event["event_id"])]
    assert "Traceback" not in program.log.read_text()


def test_the_token_is_asked_for_and_never_logged(store: Store, tmp_path: Path) -> None:
    with receiving(tmp_path, store, "--log.level=debug") as program:
        assert program.send(body_of(), Authorization="Bearer wrong").status == 401
        assert program.send(body_of()).status == 200
    assert "planted" not in program.log.read_text()


def test_its_metrics_are_at_the_other_address_alone(store: Store, tmp_path: Path) -> None:
    with receiving(tmp_path, store) as program:
        program.send(body_of(example(at=now())))
        program.send(b"nonsense")
        assert program.status("/metrics") == 404
        public, program.url = program.url, program.own_url
        lines = program.get("/metrics").splitlines()
        assert program.status("/v1/events", "POST") == 404
        program.url = public
    assert 'kpi_exporter_receiver_events_total{outcome="accepted"} 1.0' in lines
    assert 'kpi_exporter_receiver_requests_total{code="400"} 1.0' in lines


def test_a_flood_of_the_worst_bodies_takes_bounded_memory_and_stops_nobody_for_long(tmp_path: Path) -> None:
    # As many lists as are read at all, and then numbers, each an object of its own.
    worst = b'{"events":[' + b"[]," * 9_000 + b"1e9," * 250_000 + b"1]}"
    assert MEGABYTE - 30_000 < len(worst) < MEGABYTE
    with new_store("sqlite", tmp_path, None) as store, receiving(tmp_path, store) as program, ThreadPoolExecutor(40) as pool:
        flood = [pool.submit(outcome, program, worst) for _ in range(200)]
        statuses = {done.result() for done in flood}
        status = Path(f"/proc/{program.process.pid}/status").read_text()
        [peak] = [int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM")]
        assert program.send(body_of(example(at=now()))).said["accepted"] == 1
    assert statuses <= {413, 503}
    assert peak < MOST_MEMORY


def outcome(program: ReceiverProgram, body: bytes) -> int:
    return program.send(body).status


def test_clients_that_hold_connections_open_are_cut_so_that_others_get_through(tmp_path: Path) -> None:
    with new_store("sqlite", tmp_path, None) as store, receiving(tmp_path, store) as program:
        port = int(program.url.rpartition(":")[2])
        head = f"POST /v1/events HTTP/1.1\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n"
        slow = [socket.create_connection(("127.0.0.1", port), 5) for _ in range(64)]
        for client in slow:
            client.sendall(f"{head}Content-Length: 1000\r\n\r\n".encode())
        answer = eventually(lambda: program.send(body_of(example(at=now()))), lambda one: one.status == 200, 25)
        for client in slow:
            client.close()
    assert answer.said["accepted"] == 1


def test_many_clients_at_once_are_counted_exactly(store: Store, tmp_path: Path) -> None:
    with receiving(tmp_path, store) as program, ThreadPoolExecutor(16) as pool:
        batch = body_of(*(example(at=now()) for _ in range(100)))
        answers = [done.result().said for done in [pool.submit(Client(program).acknowledgement, batch) for _ in range(32)]]
    assert sum(said["accepted"] for said in answers) == 100
    assert sum(said["duplicates"] for said in answers) == 31 * 100
    assert len(ids(store)) == 100


def test_it_speaks_tls_where_the_web_configuration_says_so(tmp_path: Path) -> None:
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    kind = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    files = ["-keyout", tmp_path / "key.pem", "-out", tmp_path / "certificate.pem"]
    subprocess.run(["openssl", *kind, *names, *files], check=True, capture_output=True)
    web = tmp_path / "web.yml"
    web.write_text("tls_server_config: {cert_file: certificate.pem, key_file: key.pem}\n")
    trust = ssl.create_default_context(cafile=tmp_path / "certificate.pem")
    with new_store("sqlite", tmp_path, None) as store:
        config = ReceiverProgram.configuration(tmp_path, store.writer_url)
        with ReceiverProgram(config, f"--web.config.file={web}") as program:
            address = program.url.replace("http:", "https:")
            headers = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"}
            request = urllib.request.Request(f"{address}/v1/events", body_of(example(at=now())), headers)
            said = eventually(lambda: urllib.request.urlopen(request, timeout=5, context=trust).read())
            with pytest.raises(OSError, match=r"(?i)remote end closed|reset"):
                program.status("/-/healthy")
        assert len(ids(store)) == 1
    assert b'"accepted": 1' in said
