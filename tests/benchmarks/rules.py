"""What the rules of the three shipped catalogs cost a real Prometheus that has known their KPIs for a year.

Every KPI and segment has a value each minute of the last two days, and a recorded one each hour of the year before. Rules are
evaluated every five seconds; the time that one evaluation of all of them takes is what counts, against the minute between two.

Run it: python tests/benchmarks/rules.py
"""

# ruff: noqa: T201  # a benchmark prints its figures

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import Metric as Family

from exporter.collect.families import kpi_families, kpi_info_family
from exporter.facts import Snapshot
from exporter.kpi import Row, evaluate
from exporter.render.projects import Project, shipped_projects
from exporter.render.rules import Links, rule_files
from support.kpi import figures
from support.programs import Prometheus, eventually
from support.upstream import Answer, Upstream

BUDGET_SECONDS = 1.0
MINUTE, HOUR, DAY = 60, 3600, 86_400
CONFIG = """\
global: {{scrape_interval: 5s, evaluation_interval: 5s}}
rule_files: [rules/*.yml]
scrape_configs:
  - {{job_name: kpi-exporter, static_configs: [{{targets: ['127.0.0.1:{port}']}}]}}
"""


def entered(project: Project) -> Snapshot:
    """A figure for every KPI and segment of a catalog."""
    rows = [(kpi.id, segment) for kpi in project.catalog.kpis for segment in ("", *(one.name for one in kpi.segments))]
    return replace(figures({row: random.Random("".join(row)).uniform(1, 1000) for row in rows}), project=project.name)


def past(rows: list[Row], now: float) -> Iterator[str]:
    """The history as OpenMetrics, one series after the other."""
    for metric, begin, end, step in (
        ("kpi_value", 2 * DAY, 3 * HOUR, MINUTE),
        ("kpi:value:hourly", 365 * DAY, 3 * HOUR, HOUR),
        ("kpi:value:max_1h", 365 * DAY, 3 * HOUR, HOUR),
    ):
        for row in rows:
            labels = f'project="{row.project}",kpi="{row.kpi}",segment="{row.segment}",unit="{row.unit}"'
            for ago in range(begin, end, -step):
                yield f"{metric}{{{labels}}} {row.value * (1 - ago / 1000 / DAY):.6g} {now - ago:.0f}\n"
    yield "# EOF\n"


def measure(folder: Path) -> tuple[float, int, int, float]:
    """Seconds for one evaluation of all rules, rules, series of KPIs, and the longest of a group in seconds."""
    projects, now = shipped_projects(), datetime.now(UTC)
    rows = [row for project in projects for row in evaluate(project.catalog, [entered(project)], now)]
    known = [row for row in rows if row.value is not None]
    with (folder / "past.txt").open("w") as file:
        file.writelines(past(known, now.timestamp()))
    command = ["promtool", "tsdb", "create-blocks-from", "--max-block-duration=720h", "openmetrics", "past.txt", "data"]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    (folder / "rules").mkdir()
    for path, text in rule_files(projects, Links()).items():
        (folder / "rules" / Path(path).name).write_text(text)

    class Kpis:
        def collect(self) -> Iterator[Family]:
            yield from kpi_families(rows)
            yield kpi_info_family((project.name, project.catalog, project.sources) for project in projects)

    registry = CollectorRegistry()
    registry.register(Kpis())
    page = generate_latest(registry)
    with Upstream(lambda _: Answer(body=page, headers={"content-type": "text/plain; version=0.0.4"})) as exporter:
        config = CONFIG.format(port=exporter.url.rpartition(":")[2])
        with Prometheus(folder, 0, "--storage.tsdb.retention.time=2y", config=config) as prometheus:
            eventually(lambda: prometheus.value("count(kpi:forecast:realistic)"), bool, patience=120)
            time.sleep(15)
            groups = json.loads(prometheus.get("/api/v1/rules"))["data"]["groups"]
    assert all(rule["health"] == "ok" for group in groups for rule in group["rules"] if group["name"] != "kpi-hourly")
    seconds = [group["evaluationTime"] for group in groups]
    return sum(seconds), sum(len(group["rules"]) for group in groups), len(known), max(seconds)


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        seconds, rules, series, longest = measure(Path(folder))
    size = f"{rules} rules, {series} KPIs and segments, a year of history"
    print(f"{size}: {seconds:.3f} s an evaluation, {longest:.3f} s its longest group")
    if seconds > BUDGET_SECONDS:
        print(f"above the budget of {BUDGET_SECONDS} s", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
