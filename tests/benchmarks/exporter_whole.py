"""The running exporter at 1,000 repositories: time to first figures, memory, scrapes; and the time of `kpi-exporter --help`.

Run it with `PYTHONPATH=tests python tests/benchmarks/exporter_whole.py`. GitHub waits 100 ms before each answer.
Only the facts that every repository has are read: `github_topics.py` tells what topics take.
"""

# ruff: noqa: T201  # a benchmark prints its figures

import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from benchmarks.github_facts import LATENCY, Prebuilt
from support.github import TOKEN
from support.programs import Exporter, eventually
from support.upstream import Upstream

REPOSITORIES = 1000
SCRAPES = 100
HELPS = 10
MEMORY_BUDGET = 150e6
REFRESH_BUDGET = 20.0
SCRAPE_BUDGET = 0.015
HELP_BUDGET = 0.3

CONFIGURATION = """\
projects:
  - name: caro
    sources:
      github: {{base_url: {url}, token_file: token, interval: 10m, read: [], labels: [], repositories: [{repositories}]}}
"""


def memory(exporter: Exporter, field: str) -> int:
    """Bytes of memory of the process: VmRSS now, VmHWM at most."""
    status = Path(f"/proc/{exporter.process.pid}/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith(f"{field}:"))


def median_of(times: int, action: Callable[[], object]) -> float:
    """Median seconds that an action takes."""

    def once() -> float:
        start = time.perf_counter()
        action()
        return time.perf_counter() - start

    return statistics.median(once() for _ in range(times))


def scrape(exporter: Exporter) -> bytes:
    """The body of a scrape as Prometheus asks for it."""
    request = urllib.request.Request(f"{exporter.url}/metrics", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        body: bytes = answer.read()
        return body


def measure_exporter(folder: Path, url: str) -> list[tuple[str, float, float, str]]:
    """Name, figure, budget and unit of what the running exporter takes."""
    (folder / "token").write_text(TOKEN)
    config = folder / "kpi-exporter.yml"
    names = ", ".join(f"acme/r{number}" for number in range(REPOSITORIES))
    config.write_text(CONFIGURATION.format(url=url, repositories=names))
    start = time.perf_counter()
    with Exporter(config) as exporter:
        eventually(lambda: exporter.status("/-/ready"), lambda status: status == 200, patience=60)
        eventually(lambda: b"acme" in exporter.get("/metrics").encode(), patience=60)
        seconds = time.perf_counter() - start
        samples = len(exporter.metrics())
        median = median_of(SCRAPES, lambda: scrape(exporter))
        print(f"{samples:,} samples, a scrape has {len(scrape(exporter)):,} bytes")
        return [
            ("from start to the first figures", seconds, REFRESH_BUDGET, "s"),
            ("scrape, median", median, SCRAPE_BUDGET, "s"),
            ("memory now", memory(exporter, "VmRSS"), MEMORY_BUDGET, "B"),
            ("memory at most", memory(exporter, "VmHWM"), MEMORY_BUDGET, "B"),
        ]


def main() -> None:
    """Prints each figure beside its budget; exits with 1 when one is exceeded."""
    with tempfile.TemporaryDirectory() as folder, Upstream(Prebuilt(), delay=LATENCY) as upstream:
        rows = measure_exporter(Path(folder), upstream.url)
    command = [sys.executable, "-m", "exporter", "--help"]
    helped = median_of(HELPS, lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL))
    rows.append(("kpi-exporter --help, median", helped, HELP_BUDGET, "s"))
    for name, figure, budget, unit in rows:
        shown, allowed = (f"{n / 1e6:.0f} MB" if unit == "B" else f"{n * 1000:.1f} ms" for n in (figure, budget))
        print(f"{name:34}{shown:>12}   budget {allowed:>12}   {'kept' if figure <= budget else 'EXCEEDED'}")
    sys.exit(any(figure > budget for _, figure, budget, _ in rows))


if __name__ == "__main__":
    main()
