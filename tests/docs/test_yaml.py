"""Every block of YAML on a page is taken by whatever reads such files, so that no page names a key that there is not."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from exporter.catalog.loader import build as build_catalog
from exporter.config import load as load_config
from exporter.document import parse
from exporter.errors import InvalidInput
from exporter.grafana.levels import build as build_access
from exporter.render.alertmanager.loader import build as build_channels
from exporter.sources.registry import declared_metrics, sources
from support.pages import Block, blocks, name_of, pages

SOURCES = {name: kind.config_type for name, kind in sources().items()}
CHANNELS = {"root", "smtp", "slack_api_url_file", "business_hours", "watchdog", "channels", "resolve_timeout"}
PROMETHEUS = {"global", "scrape_configs", "rule_files", "alerting", "remote_write", "storage"}
ALERTMANAGER = {"receivers", "route", "inhibit_rules", "templates", "time_intervals"}
COMPOSE = {"services", "volumes", "networks", "secrets", "name"}
ACCESS = {"home", "teams", "folders"}
CATALOG_PARTS = {"owners", "dashboard"}
"""Read within the example of their page by tests/catalog/test_docs.py, and so are lists of KPIs."""

SCHEMA = (sys.executable, "-m", "check_jsonschema", "--builtin-schema")
LACKING = ("is missing", "has no sources", "has no credentials", "must have either")
"""What is said of a part of a file for want of the rest."""


def found() -> Iterator[Any]:
    """Each block that is no file of a how-to, which is read when the how-to is tried."""
    for page in pages():
        for number, block in enumerate(block for block in blocks(page) if block.language == "yaml" and not block.file):
            yield pytest.param(page, block, id=f"{name_of(page)}-{number}")


@pytest.mark.parametrize(("page", "block"), [*found()])
def test_a_block_is_read(page: Path, block: Block, tmp_path: Path) -> None:
    data = yaml.safe_load(block.text)
    assert problems(page, data, tmp_path) == []


def problems(page: Path, data: Any, folder: Path) -> list[str]:
    """What is wrong in a block; nothing where whatever reads such files takes it."""
    if isinstance(data, list) or data.keys() <= CATALOG_PARTS:
        return [] if name_of(page) == "docs/catalog.md" else ["stands on another page than that of catalogs"]
    keys = data.keys()
    if "projects" in keys:
        return without_lacking(config(data, folder))
    if "kpis" in keys:
        return refused(lambda: build_catalog(parse(yaml.safe_dump(data, sort_keys=False), "catalog.yml"), declared_metrics()))
    if keys == {"sources"}:
        return config(project(data["sources"]), folder)
    if keys <= SOURCES.keys():
        return config(project(data), folder)
    if page.parent.name == "sources":
        part = {"forms": [{"id": "x", **data}]} if page.stem == "google_forms" else data
        return without_lacking(config(project({page.stem: part}), folder))
    if name_of(page) == "docs/surveys.md":
        return without_lacking(config(project({"typeform": {"forms": [{"id": "x", **data}]}}), folder))
    return of_others(data, folder)


def of_others(data: Mapping[str, Any], folder: Path) -> list[str]:
    """What is wrong in a block that is no configuration of the exporter."""
    keys = data.keys()
    if keys == {"digest"}:
        data, keys = {"channels": data}, {"channels"}
    if keys <= CHANNELS:
        return without_lacking(refused(lambda: build_channels(parse(yaml.safe_dump(data), "channels.yml"))))
    if keys <= ACCESS:
        return refused(lambda: build_access(parse(yaml.safe_dump(data), "access.yml")))
    if keys <= PROMETHEUS:
        return checked(data, folder, "promtool", "check", "config", "--syntax-only")
    if keys <= ALERTMANAGER:
        whole = {"route": {"receiver": data["receivers"][0]["name"]}, **data}
        return checked(whole, folder, "amtool", "check-config")
    if keys <= COMPOSE:
        return checked(data, folder, *SCHEMA, "vendor.compose-spec")
    return [f"nothing that reads files knows {', '.join(keys)} together"]


def project(its: Mapping[str, Any]) -> dict[str, Any]:
    return {"projects": [{"name": "acme", "sources": its}]}


def config(data: Mapping[str, Any], folder: Path) -> list[str]:
    path = folder / "kpi-exporter.yml"
    path.write_text(yaml.safe_dump(data, sort_keys=False))
    return refused(lambda: load_config(path, SOURCES, environ={}, allow_inline_secrets=True, read_secrets=False))


def refused(read: Callable[[], object]) -> list[str]:
    try:
        read()
    except InvalidInput as error:
        return [f"{problem.path}: {problem.message}" for problem in error.problems]
    return []


def without_lacking(told: list[str]) -> list[str]:
    return [text for text in told if not any(words in text for words in LACKING)]


def checked(data: Mapping[str, Any] | str, folder: Path, *command: str) -> list[str]:
    path = folder / "file.yml"
    path.write_text(data if isinstance(data, str) else yaml.safe_dump(data, sort_keys=False))
    done = subprocess.run([*command, str(path)], capture_output=True, text=True)
    return [] if done.returncode == 0 else [done.stdout + done.stderr]


@pytest.mark.parametrize(
    "text",
    [
        "manual: {file: figures.csv, fiel: x}",
        "projects: [{name: acme, sources: {nmp: {}}}]",
        "watchdog: {url: https://watchdog.example.org/, evry: 5m}",
        "scrape_configs: [{job_nam: x}]",
        "nothing: known",
    ],
)
def test_a_key_that_there_is_not_is_noticed(text: str, tmp_path: Path) -> None:
    assert problems(Path(__file__), yaml.safe_load(text), tmp_path) != []


WORKFLOW = [block for page in pages() for block in blocks(page) if (block.file or "").startswith(".github/workflows/")]


@pytest.mark.parametrize("block", WORKFLOW, ids=lambda block: block.file)
def test_a_workflow_is_one(block: Block, tmp_path: Path) -> None:
    assert checked(block.text, tmp_path, *SCHEMA, "vendor.github-workflows") == []
