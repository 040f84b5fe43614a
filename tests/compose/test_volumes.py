"""What docker-compose.yml keeps, and where its services find what is theirs: data, secrets, dashboards and each other."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest
import yaml

from support.compose import ROOT, SERVICES, mounted, on_disk, plain

SERVED = {"prometheus": 9090, "prometheus-public": 9090, "alertmanager": 9093}
"""Where those listen whom a Grafana asks."""
WRITTEN = {"grafana": "/var/lib/grafana", "grafana-public": "/var/lib/grafana", "postgres": "/var/lib/postgresql/data"}
"""Where programs keep their data whose flags do not say so: as their images have it."""


def volumes(service: str) -> dict[str, str]:
    """The named volumes of a service, and where it has them."""
    mounts = [plain(mount).split(":") for mount in SERVICES[service].get("volumes", ())]
    return {source: target for source, target, *mode in mounts if not source.startswith(".") and mode != ["ro"]}


def written(service: str) -> str:
    """The folder in which a program keeps what is to outlive it."""
    if service == "kpi-exporter":
        config = yaml.safe_load(on_disk(service, "/etc/kpi-exporter/kpi-exporter.yml").read_text(encoding="utf-8"))
        return str(config["state_dir"])
    flags = " ".join(SERVICES[service].get("command", ()))
    found = re.search(r"(?:--storage\.tsdb\.path|--storage\.path|-storageDataPath|--into)=(\S+)", flags)
    return found[1] if found else WRITTEN[service]


@pytest.mark.parametrize("service", SERVICES)
def test_what_a_program_writes_is_on_a_volume(service: str) -> None:
    """Else it would not start, on a file system that it cannot write, or lose its data with the container."""
    assert list(volumes(service).values()) == [written(service)]


def test_nobody_writes_to_the_volume_of_another_one() -> None:
    uses = Counter(name for service in SERVICES for name in volumes(service))
    assert {name for name, count in uses.items() if count > 1} == set()


def absolute(document: object) -> Iterator[str]:
    """The paths of secrets that a configuration names: the values of its keys that end in _file."""
    if isinstance(document, dict):
        for key, value in document.items():
            yield from [value] if str(key).endswith("_file") else absolute(value)
    elif isinstance(document, list):
        for value in document:
            yield from absolute(value)


@pytest.mark.parametrize(
    ("service", "file", "folder"),
    [
        ("alertmanager", "alertmanager/alertmanager.yml", "alertmanager"),
        ("alertmanager-2", "alertmanager/alertmanager.yml", "alertmanager"),
        ("kpi-exporter", "docs/examples/reference.yml", "exporter"),
    ],
)
def test_secrets_are_where_the_configuration_looks_for_them(service: str, file: str, folder: str) -> None:
    named = list(absolute(yaml.safe_load((ROOT / file).read_text(encoding="utf-8"))))
    places = {source: target for source, target in mounted(service) if source.startswith("./secrets/")}
    assert len(named) > 3
    assert {path.rpartition("/")[0] for path in named} == set(places.values())
    assert set(places) == {f"./secrets/{folder}"}


@pytest.mark.parametrize("service", ["grafana", "grafana-public"])
def test_a_grafana_asks_who_is_there(service: str) -> None:
    settings = SERVICES[service]["environment"]
    asked = {key: value for key, value in settings.items() if key.endswith("_URL") and not key.startswith("GF_")}
    assert asked
    for url in asked.values():
        other, _, port = url.removeprefix("http://").partition(":")
        assert int(port) == SERVED[other]
        assert set(SERVICES[other]["networks"]) & set(SERVICES[service]["networks"])


@pytest.mark.parametrize("service", ["grafana", "grafana-public"])
def test_a_grafana_finds_its_dashboards(service: str) -> None:
    assert list(on_disk(service, SERVICES[service]["environment"]["KPI_DASHBOARDS"]).rglob("*.json"))
