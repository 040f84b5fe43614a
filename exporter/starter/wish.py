"""What somebody asks for, checked before any service is asked. What is refused raises ValueError with a sentence for people."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import SecretStr, TypeAdapter, ValidationError

from exporter.config import Project
from exporter.config.github import RepositoryName, TokenValue
from exporter.config.types import BaseUrl, SourceConfig
from exporter.sources.registry import sources
from exporter.starter.known import Server

__all__ = [
    "RESERVED",
    "base_url",
    "package_name",
    "package_names",
    "project_name",
    "project_of",
    "repository_name",
    "server",
    "source_config",
    "token_in",
]

RESERVED = ("exporter", "kpi")
"""Names of files of rules that all projects share, so that no project can have them."""

_REPOSITORY = TypeAdapter[str](RepositoryName)
_TOKEN = TypeAdapter[SecretStr](TokenValue)
_BASE_URL = TypeAdapter[str](BaseUrl)
_ON_GITHUB = re.compile(
    r"(?:https?://(?:www\.)?github\.com/|git@github\.com:)([^/\s]+/[^/\s?#]+?)(?:\.git)?(?:[/?#].*)?", re.IGNORECASE
)
_INVITATION = re.compile(r"(?:https?://)?(?:www\.)?(?:discord\.gg|discord(?:app)?\.com/invite)/([^/?#\s]+)/?", re.IGNORECASE)
_LONGEST = 64

Made = TypeVar("Made")


def repository_name(text: str) -> str:
    """A repository as owner/name, out of that or out of its address on github.com."""
    found = _ON_GITHUB.fullmatch(text)
    return _made(lambda: _REPOSITORY.validate_python(found[1] if found else text))


def package_name(registry: str, text: str) -> str:
    """The name of a package as its registry writes it."""
    return package_names(registry, [text])[0]


def package_names(registry: str, texts: Sequence[str]) -> Sequence[str]:
    """The names of packages, each once."""
    names: Sequence[str] = source_config(registry, packages=list(texts)).model_dump()["packages"]
    return names


def server(text: str) -> Server:
    """A Discord server by its id, by the code of an invite or by the address of one."""
    found = _INVITATION.fullmatch(text)
    if found:
        key, value = "invite", found[1]
    else:
        key, value = ("guild_id" if text.isdecimal() else "invite"), text
    source_config("discord", **{key: value})
    return Server(key, value)


def project_name(text: str) -> str:
    """The name of a project."""
    if text in RESERVED:
        raise ValueError(f"must not be {' or '.join(RESERVED)}: rules that all projects share have these names")
    try:
        return Project(name=text, sources={"x": SourceConfig()}).name
    except ValidationError:
        wanted = f"must be lower-case letters, digits, - and _, a letter first, at most {_LONGEST} of them"
        raise ValueError(wanted) from None


def project_of(*names: str) -> str:
    """A name for a project, made of the first of some names that gives one."""
    for name in names:
        word = re.sub(r"[^a-z0-9_-]+", "-", name.rpartition("/")[2].lower()).strip("-_")
        if word:
            named = f"project-{word}" if word in RESERVED or not word[0].isalpha() else word
            return named[:_LONGEST].rstrip("-_")
    return "project"


def base_url(text: str) -> str:
    """The root of an API."""
    return _made(lambda: _BASE_URL.validate_python(text))


def token_in(file: Path) -> str:
    """The token that a file holds, as the exporter will read it there; no message shows it."""
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise ValueError(f"{file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{file} must hold text in UTF-8") from None
    return _made(lambda: _TOKEN.validate_python(text.removesuffix("\n").removesuffix("\r"))).get_secret_value()


def source_config(source: str, **keys: Any) -> SourceConfig:
    """The configuration of a source with these keys; an empty `base_url` stands for the default."""
    given: Mapping[str, Any] = {key: value for key, value in keys.items() if (key, value) != ("base_url", "")}
    return _made(lambda: sources()[source].config_type.model_validate(given))


def _made(make: Callable[[], Made]) -> Made:
    try:
        return make()
    except ValidationError as error:
        raise ValueError(error.errors()[0]["msg"].removeprefix("Value error, ")) from None
