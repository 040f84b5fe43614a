"""The configurations of docs/examples."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from exporter.config import Config, Project, load
from exporter.config.types import SourceConfig
from exporter.document.annotation import fields_of
from exporter.sources.registry import sources

FOLDER = Path(__file__).parents[2] / "docs/examples"
FILES = sorted({*FOLDER.glob("*.yml"), *FOLDER.rglob("kpi-exporter.yml")} - {FOLDER / "web-config.yml"})
SOURCE_TYPES = {name: kind.config_type for name, kind in sources().items()}
REFERENCE = (FOLDER / "reference.yml").read_text(encoding="utf-8")
KEY = re.compile(r" *(?:- )?(?:# )?([a-z_]+):(?: |$)")


def block(source: str) -> str:
    """The lines of a source in reference.yml."""
    found = re.search(rf"^      {source}:\n((?:        .*\n|\n)+)", REFERENCE, re.MULTILINE)
    assert found, f"reference.yml has no source {source}"
    return found[1]


def missing(keys: Iterator[str] | list[str], text: str) -> list[str]:
    written = {match[1] for line in text.splitlines() if (match := KEY.match(line))}
    return [key for key in keys if not written & {key, f"{key}_file", f"{key}_env"}]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_an_example_is_a_valid_configuration(path: Path) -> None:
    config = load(path, SOURCE_TYPES, environ={}, read_secrets=False)
    assert config.projects


def test_the_examples_are_all_there() -> None:
    assert {"minimal.yml", "reference.yml", "release-gate.yml", "many-projects.yml"} <= {path.name for path in FILES}


def test_a_release_gate_takes_its_token_from_the_environment() -> None:
    config = load(FOLDER / "release-gate.yml", SOURCE_TYPES, environ={"GITHUB_TOKEN": "word"})
    assert config.state_dir is None


@pytest.mark.parametrize("model", [Config, Project, SourceConfig])
def test_the_reference_has_every_key_of_the_file_of_a_project_and_of_all_sources(model: type[Config]) -> None:
    assert missing([*fields_of(model)], REFERENCE) == []


@pytest.mark.parametrize("source", sorted(SOURCE_TYPES))
def test_the_reference_has_every_key_of_a_source(source: str) -> None:
    own = [key for key in fields_of(SOURCE_TYPES[source]) if key not in fields_of(SourceConfig)]
    assert missing(own, block(source)) == []


def test_the_reference_has_a_comment_on_each_key() -> None:
    lines = REFERENCE.splitlines()
    keys = set(yaml.safe_load(REFERENCE)) | {"name", "catalog", "launch", "bots", "sources"}
    for kind in SOURCE_TYPES.values():
        keys |= {way for key in fields_of(kind) for way in (key, f"{key}_file")}
    bare = [
        line.strip()
        for before, line in zip(["", *lines], lines, strict=False)
        if (match := KEY.match(line)) and match[1] in keys and not before.strip().startswith("#")
    ]
    assert bare == []
