"""Paths of the configuration are relative to its file, not to where the process happens to run."""

from pathlib import Path
from typing import Any

from exporter.config.types import LocalPath
from exporter.document.annotation import bare, inside, metadata

__all__ = ["resolved"]


def resolved(kind: Any, data: Any, folder: Path) -> Any:
    """A copy of `data` in which every path that the type `kind` expects stands under `folder`, unless it is absolute."""
    if isinstance(data, dict):
        return {key: resolved(inside(kind, key), value, folder) for key, value in data.items()}
    if isinstance(data, list):
        return [resolved(inside(kind, index), value, folder) for index, value in enumerate(data)]
    if isinstance(data, str) and data and "\0" not in data and _is_path(kind, data):
        return str(folder / data)
    return data


def _is_path(kind: Any, text: str) -> bool:
    return bare(kind) is Path or any(isinstance(note, LocalPath) and note.holds(text) for note in metadata(kind))
