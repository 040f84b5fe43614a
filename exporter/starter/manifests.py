"""Names of packages out of the manifests of a repository. Pure; a manifest that cannot be understood names none."""

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["MANIFESTS", "MODULE", "go_module", "package_name"]

MODULE = "go.mod"
"""The manifest of a Go module, of which nobody counts downloads."""

_MODULE = re.compile(r"^module\s+\"?([A-Za-z0-9._~/-]{1,200})\"?\s*(?://.*)?$", re.MULTILINE)


def package_name(manifest: str, text: str) -> str | None:
    """The name under which a manifest publishes; None where it says none, or that nothing is published."""
    _, read = _READERS[manifest]
    try:
        name = read(text)
    except (ValueError, RecursionError):
        return None
    return name if isinstance(name, str) and name.isprintable() and 0 < len(name) <= _LONGEST else None


def go_module(text: str) -> str | None:
    """The path of the module that a go.mod declares."""
    found = _MODULE.search(text)
    return found[1] if found else None


def _npm(text: str) -> Any:
    package = json.loads(text)
    if not isinstance(package, dict) or package.get("private") is True:
        return None
    return package.get("name")


def _pypi(text: str) -> Any:
    document = tomllib.loads(text)
    classifiers = _at(document, "project").get("classifiers")
    if isinstance(classifiers, list) and any(str(line).startswith("Private ::") for line in classifiers):
        return None
    return _at(document, "project").get("name") or _at(document, "tool", "poetry").get("name")


def _crates(text: str) -> Any:
    package = _at(tomllib.loads(text), "package")
    # An empty list of registries says the same as false.
    return None if package.get("publish") in (False, []) else package.get("name")


def _at(document: Any, *path: str) -> Mapping[str, Any]:
    for key in path:
        document = document.get(key) if isinstance(document, dict) else None
    return document if isinstance(document, dict) else {}


_LONGEST = 214
"""Characters of the longest name that a registry takes."""
_READERS: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "package.json": ("npm", _npm),
    "pyproject.toml": ("pypi", _pypi),
    "Cargo.toml": ("crates", _crates),
}
MANIFESTS: Mapping[str, str] = {manifest: registry for manifest, (registry, _) in _READERS.items()}
"""The manifests that name a package, and the registry of each."""
