"""The topics of GitHub in the running exporter: what a kill leaves of them, and what one that fails does to the others."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from support.github import PLANTED, TOKEN
from support.programs import Exporter, Prometheus, eventually
from support.upstream import Answer, Upstream
from support.world import PEOPLE, World


@pytest.fixture
def world() -> World:
    """The world as it is today."""
    return World(datetime.now(UTC).replace(microsecond=0))


@contextmanager
def running(config: Path) -> Iterator[Exporter]:
    """An exporter that is killed at the end, unless it has been already."""
    with Exporter(config) as exporter:
        try:
            yield exporter
        finally:
            exporter.process.kill()
            exporter.process.wait()


def facts_of(config: Path) -> dict[str, float]:
    """What an exporter says of GitHub after its first refresh; it is killed then."""
    with running(config) as exporter:
        eventually(lambda: exporter.status("/-/ready"), lambda status: status == 200)
        metrics = exporter.metrics()
    return {series: value for series, value in metrics.items() if series.startswith("github_")}


def test_after_a_kill_the_figures_are_back_with_one_request(world: World, tmp_path: Path) -> None:
    with Upstream(world) as others, Upstream(world) as github:
        config = world.configuration(tmp_path, others.url, github_url=github.url)
        before = facts_of(config)
        asked = len(github.requests)
        assert facts_of(config) == before
        assert (asked > 3, len(github.requests) - asked) == (True, 1)
    assert 'github_issue_first_response_seconds{project="caro",statistic="median"}' in before


def test_a_kill_in_the_middle_of_a_refresh_loses_nothing(world: World, tmp_path: Path) -> None:
    with Upstream(world) as others, Upstream(world, delay=0.2) as github:
        config = world.configuration(tmp_path, others.url, github_url=github.url)
        killed = list[int]()
        for requests in (1, 2, 3):
            del github.requests[:]
            with running(config) as exporter:
                eventually(lambda: github.requests, lambda seen, requests=requests: len(seen) >= requests)
                killed.append(exporter.status("/-/ready"))
        figures = facts_of(config)
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        assert figures == facts_of(world.configuration(elsewhere, others.url, github_url=github.url))
    assert killed == [503, 503, 503]


def test_nobody_is_in_the_files_of_the_state_directory(world: World, tmp_path: Path) -> None:
    with Upstream(world) as upstream:
        facts_of(world.configuration(tmp_path, upstream.url))
    files = {path: path.read_bytes().lower() for path in (tmp_path / "state").rglob("*") if path.is_file()}
    assert any(path.name == "facts.sqlite" for path in files)
    planted = [text.lower().encode() for text in (*PEOPLE, TOKEN, PLANTED, "planted", "release-robot")]
    assert [(path.name, text) for path, content in files.items() for text in planted if text in content] == []


def test_a_permission_that_is_missing_takes_only_its_own_topic_away(world: World, tmp_path: Path) -> None:
    rest = world.github.rest
    rest.failing["caro-cli/caro", "traffic/views"] = Answer.json({"message": PLANTED}, 403)
    with Upstream(world) as upstream:
        config = world.configuration(tmp_path, upstream.url, interval="1s", read=("issues", "traffic"))
        with running(config) as exporter, Prometheus(tmp_path, exporter.port) as prometheus:
            expected = {
                'kpi_exporter_source_up{source="github"}': 1,
                'kpi_exporter_source_parts_failed{source="github"}': 1,
                'kpi_exporter_upstream_failures_total{source="github",reason="auth"} > bool 0': 1,
                "sum(github_repository_stars)": 1200,
                'kpi_value{kpi="bugs_opened",segment=""}': 2,
                'kpi_value{kpi="time_to_fix",segment="P0"}': 7200,
                'github_traffic_views{repository="caro-cli/docs",window="14d"}': 0,
            }
            for expression, value in expected.items():
                seen = eventually(
                    lambda expression=expression: prometheus.value(expression), lambda seen, value=value: seen == value
                )
                assert seen == value
            assert prometheus.query('{__name__=~"github_traffic_.*",repository="caro-cli/caro"}') == []
            del rest.failing["caro-cli/caro", "traffic/views"]
            views = 'github_traffic_views{repository="caro-cli/caro",window="14d"}'
            assert eventually(lambda: prometheus.value(views), lambda seen: seen is not None) == 900
        assert PLANTED not in exporter.log.read_text()
