"""Names of packages out of manifests, and nothing out of what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.starter.manifests import MANIFESTS, go_module, package_name


@pytest.mark.parametrize(
    ("manifest", "text", "name"),
    [
        ("package.json", '{"name": "@acme/widget", "version": "1.0.0"}', "@acme/widget"),
        ("package.json", '{"name": "widget", "private": true}', None),
        ("package.json", '{"private": false, "name": "widget"}', "widget"),
        ("package.json", '{"workspaces": ["packages/*"]}', None),
        ("package.json", '["widget"]', None),
        ("package.json", "{", None),
        ("package.json", "[" * 100_000, None),
        ("package.json", '{"name": ["widget"]}', None),
        ("package.json", '{"name": "wid\\nget"}', None),
        ("pyproject.toml", '[project]\nname = "Widget_Tool"\n', "Widget_Tool"),
        ("pyproject.toml", '[tool.poetry]\nname = "widget"\n', "widget"),
        ("pyproject.toml", '[project]\nname = "w"\nclassifiers = ["Private :: Do Not Upload"]\n', None),
        ("pyproject.toml", "[tool.ruff]\nline-length = 100\n", None),
        ("pyproject.toml", "project = 1\n", None),
        ("pyproject.toml", "name = \n", None),
        ("Cargo.toml", '[package]\nname = "widget"\nversion.workspace = true\n', "widget"),
        ("Cargo.toml", '[package]\nname = "widget"\npublish = false\n', None),
        ("Cargo.toml", '[package]\nname = "widget"\npublish = []\n', None),
        ("Cargo.toml", '[workspace]\nmembers = ["widget"]\n', None),
    ],
)
def test_a_manifest_names_what_it_publishes(manifest: str, text: str, name: str | None) -> None:
    assert package_name(manifest, text) == name


@given(st.sampled_from(sorted(MANIFESTS)), st.text())
def test_no_text_is_an_error(manifest: str, text: str) -> None:
    name = package_name(manifest, text)
    assert name is None or name.isprintable()


@pytest.mark.parametrize(
    ("text", "module"),
    [
        ("// widgets\nmodule github.com/acme/widget/v2 // here\n\ngo 1.24\n", "github.com/acme/widget/v2"),
        ('module "example.org/widget"\n', "example.org/widget"),
        ("go 1.24\n", None),
    ],
)
def test_a_go_module_says_its_path(text: str, module: str | None) -> None:
    assert go_module(text) == module
