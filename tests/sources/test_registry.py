"""What every source owes, whoever wrote it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exporter.facts import UNITS, Metric
from exporter.sources.base import Source
from exporter.sources.registry import declared_metrics, sources

ROOT = Path(__file__).parents[2]
SOURCES = sources()
METRICS = [metric for kind in SOURCES.values() for metric in kind.metrics]


def test_these_sources_ship() -> None:
    assert {"crates", "discord", "git", "github", "manual", "npm", "pypi"} <= set(SOURCES)


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_is_named_like_its_module(name: str) -> None:
    assert SOURCES[name].__module__.split(".")[2] == name


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_has_tests_a_page_and_a_place_in_the_examples(name: str) -> None:
    tests = ROOT / "tests" / "sources"
    assert (tests / name).is_dir() or (tests / f"test_{name}.py").is_file()
    page = (ROOT / "docs" / "sources" / f"{name}.md").read_text()
    assert all(metric.name in page for metric in SOURCES[name].metrics), "the page names every metric"
    assert f"{name}:" in (ROOT / "docs" / "examples" / "reference.yml").read_text()
    assert f"docs/sources/{name}.md" in (ROOT / "README.md").read_text()


@pytest.mark.parametrize("name", SOURCES)
def test_every_key_of_a_source_is_explained(name: str) -> None:
    fields = SOURCES[name].config_type.model_fields
    assert [key for key, field in fields.items() if not (field.description or "").endswith(".")] == []


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_metric_is_declared_by_the_rules_of_the_ecosystem(metric: Metric) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*", metric.name)
    assert not re.search(r"_(total|count|sum|bucket|info|percent|days|minutes|milliseconds|kilobytes)$", metric.name)
    assert metric.unit in UNITS
    assert metric.help.endswith(".")
    assert not metric.help[0].islower()
    suffix = {"seconds": "_seconds", "bytes": "_bytes", "ratio": "_ratio", "usd": "_usd", "timestamp": "_timestamp_seconds"}
    assert metric.name.endswith(suffix.get(metric.unit, metric.name))
    assert not set(metric.labels) & {"project", "instance", "job", "type", "service", "env", "owner", "user", "login", "url"}


def test_a_metric_that_two_sources_give_is_declared_once() -> None:
    assert set(declared_metrics()) == {metric.name for metric in METRICS}
    assert len(set(METRICS)) == len(declared_metrics())


def example() -> Iterator[str]:
    """The code of the page on writing a source."""
    page = (ROOT / "docs" / "extending.md").read_text()
    yield from re.findall(r"```python\n(.*?)```", page, re.DOTALL)


def test_the_source_of_the_documentation_is_one() -> None:
    (code,) = example()
    names: dict[str, Any] = {"__name__": "forge"}
    exec(compile(code, "docs/extending.md", "exec"), names)
    kind = names["SOURCE"]
    assert issubclass(kind, Source)
    assert kind(kind.config_type(repositories=("acme/widget",))).name == "forge"
