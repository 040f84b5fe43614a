"""The files that Grafana starts with."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from exporter.render.dashboards.public import DATASOURCE

ROOT = Path(__file__).parents[2]
TEAM = ROOT / "grafana" / "provisioning"
PUBLIC = ROOT / "grafana" / "public" / "provisioning"


def read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


def sources(folder: Path) -> dict[str, dict[str, Any]]:
    return {one["uid"]: one for one in read(folder / "datasources" / "prometheus.yml")["datasources"]}


def provider(folder: Path) -> dict[str, Any]:
    (one,) = read(folder / "dashboards" / "kpi.yml")["providers"]
    return dict(one)


def test_the_team_asks_its_prometheus_and_sees_its_alertmanager() -> None:
    found = sources(TEAM)
    assert {uid: one["type"] for uid, one in found.items()} == {
        "prometheus": "prometheus",
        DATASOURCE: "prometheus",
        "alertmanager": "alertmanager",
    }
    assert found["prometheus"]["isDefault"] is True
    assert found["prometheus"]["jsonData"]["alertmanagerUid"] in found


def test_the_default_is_the_first_by_name_so_that_pages_open_with_it() -> None:
    """A choice of data source stands on the first of its list."""
    assert (
        min(one["name"] for one in sources(TEAM).values() if one["type"] == "prometheus") == sources(TEAM)["prometheus"]["name"]
    )


def test_the_public_grafana_has_the_public_source_alone() -> None:
    assert list(sources(PUBLIC)) == [DATASOURCE]


@pytest.mark.parametrize("folder", [TEAM, PUBLIC], ids=["team", "public"])
def test_data_sources_follow_the_file(folder: Path) -> None:
    assert read(folder / "datasources" / "prometheus.yml")["prune"] is True
    assert {one["editable"] for one in sources(folder).values()} == {False}
    assert {one["access"] for one in sources(folder).values()} == {"proxy"}
    assert {one["url"][:2] for one in sources(folder).values()} == {"${"}


@pytest.mark.parametrize("folder", [TEAM, PUBLIC], ids=["team", "public"])
def test_rates_look_at_the_interval_of_scrapes(folder: Path) -> None:
    scraped = read(ROOT / "prometheus" / "prometheus.yml")["global"]["scrape_interval"]
    told = {one["jsonData"]["timeInterval"] for one in sources(folder).values() if one["type"] == "prometheus"}
    assert told == {scraped}


@pytest.mark.parametrize("folder", [TEAM, PUBLIC], ids=["team", "public"])
def test_dashboards_follow_their_files(folder: Path) -> None:
    one = provider(folder)
    assert (one["type"], one["allowUiUpdates"], one["disableDeletion"]) == ("file", False, False)


def test_the_folders_of_the_team_are_those_on_the_disk() -> None:
    one = provider(TEAM)
    assert one["options"]["foldersFromFilesStructure"] is True
    assert {"folder", "folderUid"} & set(one) == set()


def test_public_pages_are_not_in_a_folder() -> None:
    assert "foldersFromFilesStructure" not in provider(PUBLIC)["options"]
