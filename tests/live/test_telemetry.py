"""The running exporter over a warehouse of events, and a real Prometheus: what a database does to it, and what it gives away."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from exporter.sources.telemetry.warehouse.schema import shipped_statements
from support.beta import FORMS, Beta, events_of, new_beta
from support.postgres import PASSWORD, READER, SCHEMA, Postgres
from support.programs import Exporter, Prometheus, eventually
from support.warehouses import ENGINES, PostgresStore, Store

MAX_AGE = 8
"""Seconds after which figures that could not be refreshed vanish."""
PLANTED_WORD = "planted@example.org"

CONFIGURATION = """\
state_dir: state
projects:
  - name: caro
    catalog: caro
    launch: {launch}
    sources:
      telemetry:
        url_file: url
        interval: 1s
        timeout: 1s
        max_age: {max_age}s
        min_group: 1
      manual: {{file: figures.csv, interval: 1s}}
"""
# No event is at an edge of a window: time goes on while the tests run.
EVENTS = f"""
downloads
    ago   user_id  platform  channel  version
    3d    ann      macos     website  1.0.0
    4d    bob      linux     github   1.0.0
command_generated
    ago   user_id  platform  category           times
    1h    ann      macos     git                3
    4d-2h bob      linux     git                2
    4d    cat      macos     {PLANTED_WORD}     1
    20d   ann      macos     git                1
command_feedback
    ago   user_id  category  success  times
    2h    ann      git       yes      3
    2h    bob      git       no       1
memory_usage
    ago   memory_kb
    3h    40000
"""
AWU = 'telemetry_active_users{window="7d"}'
COMMANDS = 'telemetry_commands{window="7d"}'
DOWNLOADS = 'telemetry_downloads{window="7d"}'
MEMORY = 'telemetry_memory_bytes{statistic="p95"}'
UP = 'kpi_exporter_source_up{source="telemetry"}'
FAILED_PARTS = 'kpi_exporter_source_parts_failed{source="telemetry"}'


def failures(reason: str) -> str:
    return f'kpi_exporter_upstream_failures_total{{source="telemetry",reason="{reason}"}}'


@dataclass
class Scene:
    """All that runs."""

    beta: Beta
    server: Postgres
    exporter: Exporter
    prometheus: Prometheus
    folder: Path

    def expect(self, expression: str, value: float | None) -> None:
        """Waits until Prometheus has the value, or nothing where that is None."""
        eventually(lambda: self.prometheus.value(expression), lambda seen: seen == value)

    def of_others(self) -> dict[str, float]:
        """What the other source says."""
        return {series: value for series, value in self.exporter.metrics().items() if series.startswith("manual_")}

    @contextmanager
    def broken(self, break_: Callable[[], object], mend: Callable[[], object], reason: str) -> Iterator[None]:
        """A warehouse that is out of order within the block: the last good figures stay for a while, then they vanish.

        What is asserted before and after holds of every fault: others go on, the failure is counted, everything comes back.
        """
        before, counted = self.of_others(), self.prometheus.value(failures(reason)) or 0
        self.expect(AWU, 3)
        break_()
        try:
            # Less than the maximal age after the last good refresh, whatever the warehouse is doing by now.
            time.sleep(MAX_AGE / 3)
            assert self.exporter.metrics()['telemetry_active_users{project="caro",window="7d"}'] == 3
            eventually(lambda: self.prometheus.value(failures(reason)), lambda seen: seen is not None and seen > counted)
            yield
            assert self.of_others() == before
            assert self.prometheus.value('kpi_exporter_source_up{source="manual"}') == 1
            assert self.prometheus.value('up{job="kpi-exporter"}') == 1
        finally:
            mend()
        for expression, value in ((AWU, 3), (COMMANDS, 6), (DOWNLOADS, 2), (MEMORY, 40e6), (UP, 1), (FAILED_PARTS, 0)):
            self.expect(expression, value)


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A server of its own, because it is stopped and its roles are changed."""
    with Postgres() as server:
        yield server


@pytest.fixture(scope="module", params=ENGINES)
def scene(request: pytest.FixtureRequest, server: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("live")
    now = datetime.now(UTC).replace(microsecond=0)
    (folder / "warehouse").mkdir()
    with new_beta(FORMS[request.param], folder / "warehouse", server) as beta:
        beta.insert(events_of(EVENTS, now))
        (folder / "url").write_text(beta.store.url + "\n")
        (folder / "figures.csv").write_text(f"date,kpi,segment,value,note\n{now:%Y-%m-%d},github_stars,,1200,\n")
        config = folder / "kpi-exporter.yml"
        config.write_text(CONFIGURATION.format(launch=now.date() - timedelta(days=25), max_age=MAX_AGE))
        with Exporter(config) as exporter, Prometheus(folder, exporter.port) as prometheus:
            eventually(lambda: exporter.status("/-/ready"), lambda status: status == 200)
            yield Scene(beta, server, exporter, prometheus, folder)
        assert exporter.process.returncode == 0


ON_A_SERVER = pytest.mark.parametrize("scene", ["postgresql"], indirect=True)
"""Tests of what only a server can do: go away, refuse a role."""


def test_prometheus_reads_the_figures_of_the_warehouse(scene: Scene) -> None:
    expected = {
        AWU: 3,
        COMMANDS: 6,
        'telemetry_commands{window="30d"}': 7,
        DOWNLOADS: 2,
        MEMORY: 40e6,
        'telemetry_category_commands{category="git"}': 5,
        'telemetry_refused_words{table="command_generated",column="category"}': 1,
        'kpi_value{kpi="active_weekly_users"}': 3,
        'kpi_value{kpi="activation_rate"}': 0.5,
        'kpi_value{kpi="command_success_rate"}': 0.75,
        'kpi_value{kpi="commands_per_user",segment=""}': 2,
        'kpi_status{kpi="memory_usage_p95",status="on_target"}': 1,
        UP: 1,
        FAILED_PARTS: 0,
    }
    for expression, value in expected.items():
        scene.expect(expression, value)
    assert scene.prometheus.value(AWU) == 3


def test_a_new_event_arrives(scene: Scene) -> None:
    scene.beta.insert(events_of("sessions\n    ago user_id platform\n    1h ann macos", datetime.now(UTC)))
    sessions = 'telemetry_sessions{window="24h"}'
    assert eventually(lambda: scene.prometheus.value(sessions), lambda seen: seen == 1) == 1


@ON_A_SERVER
def test_a_server_that_stops_takes_everything_after_a_while_and_brings_it_back(scene: Scene) -> None:
    store = scene.beta.store
    assert isinstance(store, PostgresStore)

    def start() -> None:
        scene.server.start()
        store.reconnect()

    with scene.broken(scene.server.stop, start, "connection"):
        scene.expect(UP, 0)
        scene.expect(AWU, None)
        scene.expect('kpi_status{kpi="active_weekly_users",status="no_data"}', 1)
        assert scene.prometheus.value('kpi_value{kpi="active_weekly_users"}') is None


@pytest.mark.parametrize("scene", ["sqlite"], indirect=True)
def test_a_file_that_goes_away_takes_everything_after_a_while_and_brings_it_back(scene: Scene) -> None:
    here, elsewhere = scene.folder / "warehouse", scene.folder / "elsewhere"
    with scene.broken(lambda: here.rename(elsewhere), lambda: elsewhere.rename(here), "not_found"):
        scene.expect(UP, 0)
        scene.expect(AWU, None)
        assert not here.exists()


@ON_A_SERVER
def test_a_right_that_is_taken_away_takes_only_what_needs_it(scene: Scene) -> None:
    say, table = scene.beta.store.execute, scene.beta.store.called("downloads")
    revoke, grant = f"REVOKE SELECT ON {table} FROM {READER}", f"GRANT SELECT ON {table} TO {READER}"
    with scene.broken(lambda: say(revoke), lambda: say(grant), "auth"):
        scene.expect(DOWNLOADS, None)
        assert (scene.prometheus.value(AWU), scene.prometheus.value(MEMORY), scene.prometheus.value(UP)) == (3, 40e6, 1)


def test_a_table_that_is_dropped_takes_only_what_needs_it_until_it_is_made_again(scene: Scene) -> None:
    store = scene.beta.store
    downloads = {"downloads": events_of(EVENTS, datetime.now(UTC))["downloads"]}

    def make_again() -> None:
        for statement in shipped_statements(store.engine, SCHEMA):
            store.execute(statement)
        scene.beta.insert(downloads)

    with scene.broken(lambda: store.execute(f"DROP TABLE {store.called('downloads')}"), make_again, "not_found"):
        scene.expect(DOWNLOADS, None)
        scene.expect('kpi_value{kpi="activation_rate"}', None)
        assert (scene.prometheus.value(AWU), scene.prometheus.value(MEMORY), scene.prometheus.value(UP)) == (3, 40e6, 1)


HANGING = {
    "postgresql": "SELECT kept.* FROM analytics.kept, pg_sleep(60)",
    "sqlite": "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n) SELECT kept.* FROM kept, n",
}
"""Views that do not end."""


def hang(store: Store) -> None:
    """Puts a view that does not end in the place of a table."""
    store.execute(f"ALTER TABLE {store.called('memory_usage')} RENAME TO kept")
    store.execute(f"CREATE VIEW {store.called('memory_usage')} AS {HANGING[store.engine]}")


def end_hanging(store: Store) -> None:
    store.execute(f"DROP VIEW {store.called('memory_usage')}")
    store.execute(f"ALTER TABLE {store.called('kept')} RENAME TO memory_usage")


def test_a_query_that_hangs_is_ended_and_takes_only_its_own_figures(scene: Scene) -> None:
    store = scene.beta.store
    with scene.broken(lambda: hang(store), lambda: end_hanging(store), "timeout"):
        scene.expect(MEMORY, None)
        assert (scene.prometheus.value(AWU), scene.prometheus.value(DOWNLOADS), scene.prometheus.value(UP)) == (3, 2, 1)


@ON_A_SERVER
def test_a_password_that_is_changed_counts_from_the_next_reload(scene: Scene) -> None:
    url, new = scene.folder / "url", "planted-new-password"

    def reload_with_the_new_one() -> None:
        before = url.read_text()
        url.write_text(before.replace(quote(PASSWORD, safe=""), new))
        assert url.read_text() != before
        assert scene.exporter.status("/-/reload", "POST") == 200

    change = f"ALTER ROLE {READER} PASSWORD '{new}'"
    with scene.broken(lambda: scene.server.execute("postgres", change), reload_with_the_new_one, "auth"):
        scene.expect(UP, 0)
        scene.expect(AWU, None)
        assert scene.exporter.status("/-/healthy") == 200


def test_nothing_that_was_planted_is_seen_anywhere(scene: Scene) -> None:
    pages = [scene.exporter.get(path) for path in ("/", "/metrics", "/config")]
    files = [path for path in (scene.folder / "state").rglob("*") if path.is_file()]
    assert files != []
    seen = [*pages, scene.exporter.log.read_text(), *(path.read_bytes().decode("latin-1") for path in files)]
    assert [text.count("planted") for text in seen] == [0] * len(seen)
    assert "<secret>" in pages[2]


def test_it_ends_within_two_seconds_even_while_a_query_hangs(scene: Scene) -> None:
    hang(scene.beta.store)
    timeouts = scene.prometheus.value(failures("timeout")) or 0
    eventually(lambda: scene.prometheus.value(failures("timeout")), lambda seen: seen is not None and seen > timeouts)
    began = time.monotonic()
    assert scene.exporter.stop() == 0
    assert time.monotonic() - began < 2
    assert "Traceback" not in scene.exporter.log.read_text()
