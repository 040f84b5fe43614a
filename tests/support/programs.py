"""Real programs on loopback, from `with` to its end."""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

__all__ = ["Alertmanager", "Exporter", "Program", "Prometheus", "eventually", "free_port"]

T = TypeVar("T")
_PORTS = range(12_000, 32_000)
_PROCESSES = 8
PATIENCE = 20.0
"""Seconds after which something that should have happened counts as failed."""


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on at this moment.

    It lies below those that systems give to outgoing connections, and each process of a parallel run looks among its own, so that
    nobody takes it before the program that it is for.
    """
    process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = _PORTS.start + process % _PROCESSES * (len(_PORTS) // _PROCESSES)
    while True:
        port = first + secrets.randbelow(len(_PORTS) // _PROCESSES)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def eventually(ask: Callable[[], T], holds: Callable[[T], bool] = bool, patience: float = PATIENCE) -> T:
    """Asks until the answer holds, and gives it; fails with the last answer when it never does."""
    end = time.monotonic() + patience
    while True:
        try:
            answer: Any = ask()
        except OSError as error:
            answer = error
        if not isinstance(answer, OSError) and holds(answer):
            return answer  # type: ignore[no-any-return]
        if time.monotonic() > end:
            raise AssertionError(f"not within {patience} s; last seen: {answer!r}")
        time.sleep(0.05)


class Program:
    """A program that logs to a file and listens on a port of 127.0.0.1."""

    def __init__(self, command: list[str], log: Path, port: int, environ: Mapping[str, str] | None = None) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.log = log
        self._command = command
        self._environ = {**os.environ, **(environ or {})}
        self.process: subprocess.Popen[bytes]

    def __enter__(self) -> Self:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self._command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=self._environ)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def stop(self, with_signal: signal.Signals = signal.SIGTERM) -> int:
        """Ends the program, by force if it does not end within ten seconds; gives its exit code."""
        self.process.send_signal(with_signal)
        try:
            return self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def restart(self, with_signal: signal.Signals = signal.SIGTERM) -> None:
        """Ends the program, in order or not, and starts it over what it kept."""
        self.stop(with_signal)
        self.__enter__()

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> str:
        """The body of an answer; raises OSError when there is none or its status is an error."""
        request = urllib.request.Request(self.url + path, headers=dict(headers or {}))
        with urllib.request.urlopen(request, timeout=5) as answer:
            body: bytes = answer.read()
            return body.decode()

    def status(self, path: str, method: str = "GET") -> int:
        """The status of an answer."""
        try:
            with urllib.request.urlopen(urllib.request.Request(self.url + path, method=method), timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code


class Exporter(Program):
    """`kpi-exporter serve` over a configuration file."""

    def __init__(self, config: Path, *flags: str, environ: Mapping[str, str] | None = None) -> None:
        port = free_port()
        command = [sys.executable, "-m", "exporter", "serve", f"--config.file={config}", f"--web.listen-address=127.0.0.1:{port}"]
        super().__init__([*command, *flags], config.with_suffix(".log"), port, environ)
        self.port = port

    def metrics(self) -> dict[str, float]:
        """What /metrics says: the value of each series, by name and labels as written there."""
        lines = (line for line in self.get("/metrics").splitlines() if line and not line.startswith("#"))
        return {series: float(value) for series, _, value in (line.rpartition(" ") for line in lines)}


class Prometheus(Program):
    """A Prometheus server, by default one that scrapes a port every second.

    With `config` it runs on that text instead, in which localhost:9090 means the server itself, and rules are read from `folder`.
    """

    def __init__(self, folder: Path, target: int, *flags: str, config: str | None = None) -> None:
        port = free_port()
        path = folder / "prometheus.yml"
        scraping = (
            "global: {scrape_interval: 1s, scrape_timeout: 1s}\n"
            "scrape_configs:\n"
            f"  - {{job_name: kpi-exporter, static_configs: [{{targets: ['127.0.0.1:{target}']}}]}}\n"
        )
        path.write_text(scraping if config is None else config.replace("localhost:9090", f"127.0.0.1:{port}"))
        own = [f"--config.file={path}", f"--storage.tsdb.path={folder / 'data'}", f"--web.listen-address=127.0.0.1:{port}"]
        super().__init__(["prometheus", *own, *flags], folder / "prometheus.log", port)

    def query(self, expression: str) -> list[tuple[dict[str, str], float]]:
        """The labels and values that an instant query gives."""
        answer = json.loads(self.get(f"/api/v1/query?{urllib.parse.urlencode({'query': expression})}"))
        return [(one["metric"], float(one["value"][1])) for one in answer["data"]["result"]]

    def value(self, expression: str) -> float | None:
        """The one value that an instant query gives, None where it gives nothing."""
        found = self.query(expression)
        assert len(found) <= 1, f"{expression} gives {len(found)} series"
        return found[0][1] if found else None


class Alertmanager(Program):
    """An Alertmanager over the text of a configuration; what it remembers stays in `folder`, so it may be restarted.

    Relative paths in the configuration are relative to `folder`. `program` is for another release than the installed one.
    """

    def __init__(
        self, folder: Path, config: str, *flags: str, program: str = "", environ: Mapping[str, str] | None = None
    ) -> None:
        port = free_port()
        path = folder / "alertmanager.yml"
        path.write_text(config, encoding="utf-8")
        # Debian puts the name of the system before that of the program.
        command = program or shutil.which("prometheus-alertmanager") or "alertmanager"
        own = [
            f"--config.file={path}",
            f"--storage.path={folder / 'alertmanager-data'}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--cluster.listen-address=",
        ]
        super().__init__([command, *own, *flags], folder / "alertmanager.log", port, environ)

    def __enter__(self) -> Self:
        super().__enter__()
        try:
            eventually(lambda: self.status("/-/ready"), lambda status: status == 200)
        except AssertionError:
            self.stop()
            raise
        return self

    def post_alerts(self, alerts: Iterable[Mapping[str, Any]]) -> None:
        """Sends alerts as Prometheus does: each has `labels` and may have `annotations`, `startsAt` and `endsAt`."""
        body = json.dumps(list(alerts)).encode()
        request = urllib.request.Request(f"{self.url}/api/v2/alerts", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=5) as answer:
            assert answer.status == 200

    def alerts(self) -> list[dict[str, Any]]:
        """The alerts that it holds, with state, inhibition and receivers."""
        listed: list[dict[str, Any]] = json.loads(self.get("/api/v2/alerts"))
        return listed
