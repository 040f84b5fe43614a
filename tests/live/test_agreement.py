"""`check` and a real Prometheus give the same verdict, over generated catalogs with figures at, below and above every limit.

Prometheus has the rules that are rendered from the catalogs, scrapes the page that the exporter would serve, and holds what the
KPIs were worth in the past. `check` judges the same figures, and asks that Prometheus for the past.
"""

import json
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import Metric as Family

from exporter.collect.families import kpi_families
from exporter.collect.history import PrometheusHistory
from exporter.kpi import Row, State, evaluate
from exporter.render.projects import Project
from exporter.render.rules import Links, rule_files
from support.generated import OVER, Case, cases
from support.kpi import NOW
from support.programs import Prometheus, eventually
from support.tools import make_tools
from support.upstream import Answer, Upstream

Verdict = set[tuple[str, str, str, str]]
"""Alerts whose condition holds: project, KPI, segment, name."""

CONFIG = """\
global: {{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}}
rule_files: [rules/*.yml]
scrape_configs:
  - {{job_name: kpi-exporter, static_configs: [{{targets: ['127.0.0.1:{port}']}}]}}
"""


@dataclass(frozen=True, repr=False)
class Many:
    """Cases that one Prometheus judges together; by name, because their text would be very long."""

    projects: Mapping[str, Case]


@st.composite
def many_cases(draw: st.DrawFn) -> Many:
    many = Many({f"p{number}": draw(cases(history=True)) for number in range(60)})
    assume(sum(len(case.now) for case in many.projects.values()) > 60)  # the first that hypothesis tries is empty
    return many


TEN_MINUTES, MONTH = timedelta(minutes=10), timedelta(days=30)


@given(many_cases())
@settings(
    max_examples=1,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=(HealthCheck.large_base_example, HealthCheck.too_slow, HealthCheck.data_too_large),
)
def test_an_alert_that_check_calls_firing_holds_in_prometheus_and_no_other(tmp_path_factory, many: Many) -> None:
    folder = tmp_path_factory.mktemp("agreement")
    projects = many.projects
    write_rules(folder, projects)
    write_past(folder, projects)
    text = page([row for name, case in projects.items() for row in rows(name, case)])
    with Upstream(lambda _: Answer(body=text, headers={"content-type": "text/plain; version=0.0.4"})) as exporter:
        config = CONFIG.format(port=exporter.url.rpartition(":")[2])
        with Prometheus(folder, 0, "--storage.tsdb.retention.time=3y", config=config) as prometheus:
            holding = settled(prometheus, sum(len(case.now) for case in projects.values()))
            history = {name: PrometheusHistory(make_tools(folder).client, prometheus.url, name) for name in projects}
            judged = {
                (row.project, row.kpi, row.segment, alert.name): alert.state
                for name, case in projects.items()
                for row in rows(name, case, history[name])
                for alert in row.alerts
            }
    assert holding == {key for key, state in judged.items() if state is State.FIRING}
    # Both verdicts came up often enough to mean something, and with the past known.
    states = list(judged.values())
    assert min(states.count(State.FIRING), states.count(State.OK), states.count(State.NO_DATA)) > 20
    assert State.NEEDS_HISTORY not in states


def rows(name: str, case: Case, history: PrometheusHistory | None = None) -> tuple[Row, ...]:
    """What `check` says of a case, under the name of a project of its own."""
    return evaluate(case.catalog, [replace(case.snapshot, project=name)], NOW, project=name, history=history)


def page(all_rows: Sequence[Row]) -> bytes:
    """What the exporter would serve of the KPIs."""

    class Kpis:
        def collect(self) -> Iterator[Family]:
            yield from kpi_families(all_rows)

    registry = CollectorRegistry()
    registry.register(Kpis())
    return generate_latest(registry)


def write_rules(folder: Path, projects: Mapping[str, Case]) -> None:
    made = [Project(name, case.catalog, {kpi.id: "manual" for kpi in case.catalog.kpis}) for name, case in projects.items()]
    (folder / "rules").mkdir()
    for path, text in rule_files(made, Links()).items():
        (folder / "rules" / Path(path).name).write_text(text, encoding="utf-8")


def write_past(folder: Path, projects: Mapping[str, Case]) -> None:
    """The past of every case as blocks of Prometheus."""
    now = datetime.now(UTC)
    then, month = ((now - back).timestamp() for back in (OVER + TEN_MINUTES, MONTH))
    lines = []
    for name, case in projects.items():
        for metric, figures, moment in (("kpi_value", case.before, then), ("kpi:value:max_1h", case.peaks, month)):
            for (kpi, segment), value in figures.items():
                unit = next(one.unit for one in case.catalog.kpis if one.id == kpi)
                lines.append(f'{metric}{{project="{name}",kpi="{kpi}",segment="{segment}",unit="{unit}"}} {value!r} {moment:.0f}')
    (folder / "past.txt").write_text("\n".join([*lines, "# EOF\n"]), encoding="utf-8")
    command = ["promtool", "tsdb", "create-blocks-from", "openmetrics", "past.txt", "data"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def settled(prometheus: Prometheus, values: int) -> Verdict:
    """The alerts that hold once all figures are recorded and every rule has been evaluated on them twice."""
    eventually(lambda: prometheus.value("count(kpi:value:current)"), lambda found: found == values, patience=60)
    recorded = time.time()

    def groups() -> list[dict]:
        found: list[dict] = json.loads(prometheus.get("/api/v1/rules"))["data"]["groups"]
        return found

    def all_evaluated(found: list[dict]) -> bool:
        last = [datetime.fromisoformat(group["lastEvaluation"][:19] + "+00:00").timestamp() for group in found]
        return min(last) > recorded + 3

    found = eventually(lambda: [group for group in groups() if group["name"] != "kpi-hourly"], all_evaluated, patience=60)
    alerts = [alert["labels"] for group in found for rule in group["rules"] for alert in rule.get("alerts", ())]
    named = [labels for labels in alerts if labels["alertname"].startswith("K") and "kpi" in labels and "project" in labels]
    return {(labels["project"], labels["kpi"], labels.get("segment", ""), labels["alertname"]) for labels in named}
