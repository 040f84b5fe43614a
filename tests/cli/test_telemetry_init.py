"""`kpi-exporter telemetry init`: makes the shipped tables on either engine, or prints how."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pydantic import SecretStr

from exporter.cli import main
from exporter.sources.telemetry.tables import TABLES
from exporter.sources.telemetry.warehouse import open_warehouse
from support.postgres import OWNER, PASSWORD, READER, Postgres
from support.tools import NOW
from support.warehouses import ENGINES, PostgresStore, Store, new_store


def init(*args: str, **environ: str) -> Result:
    result = CliRunner().invoke(main, ["telemetry", "init", *args], env=environ, catch_exceptions=False)
    assert PASSWORD not in result.output
    assert "planted" not in result.output
    return result


@pytest.fixture(params=ENGINES)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A database with nothing in it, once on each engine."""
    server: Postgres | None = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    with new_store(request.param, tmp_path, server, shipped=False) as store:
        yield store


@pytest.fixture
def bare(postgres: Postgres) -> Iterator[PostgresStore]:
    """A database on the server with nothing in it."""
    with closing(PostgresStore(postgres, shipped=False)) as store:
        yield store


def test_the_tables_are_made_and_can_be_read(empty: Store) -> None:
    result = init(empty.writer_url)
    called = empty.url.removeprefix("sqlite:///") if empty.engine == "sqlite" else "test_"
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(f"the database {called}")
    assert result.stdout.endswith(" has the 10 tables\n")
    with open_warehouse(empty.config().model_copy(update={"url": SecretStr(empty.writer_url)})) as warehouse:
        assert [
            name for name, table in TABLES.items() if not warehouse.relation(name).has(*(c.name for c in table.columns))
        ] == []


def test_running_it_again_changes_nothing(empty: Store) -> None:
    assert init(empty.writer_url).exit_code == 0
    empty.insert("crashes", [{"timestamp": NOW, "platform": "linux"}])
    assert init(empty.writer_url).exit_code == 0
    assert empty.execute(f"SELECT platform FROM {empty.called('crashes')}") == [("linux",)]


def test_what_it_prints_makes_the_same_tables(empty: Store) -> None:
    printed = init(f"{empty.engine}:", "--print")
    assert (printed.exit_code, printed.stderr) == (0, "")
    for statement in printed.stdout.split(";\n"):
        if statement:
            empty.execute(statement)
    before = described(empty)
    assert init(empty.writer_url).exit_code == 0
    assert described(empty) == before
    assert len(before) > 2 * len(TABLES)


def described(store: Store) -> list[tuple[object, ...]]:
    """Tables and indexes as the engine knows them."""
    if store.engine == "sqlite":
        return list(store.execute("SELECT name, sql FROM sqlite_master ORDER BY name"))
    columns = (
        "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns WHERE table_schema = 'analytics'"
    )
    indexes = "SELECT tablename, indexname, indexdef, '' FROM pg_indexes WHERE schemaname = 'analytics'"
    return list(store.execute(f"{columns} UNION ALL {indexes} ORDER BY 1, 2"))


def test_an_event_gets_an_id_and_one_id_is_taken_once(empty: Store) -> None:
    init(empty.writer_url)
    empty.insert("crashes", [{"timestamp": NOW}, {"timestamp": NOW}])
    assert empty.execute(f"SELECT count(DISTINCT event_id) FROM {empty.called('crashes')}") == [(2,)]
    ((taken,),) = empty.execute(f"SELECT event_id FROM {empty.called('crashes')} LIMIT 1")
    with pytest.raises(Exception, match=r"(?i)unique"):
        empty.insert("crashes", [{"timestamp": NOW, "event_id": taken}])


def test_a_file_is_made_where_there_is_none(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    assert init(f"sqlite:///{path}").exit_code == 0
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_another_schema(bare: PostgresStore) -> None:
    assert init(bare.writer_url, "--schema", "Product Events").exit_code == 0
    assert bare.execute('SELECT count(*) FROM "Product Events".crashes') == [(0,)]


def test_a_schema_that_is_there_takes_no_right_to_make_one(bare: PostgresStore) -> None:
    with bare.server.connect(bare.database) as administrator:
        administrator.execute(f"CREATE SCHEMA analytics AUTHORIZATION {READER}".encode())
    assert init(bare.url).exit_code == 0


@pytest.mark.parametrize("way", ["--url-file", "--url-env", "variable"])
def test_the_url_may_come_from_elsewhere(bare: PostgresStore, tmp_path: Path, way: str) -> None:
    file = tmp_path / "url"
    file.write_text(f"{bare.writer_url}\n")
    if way == "--url-file":
        result = init("--url-file", str(file))
    elif way == "--url-env":
        result = init("--url-env", "WAREHOUSE", WAREHOUSE=bare.writer_url)
    else:
        result = init(KPI_EXPORTER_TELEMETRY_URL_FILE=str(file))
    assert (result.exit_code, result.stderr) == (0, "")


USAGE = {
    (): "Give one of URL, --url-file and --url-env.",
    ("sqlite:////x.db", "--url-env", "HOME"): "Give one of URL, --url-file and --url-env.",
    ("--url-env", "NOWHERE"): "Invalid value for --url-env: the variable NOWHERE is not set",
    ("--url-file", "nowhere"): "Invalid value for --url-file: nowhere cannot be read: No such file or directory",
    ("mysql://planted@host/kpi",): "the URL of the warehouse cannot be used: it must begin with sqlite:/// or postgresql://.",
    ("mysql:", "--print"): "The URL must begin with sqlite: or postgresql:.",
}


@pytest.mark.parametrize("args", USAGE)
def test_wrong_usage(args: tuple[str, ...]) -> None:
    result = init(*args)
    assert result.exit_code == 2
    assert result.stderr.endswith(f"Error: {USAGE[args]}\n")


def test_a_role_that_may_not_make_tables(bare: PostgresStore) -> None:
    result = init(bare.url)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "kpi-exporter: the schema analytics: the role may not make it\n"


def test_a_server_that_is_away(postgres: Postgres) -> None:
    result = init(postgres.url("nowhere", OWNER, "planted"))
    assert result.exit_code == 1
    assert result.stderr == f"kpi-exporter: the database nowhere on 127.0.0.1:{postgres.port} refuses the role or its password\n"
    assert (
        init("postgresql://role:planted@127.0.0.1:1/kpi").stderr
        == "kpi-exporter: the database kpi on 127.0.0.1:1 cannot be reached\n"
    )


def test_a_table_of_that_name_that_is_another(empty: Store) -> None:
    if empty.engine == "postgresql":
        empty.execute("CREATE SCHEMA analytics")
    empty.execute(f"CREATE TABLE {empty.called('command_generated')} (made_at text)")
    before = described(empty)
    result = init(empty.writer_url)
    expected = f"the table {empty.called('command_generated')} is there already, and is not like the one that ships"
    assert (result.exit_code, result.stderr) == (1, f"kpi-exporter: {expected}\n")
    assert described(empty) == before


def test_a_view_of_that_name(empty: Store) -> None:
    if empty.engine == "postgresql":
        empty.execute("CREATE SCHEMA analytics")
    empty.execute(f"CREATE VIEW {empty.called('crashes')} AS SELECT 1 AS timestamp, 'linux' AS platform")
    result = init(empty.writer_url)
    assert result.exit_code == 1
    assert result.stderr.endswith("crashes is there already, and is not like the one that ships\n")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    result = init(f"sqlite:///{tmp_path}/nowhere/events.db")
    assert result.exit_code == 1
    assert result.stderr.endswith("events.db cannot be made: there is no such folder\n")


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("planted " * 1_000)
    result = init(f"sqlite:///{path}")
    assert (result.exit_code, result.stderr) == (1, f"kpi-exporter: the database {path} is no SQLite database\n")
    assert path.read_text() == "planted " * 1_000


def test_the_group_explains_itself() -> None:
    result = CliRunner().invoke(main, ["telemetry", "--help"])
    assert result.exit_code == 0
    assert "init     Make the tables" in result.output
    assert 'did you mean "init"?' in CliRunner().invoke(main, ["telemetry", "intit"]).output
