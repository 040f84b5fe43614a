"""The running exporter without its HTTP server: what it publishes, and what a reload may and may not change."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
from prometheus_client.core import GaugeMetricFamily

from exporter.collect.collector import utc_now
from exporter.collect.setup import Options, Setup, load_setup
from exporter.config import Config
from exporter.errors import KpiExporterError
from exporter.web.page import Format
from exporter.web.service import Service
from support.programs import eventually

CONFIGURATION = """\
state_dir: state
projects:
  - {name: caro, sources: {manual: {file: figures.csv}}}
"""
OTHER = "  - {name: other, catalog: caro, sources: {manual: {file: figures.csv}}}\n"
CSAT = 'manual_figure{kpi="csat",project="caro",segment=""} 0.8\n'
OF_OTHER = CSAT.replace("caro", "other")
FAILED = "kpi_exporter_config_last_reload_successful 0.0\n"


@dataclass
class World:
    """A configuration on disk, and how reading it and the clock can go wrong."""

    folder: Path
    unexpected: bool = False
    loads: list[int] = field(default_factory=list)
    clock_fails: threading.Event = field(default_factory=threading.Event)
    page_takes: float = 0.0
    pages: int = 0
    _loading: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(1))

    def __post_init__(self) -> None:
        self.write(CONFIGURATION)
        (self.folder / "figures.csv").write_text("date,kpi,value\n2026-01-20,csat,0.8\n")

    def write(self, configuration: str) -> None:
        (self.folder / "kpi-exporter.yml").write_text(configuration)

    def load(self) -> Setup:
        if self.unexpected:
            raise RuntimeError("planted")
        alone = self._loading.acquire(blocking=False)
        self.loads.append(int(alone))
        time.sleep(0.02)
        self._loading.release()
        return load_setup(Options(self.folder / "kpi-exporter.yml", {}))

    def clock(self) -> datetime:
        """The time; the thread that prepares pages may be refused it, or made to wait for it."""
        if threading.current_thread().name == "publisher":
            self.pages += 1
            time.sleep(self.page_takes)
            if self.clock_fails.is_set():
                raise RuntimeError("planted")
        return utc_now()


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def service(world: World) -> Iterator[Service]:
    service = Service(world.load, clock=world.clock)
    service.start()
    eventually(service.ready)
    yield service
    service.stop()


def text(service: Service) -> str:
    return service.page().body(Format.TEXT, compressed=False).decode()


def shows(service: Service, line: str) -> Callable[[], bool]:
    return lambda: line in text(service)


def test_it_publishes_what_it_read(service: Service) -> None:
    assert CSAT in text(service)
    assert service.healthy()


def test_before_the_first_refresh_there_is_a_page_without_facts(world: World) -> None:
    service = Service(world.load)
    assert not service.ready()
    assert "kpi_info{" in text(service)
    assert CSAT not in text(service)


def test_a_page_that_cannot_be_prepared_leaves_the_old_one_and_is_told(
    service: Service, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        world.clock_fails.set()
        for _ in range(2):
            service.reload()
            eventually(service.healthy, lambda healthy: not healthy)
            time.sleep(0.5)
        assert CSAT in text(service)
        world.clock_fails.clear()
        service.reload()
        eventually(service.healthy)
    told = [record.message for record in caplog.records if "page" in record.message]
    assert told == ["page not prepared, the old one stays", "page prepared again"]


def test_pages_that_take_long_are_prepared_seldom(service: Service, world: World) -> None:
    world.page_takes, before, end = 0.2, world.pages, time.monotonic() + 2
    while time.monotonic() < end:
        service.reload()
    assert 1 <= world.pages - before <= 3


def test_a_new_project_is_published_and_one_that_went_away_is_not(service: Service, world: World) -> None:
    world.write(CONFIGURATION + OTHER)
    service.reload()
    eventually(shows(service, OF_OTHER))
    assert CSAT in text(service)
    world.write(CONFIGURATION)
    service.reload()
    eventually(lambda: OF_OTHER not in text(service))


@pytest.mark.parametrize(
    ("configuration", "reason"),
    [
        ("projects: 5", "projects: must be a list, found 5"),
        ("", "must be a mapping with the key projects, found nothing"),
        (CONFIGURATION.replace("csv", "csv, intervall: 5m"), 'unknown key, did you mean "interval"?'),
        (CONFIGURATION.replace(": state", ": elsewhere"), "state_dir cannot change while the exporter runs: restart it"),
        (CONFIGURATION.replace("caro", "lock").replace("sources:", "catalog: caro, sources:"), "cannot be used: Not a directory"),
    ],
)
def test_a_reload_that_fails_says_why_and_changes_nothing(
    service: Service, world: World, configuration: str, reason: str
) -> None:
    before = service.config_text()
    world.write(configuration)
    with pytest.raises(KpiExporterError) as raised:
        service.reload()
    assert reason in str(raised.value)
    eventually(shows(service, FAILED))
    assert CSAT in text(service)
    assert service.config_text() == before
    world.write(CONFIGURATION)
    service.reload()
    eventually(lambda: FAILED not in text(service))


def test_an_error_that_nobody_foresaw_fails_a_reload_and_not_the_exporter(service: Service, world: World) -> None:
    world.unexpected = True
    with pytest.raises(KpiExporterError, match=r"^unexpected error: RuntimeError$"):
        service.reload()
    eventually(shows(service, FAILED))
    assert CSAT in text(service)


def test_reloads_at_the_same_time_are_done_one_after_the_other(service: Service, world: World) -> None:
    threads = [threading.Thread(target=service.reload) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert world.loads == [1] * 6


@dataclass
class Beside:
    """Something beside the collector that may refuse a configuration."""

    refuses: bool = False
    projects: int = 0
    folders: list[Path] = field(default_factory=list)
    closed: bool = False

    def configure(self, config: Config, folder: Callable[[str, str], Path]) -> None:
        if self.refuses:
            raise KpiExporterError("planted refusal")
        self.projects = len(config.projects)
        self.folders.append(folder("caro", "beside"))

    def families(self) -> list[GaugeMetricFamily]:
        return [GaugeMetricFamily("beside_projects", "Projects.", value=self.projects)]

    def close(self) -> None:
        self.closed = True


class TestExtensions:
    def test_are_configured_published_and_closed(self, world: World) -> None:
        beside = Beside()
        service = Service(world.load, extensions=[beside])
        assert "beside_projects 1.0\n" in text(service)
        assert [folder.is_dir() for folder in beside.folders] == [True]
        service.start()
        service.stop()
        assert beside.closed

    def test_follow_a_reload(self, world: World) -> None:
        beside = Beside()
        service = Service(world.load, extensions=[beside])
        world.write(CONFIGURATION + OTHER)
        service.reload()
        assert beside.projects == 2

    def test_that_refuse_a_configuration_keep_the_old_one_in_force(self, world: World) -> None:
        beside = Beside()
        service = Service(world.load, extensions=[beside])
        before, beside.refuses = service.config_text(), True
        world.write(CONFIGURATION + OTHER)
        with pytest.raises(KpiExporterError, match=r"^planted refusal$"):
            service.reload()
        assert service.config_text() == before


def test_it_stops_within_a_second(world: World) -> None:
    service = Service(world.load)
    service.start()
    began = time.monotonic()
    service.stop()
    assert time.monotonic() - began < 1
