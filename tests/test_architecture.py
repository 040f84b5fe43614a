"""The rules of the house, as far as a program can check them."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import exporter

PACKAGE = Path(exporter.__file__).parent

BELOW = {
    "errors": {"document"},  # for a type only: a document's problems are what InvalidInput carries
    "facts": {"errors"},
    "logs": {"errors"},
    "document": {"errors"},
    "promql": {"document"},
    "database": set(),
    "http": {"database", "errors"},
    "config": {"document", "errors"},
    "catalog": {"document", "errors", "facts"},
    "kpi": {"catalog", "document", "errors", "facts"},
    "sources": {"config", "database", "document", "errors", "facts", "http", "logs"},
    "collect": {"catalog", "config", "document", "errors", "facts", "http", "kpi", "logs", "promql", "sources"},
    "receiver": {"document", "errors", "logs", "sources", "web"},
    "tracking": {"collect", "config", "database", "document", "errors", "http", "logs", "sources", "web"},
    "grafana": {"config", "document", "errors", "http"},
    "render": {"catalog", "collect", "config", "document", "errors", "facts", "kpi", "promql", "sources"},
    "starter": {"config", "errors", "facts", "http", "sources"},
    "backfill": {
        "catalog",
        "collect",
        "config",
        "database",
        "errors",
        "facts",
        "http",
        "kpi",
        "promql",
        "render",
        "sources",
    },
    "demo": {"collect", "document", "errors", "render", "sources", "web"},
    "web": {"catalog", "collect", "config", "document", "errors", "facts", "logs"},
}
"""What each part of the package may import, beside itself and `exporter` for name and version. The command line imports all."""

NETWORK = {"http", "requests", "socket", "urllib.request", "urllib3"}
"""Whoever imports one of these, or a part of it, may talk to the network."""

MODULES = sorted(PACKAGE.rglob("*.py"))


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield node.module or ""


@pytest.mark.parametrize("part", BELOW)
def test_imports_run_one_way(part: str) -> None:
    wrong = {
        (path.relative_to(PACKAGE), name)
        for path in MODULES
        if part_of(path) == part
        for name in imports_of(path)
        if name.startswith("exporter.") and name.split(".")[1] not in BELOW[part] | {part}
    }
    assert wrong == set()


@pytest.mark.parametrize("part", ["catalog", "document", "kpi", "render"])
def test_what_is_pure_knows_no_network(part: str) -> None:
    used = {name for path in MODULES if part_of(path) == part for name in imports_of(path)}
    assert {name for name in used if any(f"{name}.".startswith(f"{module}.") for module in NETWORK)} == set()


def test_sources_know_no_kpi() -> None:
    assert {"catalog", "kpi"} & BELOW["sources"] == set()


def test_every_part_has_its_rule() -> None:
    assert {part_of(path) for path in MODULES} - set(BELOW) == {"__init__", "__main__", "cli"}


def test_no_module_is_too_long_to_read_in_one_sitting() -> None:
    tests = Path(__file__).parent.rglob("*.py")
    assert [path for path in (*MODULES, *tests) if len(path.read_text().splitlines()) > 400] == []


# `exporter.__main__` runs the command line when it is imported.
IMPORTABLE = {found.name for found in pkgutil.walk_packages(exporter.__path__, "exporter.")} - {"exporter.__main__"}


@pytest.mark.parametrize("name", sorted(IMPORTABLE))
def test_what_a_module_promises_is_there(name: str) -> None:
    module = importlib.import_module(name)
    assert [item for item in getattr(module, "__all__", ()) if not hasattr(module, item)] == []
