"""The running exporter between upstreams on loopback and a real Prometheus: what stays, ages and vanishes when things break."""

import re
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from support.github import PLANTED, TOKEN, Issue
from support.programs import Exporter, Prometheus, eventually
from support.upstream import Answer, Fault, Upstream
from support.world import BOT_TOKEN, PEOPLE, World

STARS = "sum(github_repository_stars)"
MAX_AGE = 5
"""Seconds after which figures that could not be refreshed vanish."""
GITHUB_UP = 'kpi_exporter_source_up{source="github"}'


@dataclass
class Scene:
    """All that runs: GitHub is on a server of its own, so that it can be broken alone."""

    world: World
    github: Upstream
    exporter: Exporter
    prometheus: Prometheus
    config: Path

    def of_others(self) -> dict[str, float]:
        """Facts and values that have nothing to do with GitHub."""
        ours = re.compile(r'^(discord|git|manual|package)_|^kpi_value\{kpi="(discord_members|contributors|csat|downloads)"')
        return {series: value for series, value in self.exporter.metrics().items() if ours.match(series)}


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("live")
    world = World(datetime.now(UTC).replace(microsecond=0))
    with Upstream(world) as others, Upstream(world) as github:
        config = world.configuration(
            folder, others.url, github_url=github.url, interval="1s", timeout="1s", max_age=f"{MAX_AGE}s"
        )
        with Exporter(config) as exporter, Prometheus(folder, exporter.port) as prometheus:
            eventually(lambda: exporter.status("/-/ready"), lambda status: status == 200)
            yield Scene(world, github, exporter, prometheus, config)
        assert exporter.process.returncode == 0


def test_prometheus_reads_the_numbers_of_the_world(scene: Scene) -> None:
    expected = {
        STARS: 1200,
        "discord_members": 680,
        "git_contributors": 4,
        'sum(github_issues_open{kind="bug"})': 12,
        'package_downloads{registry="pypi",window="7d"}': 140,
        'kpi_value{kpi="community_size"}': 1884,
        'kpi_value{kpi="open_bugs",segment="P1"}': 2,
        'kpi_attainment_ratio{kpi="discord_members"}': 1,
        'kpi_status{kpi="github_stars",status="on_target"}': 1,
        'kpi_target{kpi="active_weekly_users"}': 250,
        'up{job="kpi-exporter"}': 1,
        GITHUB_UP: 1,
    }
    for expression, value in expected.items():
        eventually(lambda expression=expression: scene.prometheus.value(expression), lambda seen, value=value: seen == value)


def test_a_change_upstream_arrives(scene: Scene) -> None:
    scene.world.github.repositories[0].issues.append(Issue(("bug", "P0")))
    eventually(lambda: scene.prometheus.value('kpi_status{kpi="open_bugs",segment="P0",status="alert"}'), lambda seen: seen == 1)
    scene.world.github.repositories[0].issues.pop()
    bugs = 'kpi_value{kpi="open_bugs",segment="P0"}'
    assert eventually(lambda: scene.prometheus.value(bugs), lambda seen: seen == 0) == 0


FAULTS: dict[str, tuple[Fault, str]] = {
    "500": (Answer(500), "server_error"),
    "forbidden": (Answer(403), "auth"),
    "garbage": ("garbage", "malformed"),
    "half an answer": ("half", "connection"),
    "dropped connection": ("drop", "connection"),
    "hang": ("hang", "timeout"),
}


@pytest.mark.parametrize("name", [*FAULTS, "rate limit"])
def test_what_a_source_said_stays_for_a_while_then_vanishes_and_comes_back(scene: Scene, name: str) -> None:
    prometheus = scene.prometheus
    before = scene.of_others()
    limited = Answer(403, b"{}", {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(time.time()) + 10)})
    scene.github.fault, reason = FAULTS.get(name, (limited, "rate_limited"))
    failures = f'kpi_exporter_upstream_failures_total{{source="github",reason="{reason}"}}'

    # Less than the maximal age after the last good refresh, whatever the source is doing by now.
    time.sleep(MAX_AGE / 3)
    assert prometheus.value(STARS) == 1200
    eventually(lambda: prometheus.value(GITHUB_UP), lambda up: up == 0)
    eventually(lambda: prometheus.value(failures), lambda count: count is not None and count > 0)
    eventually(lambda: prometheus.value(STARS), lambda stars: stars is None)
    assert prometheus.value('kpi_value{kpi="github_stars"}') is None
    assert prometheus.value('kpi_status{kpi="github_stars",status="no_data"}') == 1
    assert scene.of_others() == before
    assert prometheus.value('min(kpi_exporter_source_up{source!="github"})') == 1
    assert prometheus.value('up{job="kpi-exporter"}') == 1

    scene.github.fault = None
    eventually(lambda: prometheus.value(STARS), lambda stars: stars == 1200)
    eventually(lambda: prometheus.value(GITHUB_UP), lambda up: up == 1)


def test_one_repository_that_goes_away_takes_only_its_own_series_with_it(scene: Scene) -> None:
    gone = scene.world.github.repositories.pop()
    eventually(lambda: scene.prometheus.value(STARS), lambda stars: stars == 1100)
    parts_failed = 'kpi_exporter_source_parts_failed{source="github"}'
    # Its facts and its six topics, and what is pooled over all repositories: issues, pull requests, discussions, contributors.
    assert (scene.prometheus.value(GITHUB_UP), scene.prometheus.value(parts_failed)) == (1, 7 + 4)
    # The stars of one of two repositories are not the stars of the project.
    assert scene.prometheus.value('kpi_value{kpi="github_stars"}') is None
    scene.world.github.repositories.append(gone)
    eventually(lambda: scene.prometheus.value('kpi_value{kpi="github_stars"}'), lambda stars: stars == 1200)


def test_a_configuration_that_is_wrong_changes_nothing(scene: Scene) -> None:
    text = scene.config.read_text()
    scene.config.write_text(text.replace("caro-cli/docs", "not a repository"))
    assert scene.exporter.status("/-/reload", "POST") == 500
    successful = "kpi_exporter_config_last_reload_successful"
    eventually(lambda: scene.prometheus.value(successful), lambda value: value == 0)
    assert scene.prometheus.value(STARS) == 1200
    scene.config.write_text(text)
    scene.exporter.process.send_signal(signal.SIGHUP)
    eventually(lambda: scene.prometheus.value(successful), lambda value: value == 1)
    assert scene.prometheus.value(STARS) == 1200


def test_a_new_configuration_takes_the_place_of_the_old_one(scene: Scene) -> None:
    text = scene.config.read_text()
    scene.config.write_text(text.replace("[caro-cli/caro, caro-cli/docs]", "[caro-cli/caro]"))
    assert scene.exporter.status("/-/reload", "POST") == 200
    eventually(lambda: scene.prometheus.value(STARS), lambda stars: stars == 1100)
    assert "caro-cli/docs" not in scene.exporter.get("/config")
    scene.config.write_text(text)
    assert scene.exporter.status("/-/reload", "POST") == 200
    eventually(lambda: scene.prometheus.value(STARS), lambda stars: stars == 1200)


def test_a_kill_at_any_moment_loses_nothing_but_a_refresh(scene: Scene) -> None:
    scene.exporter.process.kill()
    scene.exporter.process.wait()
    scene.exporter.__enter__()
    eventually(lambda: scene.exporter.status("/-/ready"), lambda status: status == 200)
    contributors = 'git_contributors{project="caro"}'
    assert eventually(lambda: scene.exporter.metrics().get(contributors), lambda value: value == 4) == 4


def test_no_secret_and_nobody_is_seen_anywhere(scene: Scene) -> None:
    seen = scene.exporter.get("/metrics") + scene.exporter.get("/config") + scene.exporter.log.read_text()
    names = [person for email in PEOPLE for person in (email, email.split("@")[0].rpartition("+")[2])]
    assert [planted for planted in (TOKEN, BOT_TOKEN, PLANTED, "lanted", *names) if planted in seen] == []
    assert "<secret>" in scene.exporter.get("/config")


def test_it_ends_within_two_seconds_when_asked_to(scene: Scene) -> None:
    began = time.monotonic()
    assert scene.exporter.stop() == 0
    assert time.monotonic() - began < 2
    assert "Traceback" not in scene.exporter.log.read_text()
