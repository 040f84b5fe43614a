"""Databases that are bad: each is one clear error, which says nothing that is secret, and none does harm."""

import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

from exporter.errors import Reason, UpstreamError
from exporter.sources.telemetry.config import TelemetryConfig
from exporter.sources.telemetry.warehouse import Warehouse, open_warehouse
from support.frontdoor import refusing_server
from support.postgres import PASSWORD, READER, Postgres
from support.tools import NOW
from support.warehouses import PostgresStore, SqliteStore

SHORT = timedelta(seconds=1)
SECRETS = (PASSWORD, "p%40ss", "p@ss", READER, "planted")


def config(url: str, timeout: timedelta = SHORT) -> TelemetryConfig:
    return TelemetryConfig(url=SecretStr(url), timeout=timeout)


def failure(url: str) -> tuple[Reason, str]:
    """What opening the warehouse of a URL, and asking it for a table, comes to."""
    with pytest.raises(UpstreamError) as caught, open_warehouse(config(url)) as warehouse:
        warehouse.relation("crashes")
    text = str(caught.value)
    assert not [secret for secret in SECRETS if secret in text]
    return caught.value.reason, text


def crashes_of(warehouse: Warehouse) -> int:
    number: int = warehouse.number(select(func.count()).select_from(warehouse.relation("crashes").rows))
    return number


@pytest.fixture
def kept(postgres: Postgres) -> Iterator[PostgresStore]:
    """A warehouse on the server of all tests."""
    store = PostgresStore(postgres)
    yield store
    store.close()


@pytest.fixture
def file(tmp_path: Path) -> Iterator[SqliteStore]:
    """A warehouse in a file."""
    store = SqliteStore(tmp_path / "events.db")
    yield store
    store.close()


def test_a_wrong_password(kept: PostgresStore, postgres: Postgres) -> None:
    expected = f"the database {kept.database} on 127.0.0.1:{postgres.port} refuses the role or its password"
    assert failure(postgres.url(kept.database, password="planted/wrong")) == (Reason.AUTH, expected)


def test_an_unknown_role(kept: PostgresStore, postgres: Postgres) -> None:
    assert failure(postgres.url(kept.database, role="nobody"))[0] == Reason.AUTH


def test_no_password(kept: PostgresStore, postgres: Postgres) -> None:
    assert failure(f"postgresql://{READER}@127.0.0.1:{postgres.port}/{kept.database}")[0] == Reason.AUTH


def test_a_missing_database(postgres: Postgres) -> None:
    expected = f"the database nowhere on 127.0.0.1:{postgres.port} does not exist"
    assert failure(postgres.url("nowhere")) == (Reason.NOT_FOUND, expected)


def test_a_missing_schema(postgres: Postgres) -> None:
    store = PostgresStore(postgres, shipped=False)
    expected = f"the database {store.database} on 127.0.0.1:{postgres.port} has no schema analytics"
    assert failure(store.url) == (Reason.NOT_FOUND, expected)
    store.close()


def test_a_schema_that_the_role_may_not_use(kept: PostgresStore) -> None:
    kept.execute(f"REVOKE USAGE ON SCHEMA analytics FROM {READER}")
    reason, text = failure(kept.url)
    assert reason == Reason.AUTH
    assert text.endswith(": the role may not use the schema analytics")


def test_a_table_that_the_role_may_not_read_fails_alone(kept: PostgresStore) -> None:
    kept.execute(f"REVOKE SELECT ON analytics.crashes FROM {READER}")
    with open_warehouse(kept.config()) as warehouse:
        with pytest.raises(UpstreamError) as caught:
            crashes_of(warehouse)
        assert (caught.value.reason, str(caught.value)) == (
            Reason.AUTH,
            "the table analytics.crashes: the role may not read it",
        )
        assert warehouse.number(select(func.count()).select_from(warehouse.relation("sessions").rows)) == 0


def test_a_server_that_speaks_no_tls(kept: PostgresStore) -> None:
    reason, text = failure(f"{kept.url}?sslmode=require")
    assert reason == Reason.TLS
    assert text.endswith(" cannot be reached over TLS as its URL asks for")


def test_a_server_that_is_not_there(postgres: Postgres) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        expected = f"the database kpi on 127.0.0.1:{port} cannot be reached"
        assert failure(f"postgresql://{READER}:{PASSWORD.replace('/', '%2F').replace('@', '%40')}@127.0.0.1:{port}/kpi") == (
            Reason.CONNECTION,
            expected,
        )


@pytest.mark.parametrize("host", ["nowhere.invalid", "no..where", "x" * 70])
def test_a_host_that_nobody_knows(host: str) -> None:
    assert failure(f"postgresql://role@{host}/kpi") == (Reason.CONNECTION, f"the database kpi on {host} cannot be reached")


def test_a_server_that_never_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        assert failure(f"postgresql://role@127.0.0.1:{port}/kpi") == (
            Reason.TIMEOUT,
            f"the database kpi on 127.0.0.1:{port} does not answer",
        )


def test_a_server_of_another_kind() -> None:
    def answer(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(100)
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=answer, args=[listening])
        thread.start()
        reason, text = failure(f"postgresql://role@127.0.0.1:{listening.getsockname()[1]}/kpi")
        thread.join()
    assert reason == Reason.MALFORMED
    assert text.endswith(" does not answer as PostgreSQL does")


@pytest.mark.parametrize(
    "parameters",
    ["?nonsense=planted", "?sslmode=planted", "?options=-c%20planted%3D1", "?port=planted"],
)
def test_a_wrong_option_in_the_url(kept: PostgresStore, parameters: str) -> None:
    reason, text = failure(f"{kept.url}{parameters}")
    assert reason == Reason.CLIENT_ERROR
    assert "planted" not in text


REFUSALS = [
    ("sorry, too many clients already", Reason.CONNECTION, "takes no more connections for now"),
    ("the database system is starting up", Reason.CONNECTION, "takes no more connections for now"),
    ('no pg_hba.conf entry for host "10.0.0.1", user "planted", SSL off', Reason.AUTH, "refuses the role or its password"),
    ('permission denied for database "planted"', Reason.AUTH, "refuses the role or its password"),
    ('role "planted" is not permitted to log in', Reason.AUTH, "refuses the role or its password"),
    (
        "unsupported startup parameter: options",
        Reason.CLIENT_ERROR,
        "refuses the settings of a session that only reads; is there a pooler?",
    ),
    ("planted", Reason.CONNECTION, "cannot be reached"),
]


@pytest.mark.parametrize(("said", "reason", "told"), REFUSALS)
def test_a_server_that_refuses(said: str, reason: Reason, told: str) -> None:
    with refusing_server(said) as port:
        assert failure(f"postgresql://role@127.0.0.1:{port}/kpi") == (reason, f"the database kpi on 127.0.0.1:{port} {told}")


def test_a_server_that_refuses_a_password_in_another_language() -> None:
    with refusing_server("Passwort-Authentifizierung für Benutzer »planted« fehlgeschlagen", after_password=True) as port:
        expected = f"the database kpi on 127.0.0.1:{port} refuses the role or its password"
        assert failure(f"postgresql://role:planted@127.0.0.1:{port}/kpi") == (Reason.AUTH, expected)


def test_a_missing_driver() -> None:
    code = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from exporter.sources.telemetry.config import TelemetryConfig\n"
        "from exporter.sources.telemetry.warehouse import open_warehouse\n"
        "from exporter.errors import UpstreamError\n"
        "try:\n open_warehouse(TelemetryConfig(url='postgresql://planted@host/kpi')).__enter__()\n"
        "except UpstreamError as error: print(error.reason, error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    expected = "client_error a warehouse in PostgreSQL needs the extra postgres: pip install 'kpi-exporter[postgres]'\n"
    assert (done.stdout, done.stderr) == (expected, "")


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "nowhere.db"
    assert failure(f"sqlite:///{path}") == (Reason.NOT_FOUND, f"the database {path} does not exist")
    assert not path.exists()


def test_a_folder(tmp_path: Path) -> None:
    assert failure(f"sqlite:///{tmp_path}") == (Reason.UNREADABLE, f"the database {tmp_path} is not a file")


@pytest.mark.parametrize("content", [b"planted " * 1_000, b"SQLite format 3\0" + bytes(4_000)])
def test_a_file_that_is_no_database(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "events.db"
    path.write_bytes(content)
    assert failure(f"sqlite:///{path}") == (Reason.MALFORMED, f"the database {path} is no SQLite database")
    assert path.read_bytes() == content


def test_a_file_that_is_cut_short(file: SqliteStore) -> None:
    file.insert("crashes", [{"timestamp": NOW, "platform": "linux"} for _ in range(2_000)])
    file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    file.close()
    os.truncate(file.path, file.path.stat().st_size // 2)
    with pytest.raises(UpstreamError) as caught, open_warehouse(file.config()) as warehouse:
        crashes_of(warehouse)
    assert (caught.value.reason, str(caught.value)) == (Reason.MALFORMED, f"the database {file.path} is damaged")


@pytest.fixture
def as_nobody() -> Iterator[Callable[[], None]]:
    """Lays down the rights of root, whom no permission of a file holds back; for others there is nothing to lay down."""
    before = os.geteuid()

    def lay_down() -> None:
        if before == 0:
            os.seteuid(65534)

    yield lay_down
    os.seteuid(before)


@pytest.fixture
def guarded(as_nobody: Callable[[], None]) -> Iterator[tuple[SqliteStore, Callable[[], None]]]:
    """A warehouse in a folder that others may enter and not write, and what makes this process one of the others."""
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "events.db")
        for path in (store.path, *Path(folder).iterdir()):
            path.chmod(0o444)
        Path(folder).chmod(0o555)
        yield store, as_nobody
        os.seteuid(os.getuid())
        store.close()
        Path(folder).chmod(0o755)


def test_a_file_that_may_not_be_read(guarded: tuple[SqliteStore, Callable[[], None]]) -> None:
    store, as_nobody = guarded
    store.path.chmod(0)
    as_nobody()
    assert failure(store.url) == (Reason.UNREADABLE, f"the database {store.path} may not be read")


def test_a_folder_that_may_only_be_read_is_no_hindrance_while_the_product_runs(
    guarded: tuple[SqliteStore, Callable[[], None]],
) -> None:
    store, as_nobody = guarded
    as_nobody()
    with open_warehouse(store.config()) as warehouse:
        assert crashes_of(warehouse) == 0


def test_a_folder_that_may_only_be_read_needs_the_product_to_run(guarded: tuple[SqliteStore, Callable[[], None]]) -> None:
    store, as_nobody = guarded
    store.path.parent.chmod(0o755)
    store.close()
    store.path.parent.chmod(0o555)
    as_nobody()
    reason, text = failure(store.url)
    assert reason == Reason.UNREADABLE
    assert text == (
        f"the database {store.path} is in WAL mode, nobody has it open, and its folder may not be written; "
        "it can be read while the product runs"
    )
