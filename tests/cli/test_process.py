"""The program as a process: what it writes to, what it is told by signals, and what it leaves behind."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from support.programs import Exporter, eventually
from support.threads import send_to_another_thread
from support.upstream import Answer, Upstream

PROGRAM = [sys.executable, "-m", "exporter"]
CATALOG = """\
project: own
launch: 2026-01-15
kpis:
  - {id: stars, title: Stärs – all, definition: Stars., unit: count, direction: up, tier: kpi, category: community}
"""


@pytest.fixture
def figures(tmp_path: Path) -> Path:
    """A configuration that needs nothing but a file, with a title that ASCII cannot write."""
    (tmp_path / "own.yml").write_text(CATALOG, encoding="utf-8")
    (tmp_path / "figures.csv").write_text("date,kpi,value\n2026-01-20,stars,5\n")
    path = tmp_path / "figures.yml"
    path.write_text("projects:\n  - {name: own, catalog: own.yml, sources: {manual: {file: figures.csv}}}\n")
    return path


def hanging(folder: Path, upstream: Upstream) -> Path:
    """A configuration whose upstreams never answer, one of them asked by git."""
    upstream.fault = "hang"
    path = folder / "hanging.yml"
    path.write_text(
        "projects:\n  - name: caro\n    sources:\n"
        f"      npm: {{packages: [caro], base_url: {upstream.url}/npm, timeout: 60s}}\n"
        f"      git: {{repositories: ['{upstream.url}/caro/caro.git']}}\n"
    )
    return path


def ran(command: str, config: Path, environ: Mapping[str, str] | None = None) -> "subprocess.CompletedProcess[bytes]":
    """A command that has run, by a shell so that streams can be redirected."""
    line = command.format(program=" ".join(PROGRAM), config=config)
    return subprocess.run(["/bin/sh", "-c", line], env={**os.environ, **(environ or {})}, capture_output=True)


def at_work(upstream: Upstream) -> list[int]:
    """The processes whose command line names the upstream."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if upstream.url.encode() in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


@pytest.mark.parametrize(
    "environ",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1"},
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    ],
    ids=lambda environ: next(iter(environ.values())),
)
def test_what_a_terminal_cannot_show_is_no_reason_to_fail(figures: Path, environ: Mapping[str, str]) -> None:
    done = ran("{program} check --config.file {config}", figures, environ)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"rs ? all" in done.stdout
    done = ran("{program} check --output json --config.file {config}", figures, environ)
    assert json.loads(done.stdout)["projects"][0]["kpis"][0]["title"] == "Stärs – all"


@pytest.mark.parametrize("command", ["check", "check --output json", "collect", "validate", "doctor", "check --help"])
def test_an_output_that_takes_nothing_more_is_one_clear_error(figures: Path, command: str) -> None:
    done = ran("{program} " + command + " --config.file {config} > /dev/full", figures)
    assert (done.returncode, done.stderr) == (1, b"kpi-exporter: No space left on device\n")


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
@pytest.mark.parametrize("command", ["check", "check --output json", "collect", "validate"])
def test_a_closed_stream_does_not_change_the_verdict(figures: Path, command: str, closed: str) -> None:
    done = ran("{program} " + command + " --config.file {config} " + closed, figures)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_reader_that_has_seen_enough_is_no_error(figures: Path) -> None:
    assert ran("{program} collect --config.file {config} | head -1", figures).stderr == b""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("command", ["check", "collect", "doctor"])
def test_a_signal_ends_a_collection_at_once_and_in_order(command: str, number: signal.Signals, tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    with Upstream(lambda _: Answer()) as upstream:
        config = hanging(tmp_path, upstream)
        begun = time.monotonic()
        process = subprocess.Popen(
            [*PROGRAM, command, f"--config.file={config}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={**os.environ, "TMPDIR": str(tmp_path / "tmp")},
        )
        eventually(lambda: upstream.requests)
        sent = time.monotonic()
        process.send_signal(number)
        _, said = process.communicate(timeout=10)
        # On a machine that has other things to do, it may take as long as the start.
        assert time.monotonic() - sent < max(2, sent - begun)
        assert process.returncode == 128 + number
        assert b"Traceback" not in said
        eventually(lambda: at_work(upstream), lambda left: not left, patience=2)
    assert list((tmp_path / "tmp").iterdir()) == []


def test_serve_ends_at_once_while_upstreams_hang_and_takes_git_with_it(tmp_path: Path) -> None:
    with Upstream(lambda _: Answer()) as upstream, Exporter(hanging(tmp_path, upstream)) as exporter:
        eventually(lambda: at_work(upstream))
        began = time.monotonic()
        assert exporter.stop() == 0
        assert time.monotonic() - began < 2
        eventually(lambda: at_work(upstream), lambda left: not left, patience=2)


def test_a_signal_counts_whichever_thread_of_the_exporter_it_reaches(figures: Path) -> None:
    with Exporter(figures) as exporter:
        eventually(lambda: exporter.status("/-/ready"), lambda status: status == 200)
        send_to_another_thread(exporter.process.pid, signal.SIGHUP)
        eventually(lambda: "configuration reloaded" in exporter.log.read_text())
        send_to_another_thread(exporter.process.pid, signal.SIGTERM)
        assert exporter.process.wait(5) == 0


def test_a_signal_counts_whichever_thread_of_a_collection_it_reaches(tmp_path: Path) -> None:
    with Upstream(lambda _: Answer()) as upstream:
        command = [*PROGRAM, "collect", f"--config.file={hanging(tmp_path, upstream)}"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            eventually(lambda: upstream.requests)
            send_to_another_thread(process.pid, signal.SIGINT)
            assert process.wait(5) == 128 + signal.SIGINT
        finally:
            process.kill()


def test_a_storm_of_reloads_holds_up_neither_serving_nor_the_end(figures: Path) -> None:
    # A shipped catalog takes a while to read: done one by one, these reloads would take half a minute.
    figures.write_text(figures.read_text().replace("own.yml", "caro"))
    with Exporter(figures) as exporter:
        eventually(lambda: exporter.status("/-/ready"), lambda status: status == 200)
        for _ in range(200):
            exporter.process.send_signal(signal.SIGHUP)
            time.sleep(0.001)
        assert exporter.status("/-/healthy") == 200
        began = time.monotonic()
        assert exporter.stop() == 0
        assert time.monotonic() - began < 2
    assert "configuration reloaded" in exporter.log.read_text()


def test_two_exporters_never_share_a_port_or_a_state_directory(figures: Path, tmp_path: Path) -> None:
    figures.write_text(f"state_dir: {tmp_path / 'state'}\n{figures.read_text()}")
    with Exporter(figures) as exporter:
        eventually(lambda: exporter.status("/-/healthy"), lambda status: status == 200)
        other = ran("{program} serve --config.file {config} --web.listen-address 127.0.0.1:0", figures)
        assert (other.returncode, other.stderr.decode().count("\n")) == (1, 1)
        assert b"is in use by another kpi-exporter" in other.stderr
        figures.write_text(figures.read_text().replace("state_dir", "# state_dir"))
        other = ran(f"{{program}} serve --config.file {{config}} --web.listen-address 127.0.0.1:{exporter.port}", figures)
        assert other.returncode == 1
        assert other.stderr.decode() == f"kpi-exporter: cannot listen on 127.0.0.1:{exporter.port}: Address already in use\n"
        assert ran("{program} check --config.file {config}", figures).returncode == 0
