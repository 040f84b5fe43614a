"""The file of access: what may stand in it, and what is said of one that is wrong."""

import re
from pathlib import Path

import pytest

from exporter.document import parse
from exporter.errors import InvalidInput
from exporter.grafana.levels import build, load
from support.grafana_api import FOLDERS

ROOT = Path(__file__).parents[2]
INVALID = sorted(Path(__file__).parent.glob("invalid-*.yml"))
EXPECTED = "#= "


@pytest.mark.parametrize("file", INVALID, ids=lambda file: file.stem.removeprefix("invalid-"))
def test_every_problem_of_a_file_is_told_with_its_line_and_path(file: Path) -> None:
    expected = [line.removeprefix(EXPECTED) for line in file.read_text().splitlines() if line.startswith(EXPECTED)]
    with pytest.raises(InvalidInput) as told:
        load(file)
    assert [str(problem).removeprefix(f"{file}:") for problem in told.value.problems] == expected


def test_there_are_files_to_test() -> None:
    assert len(INVALID) >= 4


@pytest.mark.parametrize("name", ["people", "people-twice", "people-as-numbers"])
def test_no_address_of_a_person_is_shown(name: str) -> None:
    with pytest.raises(InvalidInput) as told:
        load(Path(__file__).parent / f"invalid-{name}.yml")
    assert re.search("jo|sam|kim|@", str(told.value).replace(str(Path(__file__).parent), "")) is None


def test_the_file_that_ships_gives_every_folder_the_levels_of_its_page() -> None:
    access = load(ROOT / "grafana" / "access.yml")
    assert tuple(access.folders) == FOLDERS
    assert access.home == "kpi-leadership"
    leaders, contributors = access.teams
    assert [folder.full for folder in access.folders.values()] == [(leaders,)] * 4
    assert [title for title, folder in access.folders.items() if folder.welcomes(contributors)] == [
        "Leadership",
        "Projects",
        "Public",
    ]
    assert [title for title, folder in access.folders.items() if folder.everyone] == ["Public"]


def test_a_folder_may_be_for_administrators_alone() -> None:
    folder = build(parse("teams: {Crew: who works}\nfolders: {Secret: {}}", "access.yml")).folders["Secret"]
    assert not folder.welcomes("Crew")


@pytest.mark.parametrize("path", [ROOT / "grafana" / "access.yml", ROOT / "docs" / "access.md"], ids=lambda path: path.name)
def test_what_ships_names_nobody(path: Path) -> None:
    assert re.findall(r"\S+@\S+", path.read_text(encoding="utf-8")) == []
