"""The database of the profile postgres: what runs at its first start, in a real server, and who may do what after it."""

import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner

from exporter.cli import main
from support.compose import COMPOSE, ROOT, SERVICES, healthcheck, on_disk
from support.postgres import Postgres
from support.programs import free_port
from support.tools import NOW

SERVICE = SERVICES["postgres"]
INIT = on_disk("postgres", "/docker-entrypoint-initdb.d")
DATABASE = SERVICE["environment"]["POSTGRES_DB"]
PASSWORDS = {"product": "planted/p@ss word", "kpi_reader": 'it\'s "planted" \\ too'}
FILES = {"product": "postgres_product_password", "kpi_reader": "postgres_reader_password"}


class Fresh(Postgres):
    """A server as the image has it when it runs the files: without roles and tables."""

    def _make_template(self) -> None:
        self.execute("postgres", f"CREATE DATABASE {DATABASE}")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    folder = tmp_path_factory.mktemp("secrets")
    for role, file in FILES.items():
        (folder / file).write_text(f"{PASSWORDS[role]}\n", encoding="utf-8")
    with Fresh() as fresh:
        for file in sorted(INIT.glob("*")):
            text = file.read_text(encoding="utf-8").replace("/run/secrets", str(folder))
            _run_as_the_image_does(fresh, text)
        yield fresh


def _run_as_the_image_does(server: Postgres, text: str) -> None:
    flags = ["-v", "ON_ERROR_STOP=1", "--username=administrator", "--no-password", "--no-psqlrc", f"--dbname={DATABASE}"]
    where = [f"--host={server.folder}", f"--port={server.port}"]
    result = subprocess.run(["psql", *flags, *where], input=text, capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (0, "")
    assert "planted" not in result.stdout


def asked(server: Postgres, role: str, statement: str) -> list[tuple[object, ...]]:
    """What a role gets that gives its password."""
    with psycopg.connect(server.url(DATABASE, role, PASSWORDS[role]), autocommit=True) as connection:
        answer = connection.execute(statement)
        return answer.fetchall() if answer.description else []


def test_the_tables_are_those_that_the_command_prints() -> None:
    comment, role, *statements = (INIT / "20-tables.sql").read_text(encoding="utf-8").splitlines()
    printed = CliRunner().invoke(main, ["telemetry", "init", "--print", "postgresql:"])
    assert printed.exit_code == 0
    assert statements == printed.stdout.splitlines()
    assert (comment[:2], role) == ("--", "SET ROLE product;")


def test_the_product_writes_and_the_exporter_reads(server: Postgres) -> None:
    asked(server, "product", "INSERT INTO analytics.crashes (timestamp, platform) VALUES (now(), 'linux')")
    assert asked(server, "kpi_reader", "SELECT platform FROM analytics.crashes") == [("linux",)]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM analytics.crashes",
        "CREATE TABLE analytics.mine (a int)",
        "CREATE TABLE public.mine (a int)",
        "SET default_transaction_read_only = off; DELETE FROM analytics.crashes",
        "SET ROLE product",
        "COPY analytics.crashes TO PROGRAM 'cat'",
    ],
)
def test_the_exporter_may_do_nothing_else(server: Postgres, statement: str) -> None:
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)) as refused:
        asked(server, "kpi_reader", statement)
    assert refused.value.sqlstate in ("42501", "25006")


def test_what_the_product_makes_later_can_be_read_too(server: Postgres) -> None:
    asked(server, "product", "CREATE TABLE analytics.later AS SELECT 1 AS one")
    assert asked(server, "kpi_reader", "SELECT one FROM analytics.later") == [(1,)]


def test_the_product_is_no_administrator(server: Postgres) -> None:
    found = asked(server, "product", "SELECT rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user")
    assert found == [(False, False, False)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        asked(server, "product", "ALTER SYSTEM SET work_mem = '1GB'")


def test_the_exporter_finds_its_figures_there(server: Postgres, tmp_path: Path) -> None:
    """By the configuration that ships, with the line about the warehouse taken in."""
    asked(server, "product", f"INSERT INTO analytics.sessions (timestamp) VALUES ('{NOW - timedelta(hours=1)}')")
    example = (ROOT / "docs" / "examples" / "compose" / "kpi-exporter.yml").read_text(encoding="utf-8")
    whole = example.replace("# telemetry:", "telemetry:").replace("/run/secrets", str(tmp_path))
    assert whole != example
    config = tmp_path / "kpi-exporter.yml"
    config.write_text(whole.replace("/var/lib/kpi-exporter", str(tmp_path / "state")), encoding="utf-8")
    (tmp_path / "figures.csv").write_bytes((ROOT / "docs/examples/compose/figures.csv").read_bytes())
    (tmp_path / "warehouse_url").write_text(server.url(DATABASE, "kpi_reader", PASSWORDS["kpi_reader"]), encoding="utf-8")
    result = CliRunner().invoke(main, ["collect", f"--config.file={config}", "telemetry"])
    assert 'telemetry_sessions{project="caro",window="7d"}' in result.stdout, result.output
    assert "planted" not in result.output


def test_its_health_check_says_yes_while_it_answers(server: Postgres) -> None:
    ask = healthcheck("postgres", {})
    assert subprocess.run([*ask, f"--port={server.port}"]).returncode == 0
    assert subprocess.run([*ask, f"--port={free_port()}"]).returncode != 0


def test_each_password_is_a_file_of_its_own() -> None:
    assert set(SERVICE["secrets"]) == {"postgres_password", *FILES.values()}
    assert set(SERVICE["secrets"]) <= set(COMPOSE["secrets"])
    assert SERVICE["environment"]["POSTGRES_PASSWORD_FILE"] == "/run/secrets/postgres_password"
    read = "".join(file.read_text(encoding="utf-8") for file in INIT.iterdir())
    assert all(f"`cat /run/secrets/{file}`" in read for file in FILES.values())


def test_nobody_but_the_exporter_is_near_it() -> None:
    near = {name for name, settings in SERVICES.items() if "warehouse" in settings["networks"]}
    assert near == {"kpi-exporter", "postgres"}
    assert COMPOSE["networks"]["warehouse"] == {"internal": True}
    assert "ports" not in SERVICE
