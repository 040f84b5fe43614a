"""The session in which a warehouse is read: it only reads, holds nothing, and finds its way by any URL."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select, text

from exporter.errors import Reason, UpstreamError
from exporter.sources.telemetry.config import TelemetryConfig
from exporter.sources.telemetry.warehouse import Warehouse, open_warehouse
from support.frontdoor import forgetful_pooler
from support.postgres import PASSWORD, READER, Postgres
from support.programs import eventually, free_port
from support.tools import NOW
from support.warehouses import PostgresStore, SqliteStore, Store


def config(url: str) -> TelemetryConfig:
    return TelemetryConfig(url=SecretStr(url), timeout=timedelta(seconds=10))


def crashes_of(warehouse: Warehouse) -> int:
    number: int = warehouse.number(select(func.count()).select_from(warehouse.relation("crashes").rows))
    return number


@pytest.fixture
def kept(postgres: Postgres) -> Iterator[PostgresStore]:
    """A warehouse with a crash on the server of all tests."""
    with closing(PostgresStore(postgres)) as store:
        store.insert("crashes", [{"timestamp": NOW}])
        yield store


def sessions_of(store: PostgresStore, columns: str) -> list[tuple[Any, ...]]:
    """What the server knows of the exporter's sessions on a database."""
    with store.server.connect("postgres") as administrator:
        where = f"WHERE application_name = 'kpi-exporter' AND datname = '{store.database}'"
        return administrator.execute(f"SELECT {columns} FROM pg_stat_activity {where}".encode()).fetchall()


def test_what_the_product_wrote_is_read(store: Store) -> None:
    store.insert("crashes", [{"timestamp": NOW, "platform": "linux"}, {"timestamp": NOW - timedelta(days=1)}])
    with open_warehouse(store.config()) as warehouse:
        crashes = warehouse.relation("crashes")
        assert warehouse.dialect == store.engine
        assert warehouse.number(select(func.count()).select_from(crashes.rows)) == 2
        assert warehouse.number(select(func.count()).where(crashes.between(NOW, NOW + timedelta(days=1)))) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO {crashes} (timestamp) VALUES (NULL)",
        "DELETE FROM {crashes}",
        "DROP TABLE {crashes}",
        "CREATE TABLE more (x int)",
    ],
)
def test_nothing_can_be_written_by_a_role_that_may_write(store: Store, statement: str) -> None:
    store.insert("crashes", [{"timestamp": NOW}])
    given = store.config().model_copy(update={"url": SecretStr(store.writer_url)})
    with open_warehouse(given) as warehouse, pytest.raises(UpstreamError):
        warehouse.rows(text(statement.format(crashes=store.called("crashes"))))  # type: ignore[arg-type]
    assert store.execute(f"SELECT count(*) FROM {store.called('crashes')}") == [(1,)]


def test_a_role_that_may_only_select_is_enough(kept: PostgresStore) -> None:
    kept.execute(f"REVOKE ALL ON DATABASE {kept.database} FROM PUBLIC")
    kept.execute(f"GRANT CONNECT ON DATABASE {kept.database} TO {READER}")
    with open_warehouse(kept.config()) as warehouse:
        assert crashes_of(warehouse) == 1


def test_the_session_says_who_it_is_and_holds_nothing_between_two_statements(kept: PostgresStore) -> None:
    with open_warehouse(kept.config()) as warehouse:
        crashes_of(warehouse)
        (session,) = eventually(lambda: sessions_of(kept, "state, backend_xmin, backend_xid"))
        assert session == ("idle", None, None)
        with kept.server.connect(kept.database) as other:
            # Nothing is in the way even of what tolerates nobody.
            other.execute("SET lock_timeout = '100ms'")
            other.execute("ALTER TABLE analytics.crashes ADD COLUMN more text")


def test_a_file_is_not_held_between_two_statements(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "events.db")) as store:
        store.insert("crashes", [{"timestamp": NOW}])
        with open_warehouse(store.config()) as warehouse:
            assert crashes_of(warehouse) == 1
            # Busy, pages in the log, pages written back: only where nobody reads, the log is cut.
            assert store.execute("PRAGMA wal_checkpoint(TRUNCATE)") == [(0, 0, 0)]


def test_the_connection_ends_with_the_block(kept: PostgresStore, tmp_path: Path) -> None:
    with open_warehouse(kept.config()):
        assert len(sessions_of(kept, "pid")) == 1
    assert eventually(lambda: not sessions_of(kept, "pid"))
    with closing(SqliteStore(tmp_path / "events.db")) as store:
        store.close()
        with open_warehouse(store.config()) as warehouse:
            crashes_of(warehouse)
        opened = [link.readlink() for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
        assert [path for path in opened if path.name.startswith(store.path.name)] == []


def test_the_settings_of_the_session(kept: PostgresStore) -> None:
    kept.server.execute("postgres", f"ALTER DATABASE {kept.database} SET timezone = 'America/New_York'")
    kept.server.execute("postgres", f"ALTER ROLE {READER} IN DATABASE {kept.database} SET statement_timeout = 0")
    names = ["default_transaction_read_only", "statement_timeout", "lock_timeout", "TimeZone", "jit", "work_mem"]
    shown = [func.current_setting(name) for name in names]
    with open_warehouse(config(f"{kept.url}?options=-c%20work_mem%3D7MB%20-c%20TimeZone%3DAsia/Tokyo")) as warehouse:
        assert tuple(warehouse.rows(select(*shown))[0]) == ("on", "10s", "5s", "UTC", "off", "7MB")


def test_a_name_that_the_url_gives_the_session_is_kept(kept: PostgresStore) -> None:
    with open_warehouse(config(f"{kept.url}?application_name=figures")) as warehouse:
        assert warehouse.number(select(func.current_setting("application_name"))) == "figures"


def test_settings_that_something_in_between_leaves_out_are_missed(kept: PostgresStore, postgres: Postgres) -> None:
    with forgetful_pooler(postgres.port) as port:
        url = kept.url.replace(f":{postgres.port}/", f":{port}/")
        with pytest.raises(UpstreamError) as caught, open_warehouse(config(url)):
            pass
    expected = f"the database {kept.database} on 127.0.0.1:{port} does not take settings: read it without a pooler in between"
    assert (caught.value.reason, str(caught.value)) == (Reason.CLIENT_ERROR, expected)


def urls(store: PostgresStore) -> dict[str, str]:
    server, password = store.server, PASSWORD.replace("/", "%2F").replace("@", "%40")
    return {
        "socket": f"postgresql:///{store.database}?host={server.folder}&port={server.port}&user={READER}",
        "socket as a host": f"postgresql://{READER}@{str(server.folder).replace('/', '%2F')}:{server.port}/{store.database}",
        "everything percent-encoded": f"postgresql://%6bpi_reader:{password}@127.0.0.1:{server.port}/%74{store.database[1:]}",
        "everything as parameters": f"postgresql://?host=127.0.0.1&port={server.port}&user={READER}&password={password}"
        f"&dbname={store.database}",
        "the name of the driver": store.url.replace("postgresql:", "postgresql+psycopg:"),
        "several hosts": store.url.replace("127.0.0.1:", f"127.0.0.1:{free_port()},127.0.0.1:"),
        "options of TLS": f"{store.url}?sslmode=prefer&sslrootcert=/nowhere",
    }


FORMS = (
    "socket",
    "socket as a host",
    "everything percent-encoded",
    "everything as parameters",
    "the name of the driver",
    "several hosts",
    "options of TLS",
)


@pytest.mark.parametrize("form", FORMS)
def test_every_url_that_postgresql_takes_is_taken(kept: PostgresStore, form: str) -> None:
    with open_warehouse(config(urls(kept)[form])) as warehouse:
        assert crashes_of(warehouse) == 1


@pytest.mark.parametrize("name", ["with space.db", "100%.db", "a?b#c.db", "ümlaut.db", "it's.db"])
def test_a_file_of_any_name_is_found(tmp_path: Path, name: str) -> None:
    with closing(SqliteStore(tmp_path / name)) as store:
        store.insert("crashes", [{"timestamp": NOW}])
        encoded = name.replace("%", "%25").replace("?", "%3F").replace("#", "%23").replace(" ", "%20")
        with open_warehouse(config(f"sqlite:///{tmp_path}/{encoded}")) as warehouse:
            assert crashes_of(warehouse) == 1


def test_a_relative_path_counts_from_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(SqliteStore(tmp_path / "events.db")):
        monkeypatch.chdir(tmp_path)
        with open_warehouse(config("sqlite:///events.db")) as warehouse:
            assert crashes_of(warehouse) == 0
