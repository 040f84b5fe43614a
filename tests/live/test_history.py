"""What a real Prometheus that holds a year of history answers of it."""

import subprocess
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from exporter.collect.history import PrometheusHistory
from support.programs import Prometheus, eventually
from support.tools import make_tools

HOUR, DAY = 3600, 86_400
STARS = 'project="acme",kpi="stars",segment="",unit="count"'

SERIES = {
    # Series, and its values by seconds before now.
    f'kpi_value{{instance="old",{STARS}}}': {7 * DAY + 600: 90, 7 * DAY - 600: 999, 30 * DAY: 55},
    f'kpi_value{{instance="new",{STARS}}}': {7 * DAY + 1200: 100},
    'kpi_value{project="other",kpi="stars",segment="",unit="count"}': {7 * DAY + 600: 5000},
    'kpi_value{project="acme",kpi="stars",segment="P0",unit="count"}': {7 * DAY + 600: 7},
    f"kpi:value:max_1h{{{STARS}}}": {300 * DAY: 400, 30 * DAY: 300, HOUR: 700, 400 * DAY: 900},
    'kpi:value:derived{project="acme",kpi="pace",segment="365d",unit="ratio"}': {60: 0.25, 7 * DAY + 600: 0.5},
}


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrometheusHistory]:
    folder = tmp_path_factory.mktemp("history")
    now = time.time()
    samples = [
        f"{series} {value} {now - ago:.0f}" for series, values in SERIES.items() for ago, value in sorted(values.items())[::-1]
    ]
    (folder / "past.txt").write_text("\n".join([*samples, "# EOF\n"]))
    command = ["promtool", "tsdb", "create-blocks-from", "openmetrics", "past.txt", "data"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    nothing = "global: {scrape_interval: 1h}\n"
    with Prometheus(folder, 0, "--storage.tsdb.retention.time=3y", config=nothing) as prometheus:
        eventually(lambda: prometheus.status("/-/ready"), lambda status: status == 200)
        yield PrometheusHistory(make_tools(folder).client, prometheus.url, "acme")


def test_a_value_of_then_is_the_last_of_the_hour_before(history: PrometheusHistory) -> None:
    """Two exporters gave one: the higher counts."""
    assert history.value("stars", "", timedelta(days=7)) == 100
    assert history.value("stars", "P0", timedelta(days=7)) == 7


def test_what_rests_on_the_past_has_a_value_of_then_too(history: PrometheusHistory) -> None:
    assert history.value("pace", "365d", timedelta(days=7)) == 0.5


def test_nothing_is_known_of_a_time_without_values(history: PrometheusHistory) -> None:
    assert history.value("stars", "", timedelta(days=8)) is None
    assert history.value("forks", "", timedelta(days=7)) is None


def test_the_peak_leaves_out_the_last_day_and_what_is_older_than_a_year(history: PrometheusHistory) -> None:
    assert history.peak("stars", "") == 400
    assert history.peak("forks", "") is None


def test_what_is_recorded_now_is_had_for_the_row_alone(history: PrometheusHistory) -> None:
    assert history.derived("pace", "365d") == 0.25
    assert history.derived("pace", "") is None
