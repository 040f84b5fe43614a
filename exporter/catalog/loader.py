"""Reads catalogs: those that ship with this package, by name, and those of other projects, by path."""

from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from exporter.catalog.checks import check
from exporter.catalog.model import Catalog
from exporter.document import Document, Problem, did_you_mean, parse, read, validate
from exporter.errors import InvalidInput
from exporter.facts import Metric

__all__ = ["build", "load", "shipped"]

_SUFFIX = ".yml"
_FOLDER = resources.files("exporter.catalog")


def shipped() -> tuple[str, ...]:
    """The names of the catalogs that ship."""
    names = (file.name for file in _FOLDER.iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX)))


def load(reference: str, declared: Mapping[str, Metric], *, base: Path) -> Catalog:
    """The catalog of that name or path, checked against the declared metrics; a path is relative to `base`.

    A shipped name comes before a file of the same name: write `./caro` for the file. Raises InvalidInput with every problem.
    """
    return build(_document(reference, base), declared)


def build(document: Document, declared: Mapping[str, Metric]) -> Catalog:
    """The catalog that a document describes; raises InvalidInput with every problem.

    What a catalog means is checked once its types are right, so a file may have to be mended twice.
    """
    catalog = validate(document, Catalog)
    if problems := check(document, catalog, declared):
        raise InvalidInput(problems)
    return catalog


def _document(reference: str, base: Path) -> Document:
    if reference in shipped():
        file = f"{reference}{_SUFFIX}"
        return parse((_FOLDER / file).read_text(encoding="utf-8"), file)
    path = base / reference
    if "/" not in reference and not path.suffix and not path.exists():
        known = did_you_mean(reference, shipped())
        raise InvalidInput([Problem(str(path), 1, "", f"is neither a shipped catalog nor a file; {known}")])
    return read(path)
