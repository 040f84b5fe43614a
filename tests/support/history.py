"""A real Prometheus that has known the shipped projects for some weeks.

The past is written as blocks of its database: what the exporter would have told, and what the rules would have recorded of
it. The present is scraped from a loopback server that tells the figures of this very moment, and the rendered rules run over
both.
"""

import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric as Family

from exporter.collect import own_metrics as own
from exporter.collect.families import kpi_families, kpi_info_family
from exporter.facts import Metric
from exporter.kpi import evaluate
from exporter.render.projects import Project, shipped_projects
from exporter.render.rules import Links, rule_files
from support.operation import operation
from support.past import past
from support.programs import Prometheus, eventually
from support.story import Story
from support.upstream import Answer, Request, Upstream

__all__ = ["Present", "history", "launched", "prepare"]

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
AGE = timedelta(days=13)
"""Caro has been launched so long ago: the mock-up of its guide shows the second week."""
FRESH = timedelta(seconds=10)
"""How long a page of figures is served before it is made anew."""
CONFIG = """\
global: {{scrape_interval: {pace}s, scrape_timeout: {pace}s, evaluation_interval: {pace}s}}
rule_files: [rules/*.yml]
scrape_configs:
  - job_name: kpi-exporter
    static_configs: [{{targets: ['{exporter}'], labels: {{instance: 'kpi-exporter:8730'}}}}]
  - job_name: prometheus
    static_configs: [{{targets: ['localhost:9090'], labels: {{instance: 'prometheus:9090'}}}}]
alerting:
  alertmanagers: [{{static_configs: [{{targets: ['{exporter}']}}]}}]
"""


def launched(now: datetime) -> Sequence[Project]:
    """The shipped projects, Caro in its second week."""
    launch = {"launch": (now - AGE).date()}
    return [
        replace(project, catalog=project.catalog.model_copy(update=launch)) if project.name == "caro" else project
        for project in shipped_projects()
    ]


class Present:
    """What an exporter tells at this moment, for scrapes; it takes alerts too, as an Alertmanager would."""

    def __init__(self, stories: Sequence[Story], now: datetime) -> None:
        self._stories = stories
        self._now = now
        self._made: datetime | None = None
        self._page = b""
        self._families: list[Family] = []

    def answer(self, request: Request) -> Answer:
        """The page of metrics, at most some seconds old."""
        if request.method == "POST":
            return Answer.json({})
        time = datetime.now(UTC)
        if self._made is None or time - self._made > FRESH:
            self._made, self._page = time, self._text(time)
        return Answer(body=self._page, headers={"content-type": "text/plain; version=0.0.4"})

    def _text(self, time: datetime) -> bytes:
        registry = CollectorRegistry()
        self._families = list(self._told(time))
        registry.register(self)
        return generate_latest(registry)

    def collect(self) -> Iterator[Family]:
        """The families of the page that is made."""
        yield from self._families

    def _told(self, time: datetime) -> Iterator[Family]:
        projects = [story.project for story in self._stories]
        yield from kpi_families(
            [row for story in self._stories for row in evaluate(story.project.catalog, [story.snapshot(time)], time)]
        )
        yield kpi_info_family((project.name, project.catalog, project.sources) for project in projects)
        families: dict[Metric, Family] = {}
        for metric, labels, value in operation(self._now, _launch(self._stories), time):
            if metric not in families:
                kind = CounterMetricFamily if metric in own.COUNTERS else GaugeMetricFamily
                families[metric] = kind(metric.name, metric.help, labels=tuple(labels))
            families[metric].add_sample(metric.name, labels, value)
        yield from families.values()


@contextmanager
def history(
    folder: Path, now: datetime, days: int = 28, step: timedelta = HOUR, *, pace: int = 2, patience: float = 120
) -> Iterator[Prometheus]:
    """A Prometheus over `days` of history up to `now`, which must be about the present.

    `pace` is the seconds between two scrapes, and between two evaluations of the rules. The server is given once forecasts and
    firing alerts are there.
    """
    stories = [Story(project, now) for project in launched(now)]
    prepare(folder, stories, now, days, step)
    with Upstream(Present(stories, now).answer) as exporter:
        config = CONFIG.format(exporter=exporter.url.removeprefix("http://"), pace=pace)
        with Prometheus(folder, 0, "--storage.tsdb.retention.time=10y", config=config) as prometheus:
            for series in ("kpi:forecast:realistic", 'ALERTS{alertstate="firing",escalated="true"}'):
                eventually(partial(_known, prometheus, series), bool, patience)
            yield prometheus


def _known(prometheus: Prometheus, series: str) -> float | None:
    """How many of some series there are; fails at once where Prometheus did not take its rules."""
    assert prometheus.process.poll() is None, prometheus.log.read_text()[-2000:]
    return prometheus.value(f"count({series})")


def prepare(folder: Path, stories: Sequence[Story], now: datetime, days: int, step: timedelta) -> None:
    """Writes into a folder what a Prometheus starts with: blocks of the past, and the rules."""
    with (folder / "past.txt").open("w") as file:
        file.writelines(past(stories, _launch(stories), now, days, step))
    # Longer than the default, which would make a block of every two hours.
    command = ["promtool", "tsdb", "create-blocks-from", "--max-block-duration=720h", "openmetrics", "past.txt", "data"]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    (folder / "past.txt").unlink()
    (folder / "rules").mkdir()
    for path, text in _rules([story.project for story in stories]).items():
        (folder / "rules" / Path(path).name).write_text(text)


def _rules(projects: Sequence[Project]) -> Mapping[str, str]:
    """The rules as they are rendered, but that no alert waits for minutes or hours: what holds now is seen at once."""
    return {path: re.sub(r"(?m)^( +for: )\S+$", r"\g<1>1s", text) for path, text in rule_files(projects, Links()).items()}


def _launch(stories: Sequence[Story]) -> datetime:
    day = next(story.project.catalog.launch for story in stories if story.project.name == "caro")
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
