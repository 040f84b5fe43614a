"""Where catalogs come from."""

from pathlib import Path

import pytest

from exporter.catalog import load, shipped
from exporter.errors import InvalidInput
from exporter.sources.registry import declared_metrics
from support.catalogs import DECLARED

OWN = """\
project: acme
launch: 2026-01-15
kpis:
  - {id: stars, title: Stars, definition: Stars., unit: count, direction: up, tier: kpi, category: growth}
"""


def test_shipped_catalogs_are_those_beside_the_loader() -> None:
    assert "caro" in shipped()
    assert list(shipped()) == sorted(shipped())


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_catalog_is_of_the_project_it_is_named_after(name: str, tmp_path: Path) -> None:
    assert load(name, declared_metrics(), base=tmp_path).project == name


def test_a_path_is_relative_to_the_base(tmp_path: Path) -> None:
    (tmp_path / "catalogs").mkdir()
    (tmp_path / "catalogs" / "own.yml").write_text(OWN)
    assert load("catalogs/own.yml", DECLARED, base=tmp_path).project == "acme"


def test_a_path_may_be_absolute(tmp_path: Path) -> None:
    (tmp_path / "own.yml").write_text(OWN)
    assert load(str(tmp_path / "own.yml"), DECLARED, base=Path("elsewhere")).project == "acme"


def test_a_shipped_name_comes_before_a_file_of_that_name(tmp_path: Path) -> None:
    (tmp_path / "caro").write_text(OWN)
    assert load("caro", declared_metrics(), base=tmp_path).project == "caro"
    assert load("./caro", DECLARED, base=tmp_path).project == "acme"


def test_a_name_that_is_neither_shipped_nor_a_file_is_told_with_the_nearest_one(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as error:
        load("carro", DECLARED, base=tmp_path)
    assert str(error.value) == f'{tmp_path}/carro:1: is neither a shipped catalog nor a file; did you mean "caro"?'


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as error:
        load("own.yml", DECLARED, base=tmp_path)
    assert str(error.value) == f"{tmp_path}/own.yml:1: cannot be read: No such file or directory"


def test_problems_name_the_file(tmp_path: Path) -> None:
    (tmp_path / "own.yml").write_text(OWN.replace("unit: count", "unit: stars"))
    with pytest.raises(InvalidInput) as error:
        load("own.yml", DECLARED, base=tmp_path)
    assert str(error.value).startswith(f"{tmp_path}/own.yml:4: kpis[0].unit: must be one of ")


def test_problems_of_a_shipped_catalog_name_it_without_a_path(tmp_path: Path) -> None:
    lacking = {name: metric for name, metric in declared_metrics().items() if name != "git_contributors"}
    with pytest.raises(InvalidInput) as error:
        load("caro", lacking, base=tmp_path)
    (problem,) = error.value.problems
    assert (problem.file, problem.path.rpartition(".")[2]) == ("caro.yml", "metric")
    assert problem.message.startswith('unknown metric "git_contributors", ')
