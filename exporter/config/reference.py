"""The reference of every key that a configuration may have, made from the models that read it."""

import inspect
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import yaml
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from exporter.config.model import Config, Project
from exporter.config.types import Called, SourceConfig
from exporter.document import format_duration
from exporter.document.annotation import bare, fields_of, inside, metadata

__all__ = ["reference", "render_page"]

_PAGE = "configuration.md"
_PLACE = "<!-- reference -->\n"
"""Line of the page that the reference takes."""
_NAMES: dict[Any, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    date: "date",
    timedelta: "duration",
    Path: "path",
    SecretStr: "secret",
}


def render_page(source_types: Mapping[str, type[SourceConfig]]) -> str:
    """The page docs/configuration.md: what people wrote about the configuration, and the reference in it."""
    prose = files("exporter.config").joinpath(_PAGE).read_text(encoding="utf-8")
    return prose.replace(_PLACE, reference(source_types))


def reference(source_types: Mapping[str, type[SourceConfig]]) -> str:
    """Tables in Markdown of every key: of the file, of a project, of all sources, and of each of these sources."""
    sections = [
        ("The file", "", _rows(fields_of(Config), Config)),
        ("A project", "Each entry of `projects`.", _rows(fields_of(Project), Project)),
        ("Every source", "Each entry of `sources` has these keys.", _rows(fields_of(SourceConfig), SourceConfig)),
    ]
    for name, kind in sorted(source_types.items()):
        sections.append((f"Source `{name}`", _summary(kind), _rows(_own_fields(kind), kind)))
    return "\n".join(_section(title, text, list(rows)) for title, text, rows in sections)


def _section(title: str, text: str, rows: list[str]) -> str:
    table = ["| key | type | default | meaning |", "|---|---|---|---|", *rows] if rows else ["No keys of its own."]
    return "\n".join([f"### {title}", "", *([text, ""] if text else []), *table, ""])


def _summary(kind: type[SourceConfig]) -> str:
    """The first sentence of what the class says of itself, and nothing where it only inherits it."""
    return inspect.cleandoc(kind.__dict__.get("__doc__") or "").split("\n\n")[0].replace("\n", " ")


def _own_fields(kind: type[SourceConfig]) -> dict[str, FieldInfo]:
    """The fields that a source adds to those of every source, and those for which it says something else."""
    common = fields_of(SourceConfig)
    return {key: field for key, field in fields_of(kind).items() if not _same(field, common.get(key))}


def _same(field: FieldInfo, other: FieldInfo | None) -> bool:
    return other is not None and (field.default, field.description) == (other.default, other.description)


def _rows(fields: Mapping[str, FieldInfo], model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for key, field in fields.items():
        kind = inside(model, key)
        cells = (f"`{prefix}{key}`", _type_name(kind), _default(field), field.description or "")
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
        path, nested = _nested(kind, f"{prefix}{key}")
        if nested is not None:
            yield from _rows(fields_of(nested), nested, f"{path}.")


def _nested(kind: Any, path: str) -> tuple[str, type[BaseModel] | None]:
    """The model inside of a type, with the path that leads into it; projects and sources have tables of their own."""
    kind = bare(kind)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return path, None if issubclass(kind, Project | SourceConfig) else kind
    match get_args(kind):
        case (element, *_) if get_origin(kind) in (tuple, list):
            return _nested(element, f"{path}[]")
        case (_, value) if get_origin(kind) in (dict, Mapping):
            return _nested(value, f"{path}.NAME")
    return path, None


def _type_name(kind: Any) -> str:
    for note in metadata(kind):
        if isinstance(note, Called):
            return note.name
    kind = bare(kind)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return "mapping"
    match get_args(kind):
        case choices if get_origin(kind) is Literal:
            return " or ".join(f"`{choice}`" for choice in choices)
        case (element, *_) if get_origin(kind) in (tuple, list):
            return f"list of {_type_name(element)}".replace("list of mapping", "list of mappings")
        case (key, value) if get_origin(kind) in (dict, Mapping):
            return f"mapping of {_type_name(key)} to {_type_name(value)}"
    return _NAMES.get(kind, "value")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value is None or value == "":
        return ""
    return f"`{_flow(value)}`"


def _flow(value: Any) -> str:
    """A default as it would stand in the file, on one line."""
    if isinstance(value, timedelta):
        return format_duration(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, Iterable) and not isinstance(value, str):
        return "[" + ", ".join(_flow(inner) for inner in value) + "]"
    return yaml.safe_dump(value, default_flow_style=True, width=1000).removesuffix("\n").removesuffix("\n...")
