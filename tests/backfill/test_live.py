"""Backfilled blocks in a real Prometheus: points against the truth, rules against their points, and the seam to a scrape."""

import json
import math
import re
import struct
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from exporter.collect.setup import Options, load_setup
from exporter.render.projects import Project, configured_projects
from exporter.render.rules import Links, rule_files
from exporter.render.rules.derived import derived_recordings
from exporter.render.rules.model import Recording
from exporter.render.rules.recordings import recording_groups
from exporter.render.rules.series import MAX_1H
from support.acme import Acme
from support.programs import Exporter, Prometheus, eventually

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SCRAPE = {"job": "kpi-exporter", "instance": "kpi-exporter:8730", "project": "acme"}
Labels = frozenset[tuple[str, str]]


def backfill(acme: Acme, *flags: str) -> str:
    """What the command says, run in a process of its own."""
    command = [sys.executable, "-m", "exporter", "backfill", f"--config.file={acme.config}", f"--into={acme.folder / 'data'}"]
    done = subprocess.run([*command, *flags], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Server(Prometheus):
    """A Prometheus over the blocks, with or without an exporter to scrape and the rules of the project."""

    def __init__(self, acme: Acme, exporter: int = 0, rules: bool = False) -> None:
        config = (
            "global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}\n"
            f"rule_files: [{'rules/*.yml' if rules else ''}]\n"
            "scrape_configs:\n"
            "  - job_name: kpi-exporter\n"
            f"    static_configs: [{{targets: ['127.0.0.1:{exporter}'], labels: {{instance: 'kpi-exporter:8730'}}}}]\n"
        )
        super().__init__(acme.folder, exporter, "--storage.tsdb.retention.time=10y", config=config)

    def at(self, expression: str, when: datetime) -> dict[Labels, float]:
        """The values of an instant query by labels, without the name."""
        query = urllib.parse.urlencode({"query": expression, "time": when.timestamp()})
        result = json.loads(self.get(f"/api/v1/query?{query}"))["data"]["result"]
        return {unnamed(one["metric"]): float(one["value"][1]) for one in result}

    def points(self, expression: str, start: datetime, end: datetime, step: timedelta) -> dict[Labels, dict[datetime, float]]:
        """The values of a range query by labels and moment."""
        asked = {"query": expression, "start": start.timestamp(), "end": end.timestamp(), "step": step.total_seconds()}
        result = json.loads(self.get(f"/api/v1/query_range?{urllib.parse.urlencode(asked)}"))["data"]["result"]
        return {
            unnamed(one["metric"]): {datetime.fromtimestamp(at, UTC): float(value) for at, value in one["values"]}
            for one in result
        }


def unnamed(metric: Mapping[str, str]) -> Labels:
    return frozenset((name, value) for name, value in metric.items() if name != "__name__")


def project_of(acme: Acme) -> Project:
    (project,) = configured_projects(load_setup(Options(acme.config, {})))
    return project


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Acme, Server]]:
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    acme = Acme(tmp_path_factory.mktemp("filled"), now - 40 * DAY, now)
    backfill(acme, f"--since={acme.begin.date()}")
    with Server(acme) as server:
        eventually(lambda: server.status("/-/ready"), lambda status: status == 200)
        yield acme, server


def hours(acme: Acme) -> Iterator[datetime]:
    first = datetime.combine(acme.begin.date(), datetime.min.time(), UTC)
    yield from (first + number * HOUR for number in range((acme.now - first) // HOUR + 1))


def growth(acme: Acme, begin: datetime) -> float | None:
    before = begin.date() - 7 * DAY
    return None if before < acme.begin.date() else (acme.stars(begin.date()) - acme.stars(before)) / acme.stars(before)


def bugs(acme: Acme, begin: datetime) -> float:
    return acme.bugs(begin.date() - (begin.date() - acme.begin.date()).days % 5 * DAY)


TRUTH: Mapping[tuple[str, str], Callable[[Acme, datetime], float | None]] = {
    ("kpi_value", "commits"): lambda acme, begin: acme.commits_by(begin) or None,
    ("kpi:public:value", "commits"): lambda acme, begin: acme.commits_by(begin) or None,
    ("kpi_value", "stars"): lambda acme, begin: acme.stars(begin.date()),
    ("kpi:value:hourly", "stars"): lambda acme, begin: acme.stars(begin.date()),
    ("kpi_target", "stars"): lambda acme, begin: 250 if begin.date() <= acme.begin.date() + 20 * DAY else 1000,
    ("kpi_goal", "stars"): lambda acme, begin: 1000,
    ("kpi_value", "bugs"): bugs,
    ("kpi_attainment_ratio", "bugs"): lambda acme, begin: max(0.0, 2 - bugs(acme, begin) / 4),
    ("kpi:value:derived", "stars_growth"): growth,
    ("kpi:value:current", "stars_growth"): growth,
    ("kpi:value:growth_7d", "stars"): growth,
    ("kpi_value", "stars_growth"): lambda acme, begin: None,
}


@pytest.mark.parametrize(("series", "kpi"), TRUTH, ids=" ".join)
def test_each_point_is_the_truth_of_the_begin_of_its_day(filled: tuple[Acme, Server], series: str, kpi: str) -> None:
    acme, server = filled
    found = server.points(f'{series}{{kpi="{kpi}"}}', next(hours(acme)), acme.now, HOUR)
    days = {hour: hour.replace(hour=0) for hour in hours(acme)}
    truth = {hour: value for hour, begin in days.items() if (value := TRUTH[series, kpi](acme, begin)) is not None}
    assert [pytest.approx(points) for points in found.values()] == ([truth] if truth else [])


def test_the_facts_are_told_with_the_labels_of_a_scrape(filled: tuple[Acme, Server]) -> None:
    acme, server = filled
    (series,) = server.points("git_commits_recent{window='30d'}", next(hours(acme)), acme.now, HOUR)
    assert dict(series) == {**SCRAPE, "repository": "acme", "window": "30d"}


def recordings(project: Project) -> Mapping[str, list[Recording]]:
    """What the rules record, by the names of the series that a backfill writes."""
    found: dict[str, list[Recording]] = {}
    rules = [rule for group in recording_groups() for rule in group.rules if isinstance(rule, Recording)]
    for rule in (*rules, *derived_recordings(project)):
        found.setdefault(rule.record, []).append(rule)
    return found


def test_the_recorded_series_are_what_the_rules_make_of_the_others(filled: tuple[Acme, Server]) -> None:
    acme, server = filled
    recorded = recordings(project_of(acme))
    written = {name for name in server_names(server) if name in recorded and name != MAX_1H}
    assert len(written) >= 19
    whole = {name: rules[0].expr for name, rules in recorded.items() if name not in written and len(rules) == 1}
    for when in list(hours(acme))[::60]:
        for name in sorted(written):
            # A forecast is that of the last knot, which an hour later has moved on; and 2.42 counts both edges of its window.
            moving = name.startswith("kpi:forecast") or name == "kpi:value:derived"
            if moving and when.hour:
                continue
            made = made_by(server, recorded[name], when, whole)
            assert server.at(name, when) == pytest.approx(made, rel=0.02 if moving else 1e-9), (name, when)


def made_by(server: Server, rules: list[Recording], when: datetime, whole: Mapping[str, str]) -> dict[Labels, float]:
    """What rules record at a moment, by labels; `whole` has the expressions of recorded series that are not written."""
    return {
        frozenset({**dict(labels), **{name: text for name, text in rule.labels.items() if text}}.items()): value
        for rule in rules
        for labels, value in server.at(expanded(rule.expr, whole), when).items()
    }


def expanded(expr: str, whole: Mapping[str, str]) -> str:
    """An expression with the expressions of other series in their place, and their matchers where those series come from."""

    def inner(match: re.Match[str]) -> str:
        return f"({expanded(re.sub(r'(?=.15m.)', match[2] or '', whole[match[1]]), whole)})"

    return re.sub(rf"({'|'.join(whole)})(?![\w\[])({{[^}}]*}})?", inner, expr)


def server_names(server: Server) -> list[str]:
    names: list[str] = json.loads(server.get("/api/v1/label/__name__/values"))["data"]
    return names


def test_a_scrape_continues_the_same_series_without_a_gap(acme: Acme) -> None:
    said = backfill(acme, "--since=10d", "--step=1m")
    assert " series, " in said
    with Exporter(acme.config) as exporter:
        eventually(lambda: exporter.status("/-/ready"), lambda status: status == 200)
        rules(acme)
        with Server(acme, exporter.port, rules=True) as server:
            eventually(lambda: server.value('count_over_time(kpi_value{kpi="stars"}[10s])'), lambda count: (count or 0) >= 3)
            now = datetime.now(UTC)
            for name in ("kpi_value", "kpi:value:current", "kpi_target", "git_commits"):
                only = '{kpi="stars"}' if name.startswith("kpi") else ""
                (points,) = server.points(f"{name}{only}", now - 2 * HOUR, now, timedelta(minutes=2)).values()
                assert len(points) == 61, name
            (change,) = eventually(lambda: server.query('kpi:value:change_7d{kpi="stars"}'))
            week = acme.stars(now.date()) - acme.stars(now.date() - 7 * DAY)
            assert change[1] == week
            assert server.value('count(kpi_value{kpi="stars"})') == 1


def rules(acme: Acme) -> None:
    (acme.folder / "rules").mkdir()
    for path, text in rule_files([project_of(acme)], Links()).items():
        (acme.folder / "rules" / Path(path).name).write_text(text)


def test_it_stops_before_what_prometheus_scrapes_already(acme: Acme) -> None:
    with Exporter(acme.config) as exporter:
        eventually(lambda: exporter.status("/-/ready"), lambda status: status == 200)
        with Server(acme, exporter.port) as server:
            eventually(lambda: server.value('kpi_value{kpi="stars"}'))
            first = eventually(lambda: server.value('min_over_time(timestamp(kpi_value{kpi="stars"})[1h:1s])'))
            asked = f"--prometheus.url={server.url}"
            backfill(acme, "--since=10d", "--step=1m", asked, f"--work={acme.folder / 'work'}")
            server.restart()
            eventually(lambda: server.status("/-/ready"), lambda status: status == 200)
            ends = [json.loads(meta.read_text())["maxTime"] for meta in (acme.folder / "data").glob("*/meta.json")]
            assert max(ends) / 1000 <= (first or 0) < datetime.now(UTC).timestamp()
            # What scraped once goes on: the blocks took nothing away.
            assert server.value('min_over_time(timestamp(kpi_value{kpi="stars"})[11d:1h])') is not None
            again = backfill(acme, "--since=10d", "--step=1m", asked, f"--work={acme.folder / 'other'}")
            assert again.startswith("Nothing to do")


def test_what_a_prometheus_that_was_stopped_has_in_no_block_yet_stays(acme: Acme) -> None:
    """At its start it would drop what is older than the newest block, whoever told it."""
    stopped = [acme.now - 8 * HOUR + minutes * timedelta(minutes=1) for minutes in range(10)]
    flags = ("--web.enable-remote-write-receiver", "--storage.tsdb.retention.time=10y")
    server = Prometheus(acme.folder, 0, *flags, config="scrape_configs: []\n")
    with server:
        eventually(lambda: server.status("/-/ready"), lambda status: status == 200)
        for at in stopped:
            for name in ("up", "of_another_job"):
                tell(server, name, at)
    backfill(acme, "--since=2d")
    with server:
        eventually(lambda: server.status("/-/ready"), lambda status: status == 200)
        assert server.value("count_over_time(of_another_job[1d])") == len(stopped)
        assert server.value('count_over_time(kpi_value{kpi="stars"}[4d])') == 48 + acme.now.hour - 8


def tell(server: Prometheus, name: str, at: datetime) -> None:
    """Writes a sample of 1 into a server, as another one would."""
    label = field(1, field(1, b"__name__") + field(2, name.encode()))
    sample = field(2, b"\x09" + struct.pack("<d", 1.0) + b"\x10" + varint(int(at.timestamp() * 1000)))
    message = field(1, label + sample)
    # Snappy: the length, and all of it as one literal.
    body = varint(len(message)) + bytes([60 << 2, len(message) - 1]) + message
    headers = {"Content-Encoding": "snappy", "Content-Type": "application/x-protobuf"}
    with urllib.request.urlopen(urllib.request.Request(f"{server.url}/api/v1/write", body, headers)) as answer:
        assert answer.status == 204


def field(number: int, content: bytes) -> bytes:
    """A field of a protocol buffer that holds bytes."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(number: int) -> bytes:
    """A whole number as protocol buffers write it."""
    return bytes([number & 127 | 128]) + varint(number >> 7) if number > 127 else bytes([number])


def test_a_figure_is_never_infinite_or_nan(filled: tuple[Acme, Server]) -> None:
    acme, server = filled
    values: list[Any] = list(server.at('{__name__=~"kpi.*"}', acme.now).values())
    assert values
    assert all(map(math.isfinite, values))
