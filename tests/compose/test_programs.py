"""Each service of docker-compose.yml as its real program: the same files, flags and variables, and its health check.

Not tried: Grafana, which Debian does not package.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from exporter.cli.serve import DEFAULT_ADDRESS
from support.compose import PROGRAMS, ROOT, SERVICES, healthcheck, plain, running, unpack
from support.programs import Program, eventually, free_port

READY = {"prom/prometheus": "/-/ready", "prom/alertmanager": "/-/ready", "victoriametrics/victoria-metrics": "/health"}
FOREIGN = [name for name, settings in SERVICES.items() if settings["image"].partition(":")[0] in READY]
OWN_ADDRESS = {"prom/prometheus": "localhost:9090", "prom/alertmanager": "localhost:9093"}


@contextmanager
def alone(service: str, folder: Path) -> Iterator[tuple[Program, dict[str, str]]]:
    """A service without those beside it."""
    port, image = free_port(), SERVICES[service]["image"].partition(":")[0]
    names = {OWN_ADDRESS.get(image, "localhost:8428"): f"127.0.0.1:{port}", "0.0.0.0:9094": f"127.0.0.1:{free_port()}"}
    # Those beside it are there, and refuse.
    names |= {f"{other}:{number}": "127.0.0.1:1" for other in SERVICES for number in (8730, 9090, 9093, 9094)}
    unpack(service, folder, names)
    with running(service, folder, port, names) as program:
        yield program, names


@pytest.mark.parametrize("service", FOREIGN)
def test_its_program_takes_its_files_and_flags_and_gets_ready(service: str, tmp_path: Path) -> None:
    with alone(service, tmp_path) as (program, _):
        path = READY[SERVICES[service]["image"].partition(":")[0]]
        try:
            status = eventually(lambda: program.status(path), lambda found: found == 200)
        except AssertionError:
            raise AssertionError(program.log.read_text()) from None
        assert status == 200
        assert program.process.poll() is None


def test_the_health_check_of_alertmanager_says_yes_while_it_answers(tmp_path: Path) -> None:
    with alone("alertmanager", tmp_path) as (program, names):
        ask = healthcheck("alertmanager", names)
        eventually(lambda: program.status("/-/ready"), lambda found: found == 200)
        assert subprocess.run(ask, capture_output=True).returncode == 0
        program.stop()
        assert subprocess.run(ask, capture_output=True).returncode != 0


@pytest.mark.parametrize("service", ["prometheus", "prometheus-2", "prometheus-public"])
def test_the_health_check_of_prometheus_asks_where_it_listens(service: str, tmp_path: Path) -> None:
    """By the endpoint that `promtool check healthy` asks: the promtool of Debian 12 is older than that command."""
    with alone(service, tmp_path) as (program, names):
        *command, url = healthcheck(service, names)
        assert command == ["promtool", "check", "healthy"]
        assert url == f"--url={program.url}"
        assert eventually(lambda: program.status("/-/healthy"), lambda found: found == 200) == 200


def test_a_lone_alertmanager_needs_no_second_one(tmp_path: Path) -> None:
    """It listens for one, and is ready without."""
    with alone("alertmanager", tmp_path) as (program, _):
        status = eventually(lambda: program.get("/api/v2/status"), lambda text: '"peers"' in text)
        assert status.count('"address"') == 1
        assert "level=error" not in program.log.read_text()


def test_the_exporter_starts_on_what_it_is_given_and_says_that_it_is_healthy(tmp_path: Path) -> None:
    """From a fresh clone: no secret, no account, no variable but those of the service."""
    unpack("kpi-exporter", tmp_path, {"state_dir: /var/lib/kpi-exporter": f"state_dir: {tmp_path / 'var/lib/kpi-exporter'}"})
    port = free_port()
    environ = {
        "KPI_EXPORTER_CONFIG_FILE": str(tmp_path) + SERVICES["kpi-exporter"]["environment"]["KPI_EXPORTER_CONFIG_FILE"],
        "KPI_EXPORTER_WEB_LISTEN_ADDRESS": f"127.0.0.1:{port}",
    }
    with Program([sys.executable, "-m", "exporter", "serve"], tmp_path / "log", port, environ) as program:
        eventually(lambda: program.status("/-/ready"), lambda found: found == 200)
        command, *words = healthcheck("kpi-exporter", {})
        asked = {"KPI_EXPORTER_HEALTHCHECK_URL": f"{program.url}/-/healthy", "PATH": ""}
        result = subprocess.run([sys.executable, "-m", "exporter", *words], env=asked, capture_output=True, text=True, cwd=ROOT)
        assert (command, result.returncode, result.stdout) == ("kpi-exporter", 0, "healthy\n")
        assert re.search(r'^kpi_value\{.*project="caro"', program.get("/metrics"), re.MULTILINE)
        assert "level=error" not in program.log.read_text()


def test_what_it_starts_with_are_the_figures_of_the_first_look() -> None:
    examples = ROOT / "docs" / "examples"
    assert (examples / "compose" / "figures.csv").read_bytes() == (examples / "first-look" / "figures.csv").read_bytes()
    assert plain(SERVICES["kpi-exporter"]["volumes"][0]).startswith("./docs/examples/compose:")


def test_everybody_asks_the_exporter_where_it_listens() -> None:
    prometheus = (ROOT / "prometheus" / "prometheus.yml").read_text(encoding="utf-8")
    dockerfile = (ROOT / "exporter" / "Dockerfile").read_text(encoding="utf-8")
    assert f"[kpi-exporter{DEFAULT_ADDRESS}]" in prometheus
    assert f"\nEXPOSE {DEFAULT_ADDRESS.removeprefix(':')}\n" in dockerfile


def test_every_program_that_can_be_tried_is_tried() -> None:
    """The exporter above, PostgreSQL in a file of its own."""
    untried = {settings["image"].partition(":")[0] for settings in SERVICES.values()} - set(READY)
    assert untried == {"kpi-exporter", "grafana/grafana", "postgres"}
    assert set(PROGRAMS) < set(READY)
