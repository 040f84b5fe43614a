"""The services of the demo alone, for an exporter that somebody else runs."""

import os
import re
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from exporter.cli import main
from support.compose import COMPOSE, SERVICES, healthcheck, plain
from support.programs import Exporter, Program, eventually, free_port

COMMAND = SERVICES["demo"]["command"]
FOLDER = next(flag.partition("=")[2] for flag in COMMAND if flag.startswith("--into="))


@contextmanager
def alone(folder: Path, *prefix: str) -> Iterator[Program]:
    """As the service `demo` of docker-compose.yml runs it."""
    port = free_port()
    words = [re.sub(r"(0\.0\.0\.0|demo):8731", f"127.0.0.1:{port}", flag).replace(FOLDER, str(folder)) for flag in COMMAND]
    log = folder.with_suffix(".log")
    before = log.read_text() if log.exists() else ""
    with Program([*prefix, sys.executable, "-m", "exporter", *words], log, port) as program:
        eventually(lambda: "the services are at" in program.log.read_text()[len(before) :], patience=60)
        yield program


def times(folder: Path) -> dict[Path, int]:
    """When each file was written last, but for the log of the exporter."""
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.suffix != ".log"}


def test_an_exporter_reads_all_of_them_from_a_folder_that_it_cannot_write(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with alone(folder):
        # Root may write everything, so what shows is that nothing is written.
        before = times(folder)
        for path in before:
            path.chmod(stat.S_IMODE(path.stat().st_mode) & ~0o222)
        with Exporter(folder / "kpi-exporter.yml") as exporter:
            eventually(lambda: exporter.status("/-/ready"), lambda found: found == 200, patience=60)
            metrics = exporter.metrics()
        up = {series: value for series, value in metrics.items() if series.startswith("kpi_exporter_source_up{")}
        assert len(up) == 9
        assert set(up.values()) == {1.0}
        assert times(folder) == before


def test_its_health_check_says_yes_while_it_serves(tmp_path: Path) -> None:
    with alone(tmp_path / "demo") as program:
        _, *words = healthcheck("demo", {"127.0.0.1:8731": program.url.removeprefix("http://")})
        ask = [sys.executable, "-m", "exporter", *words]
        assert subprocess.run(ask, capture_output=True).returncode == 0
        assert program.stop(signal.SIGTERM) == 0
        assert subprocess.run(ask, capture_output=True).returncode == 1


def test_a_terminal_that_is_closed_ends_it(tmp_path: Path) -> None:
    # The tests themselves may run under nohup.
    with alone(tmp_path / "demo", "env", "--default-signal=HUP") as program:
        program.process.send_signal(signal.SIGHUP)
        assert program.process.wait(20) == 0


def test_with_nohup_it_outlives_the_terminal(tmp_path: Path) -> None:
    with alone(tmp_path / "demo", "nohup") as program:
        program.process.send_signal(signal.SIGHUP)
        with pytest.raises(subprocess.TimeoutExpired):
            program.process.wait(1)
        assert program.stop(signal.SIGTERM) == 0


def test_started_again_it_goes_on_with_the_same_tokens(tmp_path: Path) -> None:
    """So that an exporter that has read them may go on."""
    folder = tmp_path / "demo"
    with alone(folder):
        first = {path.name: path.read_text() for path in (folder / "secrets").iterdir()}
    with alone(folder):
        assert {path.name: path.read_text() for path in (folder / "secrets").iterdir()} == first


def test_where_it_cannot_listen_it_leaves_the_folder_of_another_one_alone(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with alone(folder) as program:
        before = times(folder)
        result = CliRunner().invoke(main, ["demo", f"--services-only={program.url.removeprefix('http://')}", f"--into={folder}"])
        assert (result.exit_code, times(folder)) == (1, before)
        assert "cannot listen on" in result.output


def test_what_was_killed_in_the_middle_of_its_start_is_started_again(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with alone(folder):
        pass
    for path in (folder / "kpi-exporter.yml", folder / "secrets" / "github"):
        path.unlink()
    (folder / "warehouse.db").write_bytes(b"half of it")
    (folder / "warehouse.db-journal").write_bytes(b"what was to be taken back")
    with alone(folder):
        assert {path.name for path in folder.iterdir()} == {
            ".kpi-exporter-demo", "caro.git", "figures.csv", "kpi-exporter.yml", "secrets", "warehouse.db",
        }  # fmt: skip
        with closing(sqlite3.connect(folder / "warehouse.db")) as events:
            assert events.execute("SELECT count(*) FROM command_generated").fetchone() == (3490,)


def test_what_somebody_put_beside_its_files_stays(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with alone(folder):
        (folder / "notes.txt").write_text("mine")
    with alone(folder):
        assert (folder / "notes.txt").read_text() == "mine"


def test_the_configuration_of_somebody_is_no_demo(tmp_path: Path) -> None:
    """It may have the same names."""
    (tmp_path / "secrets").mkdir()
    for name in ("github", "discord", "typeform"):
        (tmp_path / "secrets" / name).write_text("planted")
    (tmp_path / "kpi-exporter.yml").write_text("projects: []")
    before = times(tmp_path)
    result = CliRunner().invoke(main, ["demo", f"--services-only=127.0.0.1:{free_port()}", f"--into={tmp_path}"])
    assert (result.exit_code, times(tmp_path)) == (1, before)
    assert "holds other things than a demo" in result.output


@pytest.mark.parametrize(
    ("address", "flags", "reached"),
    [
        ("127.0.0.1:0", [], r"http://127\.0\.0\.1:[1-9]\d+"),
        ("127.0.0.1:0", ["--services-url=http://demo:8731/"], "http://demo:8731"),
    ],
)
def test_the_configuration_says_where_they_are_reached(tmp_path: Path, address: str, flags: list[str], reached: str) -> None:
    folder = os.path.relpath(tmp_path / "demo")
    command = [sys.executable, "-m", "exporter", "demo", f"--services-only={address}", f"--into={folder}", *flags]
    log, configuration = tmp_path / "log", tmp_path / "demo" / "kpi-exporter.yml"
    with Program(command, log, 0) as program:
        eventually(lambda: "the services are at" in log.read_text(), patience=60)
        assert re.search(rf"base_url: {reached}/github\n", configuration.read_text())
        # Whoever reads it may be in another folder.
        assert (tmp_path / "demo" / "secrets" / "warehouse").read_text() == f"sqlite:///{Path(folder).absolute()}/warehouse.db"
        assert program.stop(signal.SIGTERM) == 0


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    result = CliRunner().invoke(main, ["demo", f"--services-only=127.0.0.1:{free_port()}", f"--into={tmp_path}"])
    assert (result.exit_code, [path.name for path in tmp_path.iterdir()]) == (1, ["mine.txt"])
    assert "holds other things than a demo" in result.output


@pytest.mark.parametrize("flags", [[], ["--into=x", "--raise=P0"], ["--into=x", "--port-base=2000"], ["--into=x", "--for=1m"]])
def test_flags_of_the_whole_demo_do_not_go_with_it(flags: list[str]) -> None:
    result = CliRunner().invoke(main, ["demo", "--services-only=127.0.0.1:1", *flags])
    assert result.exit_code == 2
    assert "--services-only wants --into" in result.output


def test_the_exporter_of_compose_reads_what_it_writes() -> None:
    (volume, target) = SERVICES["demo"]["volumes"][0].split(":")
    assert volume in COMPOSE["volumes"]
    assert target == FOLDER == plain(SERVICES["kpi-exporter"]["volumes"][0]).split(":")[1]
    assert SERVICES["kpi-exporter"]["depends_on"]["demo"] == {"condition": "service_healthy", "required": False}
    assert SERVICES["demo"]["image"] == SERVICES["kpi-exporter"]["image"]
