"""Shows a configuration to everybody: what is in force, and no secret."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import yaml
from pydantic import BaseModel, SecretStr

from exporter.config.model import Config
from exporter.config.types import SourceConfig
from exporter.document import format_duration
from exporter.document.annotation import fields_of

__all__ = ["masked"]

_SECRET = "<secret>"  # noqa: S105 - what is shown in place of one
_URL_CREDENTIALS = re.compile(r"(?<=//)[^/\s]*@")


def masked(config: Config) -> str:
    """The configuration as YAML, with defaults filled in and `<secret>` for every secret; what is not set is left out."""
    return yaml.dump(_plain(config), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


class _Dumper(yaml.SafeDumper):
    """Writes text with odd characters in double quotes, where they have escapes; without, some of them end the line."""


def _text(dumper: _Dumper, text: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if text.isprintable() else '"')


_Dumper.add_representer(str, _text)


def _plain(value: Any) -> Any:
    match value:
        case SecretStr():
            return _SECRET
        case SourceConfig():
            return _mapping(value.model_copy(update={"max_age": value.age_limit()}))
        case BaseModel():
            return _mapping(value)
        case Mapping():
            return {str(key): _plain(inner) for key, inner in value.items()}
        case timedelta():
            return format_duration(value)
        case bool() | int() | float() | date():
            return value
        case str():
            # Whoever checks a URL refuses credentials in it; what is shown to everybody does not rely on that.
            return _URL_CREDENTIALS.sub(f"{_SECRET}@", value)
        case Iterable():
            return [_plain(inner) for inner in value]
        case _:
            return str(value)


def _mapping(section: BaseModel) -> dict[str, Any]:
    names = type(section).model_fields
    values = {key: getattr(section, name) for key, name in zip(fields_of(type(section)), names, strict=True)}
    return {key: _plain(value) for key, value in values.items() if value is not None}
