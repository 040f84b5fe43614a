"""The pages of docs/sources on Discord, the registries and figures by hand say what the sources do."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from exporter.sources import crates, discord, manual, npm, pypi
from exporter.sources.base import Source
from exporter.sources.figures import read_figures

PAGES = Path(__file__).parents[2] / "docs" / "sources"
SOURCES = pytest.mark.parametrize(
    "source", [module.SOURCE for module in (crates, discord, manual, npm, pypi)], ids=lambda kind: kind.name
)


def page(name: str) -> str:
    return (PAGES / f"{name}.md").read_text()


def block(name: str, language: str) -> str:
    """The first block of code in that language."""
    match = re.search(rf"```{language}\n(.*?)```", page(name), re.DOTALL)
    assert match
    return match[1]


@SOURCES
def test_each_metric_stands_in_the_table_with_its_labels(source: type[Source[Any]]) -> None:
    rows = {row.split("`")[1]: row for row in page(source.name).splitlines() if row.startswith("| `")}
    for metric in source.metrics:
        assert all(f"`{label}" in rows[metric.name] for label in metric.labels)


@SOURCES
def test_the_example_names_keys_of_the_configuration(source: type[Source[Any]]) -> None:
    (example,) = yaml.safe_load(block(source.name, "yaml")).values()
    assert {key.removesuffix("_file") for key in example} <= set(source.config_type.model_fields)


@pytest.mark.parametrize("source", [crates.SOURCE, npm.SOURCE, pypi.SOURCE], ids=lambda kind: kind.name)
def test_the_windows_of_a_registry_are_those_it_gives(source: Any) -> None:
    (row,) = (row for row in page(source.name).splitlines() if row.startswith("| `package_downloads` |"))
    assert re.findall(r"`(\d+)d`", row) == [str(window) for window in source.windows]


def test_the_example_of_a_file_of_figures_is_read() -> None:
    figures, problems = read_figures(block("manual", "csv"), "figures.csv")
    assert (len(figures), problems) == (3, ())
