"""The whole demo as a process, with the programs that are installed here: from its start to its end."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from exporter.demo.answers import answers
from support.programs import eventually

PATIENCE = 120.0
"""Seconds, on a machine that has other things to do."""
NEEDED = ("prometheus", "prometheus-alertmanager", "promtool", "git")


@dataclass
class Demo:
    """A demo that runs, what it has said so far, and a word that is in the command lines of all its children."""

    process: "subprocess.Popen[bytes]"
    log: Path
    folder: Path

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def says(self, pattern: str) -> str:
        """What stands where the pattern has its group, once it is said."""
        found = eventually(lambda: re.search(pattern, self.said()), patience=PATIENCE)
        assert found is not None
        return found[1] if found.groups() else found[0]

    def read(self, called: str, path: str) -> str:
        url = self.says(rf"(?m)^{called} +(http://127\.0\.0\.1:\d+)")
        with urllib.request.urlopen(f"{url}{path}", timeout=5) as answer:
            body: bytes = answer.read()
            return body.decode()

    def figure(self, name: str, **labels: str) -> float | None:
        """The one value of a metric with these labels; None where there is none."""
        families = text_string_to_metric_families(self.read("exporter", "/metrics"))
        samples = [sample for family in families for sample in family.samples if sample.name == name]
        found = [sample.value for sample in samples if labels.items() <= sample.labels.items()]
        assert len(found) <= 1, f"{name} {labels} is told {len(found)} times"
        return found[0] if found else None

    def messages(self) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = json.loads(self.read("messages", "/messages"))
        return listed

    def children(self) -> dict[int, str]:
        """The processes whose command line names the folder, by their ids."""
        found = {}
        for place in Path("/proc").glob("[0-9]*"):
            try:
                line = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if str(self.folder) in line and int(place.name) != self.process.pid:
                found[int(place.name)] = line
        return found

    def child(self, word: str) -> int:
        return next(pid for pid, line in self.children().items() if word in line)

    def end(self, with_signal: signal.Signals) -> tuple[int, float]:
        """The exit code, and how many seconds the end took."""
        begun = time.monotonic()
        self.process.send_signal(with_signal)
        return self.process.wait(60), time.monotonic() - begun


@contextmanager
def demo(
    folder: Path,
    *flags: str,
    path: str | None = None,
    into: bool = True,
    environ: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    said: str = "first figures after",
) -> Iterator[Demo]:
    """A demo that has first figures, or has `said` something else, in a folder of its own below `folder`."""
    place, log = folder / "demo", folder / "said.txt"
    given = {**os.environ, "TMPDIR": str(folder), **({"PATH": path} if path is not None else {}), **(environ or {})}
    command = [sys.executable, "-P", "-m", "exporter", "demo", *([f"--into={place}"] if into else []), *flags]
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env=given, cwd=cwd, process_group=0)
    running = Demo(process, log, place if into else folder)
    try:
        running.says(said)
        yield running
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(60)


def test_a_raised_priority_pages_and_the_end_leaves_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with demo(tmp_path, "--raise=P0", into=False) as running:
        seconds = float(running.says(r"first figures after ([\d.]+) s"))
        with capsys.disabled():
            sys.stdout.write(f"\nfirst figures after {seconds} s\n")
        assert seconds < 60
        running.says("a P0 bug was reported")
        page = eventually(
            lambda: [message for message in running.messages() if message["channel"] == "pagerduty"], patience=PATIENCE
        )[0]
        assert (page["priority"], page["service"], page["resolved"]) == ("P0", "PagerDuty", False)
        assert "Open bugs (P0) above 0" in page["title"]
        links = re.findall(r"http://127\.0\.0\.1:[^\s()]+", page["text"])
        assert [path for path in ("/runbooks/", "/d/kpi-detail") if not any(path in link for link in links)] == []
        assert {link: eventually(lambda url=link: answers(url), patience=PATIENCE) for link in links} == dict.fromkeys(
            links, True
        )
        running.says("history is written")
        assert len(running.children()) >= 3
        code, took = running.end(signal.SIGINT)
        assert code == 0
        assert took < 20
        assert running.children() == {}
        assert [path.name for path in tmp_path.iterdir()] == ["said.txt"]


def test_a_broken_source_is_down_and_its_figures_stay_for_a_while(tmp_path: Path) -> None:
    with demo(tmp_path, "--break=github", "--no-history") as running:
        assert running.figure("kpi_value", kpi="github_stars") == 1200
        running.says("github answers 500 from now on")
        up = eventually(lambda: running.figure("kpi_exporter_source_up", source="github"), lambda up: up == 0, patience=PATIENCE)
        assert (up, running.figure("kpi_value", kpi="github_stars")) == (0, 1200)
        told = eventually(lambda: [message["title"] for message in running.messages()], patience=PATIENCE)
        assert "A source cannot be read (caro, github" in told[0]
        os.kill(running.child("storage.tsdb.path"), signal.SIGKILL)
        said = running.says(r"(?s)prometheus has ended with exit code -9; the last lines of its log:\n  .+")
        assert "Server is ready" in said
        assert running.process.poll() is None
        assert running.end(signal.SIGTERM)[0] == 0
        assert (tmp_path / "demo" / "kpi-exporter.yml").is_file()


def test_what_is_not_installed_is_told_and_the_rest_runs(tmp_path: Path) -> None:
    with demo(tmp_path, path=str(tmp_path)) as running:
        for sentence in (
            "git (no contributors): apt install git",
            "Prometheus (no alerts, no history): apt install prometheus",
            "Alertmanager (no messages): apt install prometheus-alertmanager",
        ):
            running.says(re.escape(f"missing: {sentence}"))
        running.says("Ctrl-C ends it all")
        assert running.figure("kpi_value", kpi="active_weekly_users") == 250
        assert running.figure("kpi_exporter_source_up", source="git") is None
        os.kill(running.child(" serve "), signal.SIGKILL)
        assert running.process.wait(30) == 1
        assert "exporter has ended with exit code -9" in running.said()


def test_what_is_set_for_other_programs_does_not_reach_it(tmp_path: Path) -> None:
    for module in ("exporter", "click"):
        (tmp_path / f"{module}.py").write_text("raise SystemExit('a module of another project')")
    elsewhere = {
        "http_proxy": "http://127.0.0.1:1",
        "KPI_EXPORTER_WEB_ROUTE_PREFIX": "/elsewhere",
        "KPI_EXPORTER_CONFIG_FILE": "elsewhere.yml",
    }
    with demo(tmp_path, "--no-history", path=str(tmp_path), environ=elsewhere, cwd=tmp_path) as running:
        running.says("Ctrl-C ends it all")
        # The test itself asks without a proxy, at the path where a demo has it.
        assert running.figure("kpi_exporter_source_up", source="github") == 1
        assert running.end(signal.SIGTERM)[0] == 0


def test_ctrl_c_during_the_start_ends_it_in_order(tmp_path: Path) -> None:
    """A terminal sends it to every process of the group, and somebody impatient presses it twice."""
    git = tmp_path / "bin" / "git"
    git.parent.mkdir()
    git.write_text(f'#!/bin/sh\necho begun >> {tmp_path}/said.txt\n/bin/sleep 1\nexec {shutil.which("git")} "$@"\n')
    git.chmod(0o755)
    with demo(tmp_path, path=str(git.parent), into=False, said="begun") as running:
        for _ in range(2):
            os.killpg(running.process.pid, signal.SIGINT)
            time.sleep(0.2)
        assert running.process.wait(60) == 0
        assert running.said().splitlines()[-2:] == ["ending", "ended"]
        assert running.children() == {}
        assert sorted(path.name for path in tmp_path.iterdir()) == ["bin", "said.txt"]


def test_its_programs_end_with_it_where_it_is_killed(tmp_path: Path) -> None:
    with demo(tmp_path) as running:
        running.says("Ctrl-C ends it all")
        words = (" serve ", "storage.tsdb.path", "storage.path")
        eventually(lambda: [running.child(word) for word in words])
        running.process.kill()
        running.process.wait()
        assert eventually(lambda: running.children() == {}, patience=PATIENCE)


def test_it_ends_by_itself_where_that_is_wanted(tmp_path: Path) -> None:
    with demo(tmp_path, "--for=1s", path=str(tmp_path)) as running:
        assert running.process.wait(60) == 0
        assert running.said().rstrip().endswith(f"ended; the files are in {tmp_path / 'demo'}")
        assert running.children() == {}


def test_a_port_that_is_taken_is_one_clear_error(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "exporter", "demo", f"--port-base={port}", f"--into={tmp_path / 'demo'}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"kpi-exporter: the port {port} for exporter is taken on 127.0.0.1; choose another --port-base\n"


@pytest.mark.parametrize("program", NEEDED)
def test_the_programs_are_installed_where_this_is_tested(program: str) -> None:
    assert shutil.which(program) is not None
