"""Certificates and pages that the tests of the web share."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from exporter.errors import KpiExporterError
from exporter.web.page import Page


class Authority:
    """A certificate authority of one test run; makes certificates with openssl."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.certificate = folder / "ca.crt"
        self._key = folder / "ca.key"
        self._run("req", "-x509", *_NEW_KEY, "-subj", "/CN=authority", "-keyout", self._key, "-out", self.certificate)

    def issue(self, name: str, folder: Path, san: str = "IP:127.0.0.1,DNS:localhost") -> tuple[Path, Path]:
        """A certificate and its key, in `folder` as NAME.crt and NAME.key."""
        certificate, key = folder / f"{name}.crt", folder / f"{name}.key"
        extensions = ("-addext", f"subjectAltName={san}", "-addext", "basicConstraints=critical,CA:FALSE")
        signed = ("-CA", self.certificate, "-CAkey", self._key)
        self._run("req", "-x509", *_NEW_KEY, "-subj", f"/CN={name}", *extensions, *signed, "-keyout", key, "-out", certificate)
        return certificate, key

    def _run(self, *arguments: str | Path) -> None:
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=self._folder)


_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def stars(value: float) -> GaugeMetricFamily:
    family = GaugeMetricFamily("github_repository_stars", "Stars of a repository.", labels=["project", "repository"])
    family.add_metric(["caro", "caro-cli/caro"], value)
    return family


def requests() -> CounterMetricFamily:
    family = CounterMetricFamily("kpi_exporter_upstream_requests", 'Requests by "code".', labels=["code"])
    family.add_metric(["200"], 7)
    return family


@dataclass
class FakeBackend:
    """A backend whose answers a test sets."""

    text: str = "projects: []\n"
    is_healthy: bool = True
    is_ready: bool = True
    failure: Exception | None = None
    reloads: int = 0

    def __post_init__(self) -> None:
        self._page = Page.of([stars(150), requests()])

    def page(self) -> Page:
        return self._page

    def config_text(self) -> str:
        return self.text

    def healthy(self) -> bool:
        return self.is_healthy

    def ready(self) -> bool:
        return self.is_ready

    def reload(self) -> None:
        self.reloads += 1
        if self.failure:
            raise self.failure


@pytest.fixture
def backend() -> FakeBackend:
    return FakeBackend()


@pytest.fixture
def broken_reload() -> FakeBackend:
    return FakeBackend(failure=KpiExporterError("kpi-exporter.yml:3: projects: is missing"))
