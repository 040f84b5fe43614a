"""Secrets stand in files or in the environment, not in the configuration: a field X is given as `X_file` or `X_env`."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr

from exporter.config.types import UNREAD, MultiLine
from exporter.document import Document, Problem, Where, found
from exporter.document.annotation import bare, fields_of, inside, metadata

__all__ = ["Secrets", "secret_fields", "secret_values", "written_keys"]

_LARGEST = 64 * 2**10
"""Bytes of a secret's file. A token has some dozens, a private key a few thousands."""
_WANTED = {"": "text in quotes", "_file": "the path of a file", "_env": "the name of a variable"}
"""What to write, by how the key of a secret ends."""


def secret_fields(model: type[BaseModel]) -> list[str]:
    """The keys of a model that hold a secret."""
    return [key for key in fields_of(model) if bare(inside(model, key)) is SecretStr]


def written_keys(model: type[BaseModel]) -> Iterable[str]:
    """The keys that may stand in the file for a model: its fields, and a secret also as `X_file` and `X_env`."""
    keys = [*fields_of(model)]
    for key in secret_fields(model):
        keys += _ways(key)[1:]
    return keys


def secret_values(config: Any) -> Iterator[str]:
    """Every secret in a configuration, however deep, in plain text: for whoever must keep them out of sight."""
    match config:
        case SecretStr():
            yield config.get_secret_value()
        case BaseModel():
            for _, value in config:
                yield from secret_values(value)
        case Mapping():
            for value in config.values():
                yield from secret_values(value)
        case list() | tuple():
            for value in config:
                yield from secret_values(value)


@dataclass(frozen=True, slots=True)
class Secrets:
    """Where secrets come from: files, relative to `folder`, and `environ`.

    `allow_inline` accepts them in the configuration too. Without `read`, no file and no variable is looked at.
    """

    folder: Path
    environ: Mapping[str, str]
    allow_inline: bool = False
    read: bool = True

    def fill(self, document: Document, model: type[BaseModel], data: Any, at: Where) -> list[Problem]:
        """Replaces each `X`, `X_file` and `X_env` in `data`, however deep, by the secret itself under X; gives the problems.

        The data stands at the path `at` of the document and is meant for `model`. A secret with a problem is stood in for, so
        that nothing else is said about it.
        """
        problems: list[Problem] = []
        for section, mapping, where in list(_sections(model, data, at)):
            for key in secret_fields(section):
                try:
                    secret = self._secret(section, mapping, key)
                except _RefusedError as refused:
                    problems.append(document.problem((*where, refused.key), refused.message))
                    secret = UNREAD
                for way in _ways(key):
                    if mapping.pop(way, None) is not None:
                        document.stands_for((*where, way), (*where, key))
                if secret is not None:
                    mapping[key] = secret
        return problems

    def _secret(self, model: type[BaseModel], mapping: Mapping[str, Any], key: str) -> SecretStr | None:
        inline, file, variable = _ways(key)
        given = [way for way in _ways(key) if way in mapping and (way != inline or mapping[way] is not None)]
        if not given:
            if fields_of(model)[key].is_required():
                raise _RefusedError(key, f"is missing, give {file} or {variable}")
            return None
        way = given[0]
        if len(given) > 1:
            raise _RefusedError(given[1], f"must not stand beside {way}")
        if way == inline and not self.allow_inline:
            raise _RefusedError(
                key, f"must not stand in the file: name a file that holds it with {file}, or a variable with {variable}"
            )
        value = mapping[way]
        if not isinstance(value, str) or not value:
            raise _RefusedError(way, f"must be {_WANTED[way.removeprefix(key)]}")
        lines = any(isinstance(note, MultiLine) for note in metadata(inside(model, key)))
        try:
            if way == inline:
                return SecretStr(_checked(value, lines))
            if not self.read:
                return UNREAD
            return SecretStr(_checked(self._file(value) if way == file else self._variable(value), lines))
        except _UnusableError as unusable:
            subject = "" if way == inline else f"the {'file' if way == file else 'variable'} {found(value)} "
            raise _RefusedError(way, f"{subject}{unusable}") from None

    def _file(self, name: str) -> str:
        try:
            with (self.folder / name).open("rb") as file:
                content = file.read(_LARGEST + 1)
        except OSError as error:
            raise _UnusableError(f"cannot be read: {error.strerror}") from None
        except ValueError:
            raise _UnusableError("cannot be read: that is no path") from None
        if len(content) > _LARGEST:
            raise _UnusableError(f"is larger than {_LARGEST // 2**10} KiB")
        try:
            text = content.decode()
        except UnicodeDecodeError:
            raise _UnusableError("must hold text in UTF-8") from None
        return text.removesuffix("\n").removesuffix("\r")

    def _variable(self, name: str) -> str:
        value = self.environ.get(name)
        if value is None:
            raise _UnusableError("is not set")
        return value


class _RefusedError(Exception):
    """A secret is not usable; `key` is where the file says it."""

    def __init__(self, key: str, message: str) -> None:
        self.key = key
        self.message = message
        super().__init__(message)


class _UnusableError(Exception):
    """What holds a secret holds none; the text is the end of a sentence about it."""


def _ways(key: str) -> tuple[str, str, str]:
    return key, f"{key}_file", f"{key}_env"


def _checked(text: str, lines: bool) -> str:
    if not text.strip():
        raise _UnusableError("is empty")
    if lines and not all(character.isprintable() or character in "\n\r\t" for character in text):
        raise _UnusableError("must hold printable text")
    if not lines and not text.isprintable():
        raise _UnusableError("must hold one line of printable text")
    return text


def _sections(kind: Any, data: Any, at: Where) -> Iterator[tuple[type[BaseModel], dict[str, Any], Where]]:
    """Every mapping of the data that is meant for a model, with the model and where it stands."""
    if isinstance(data, dict):
        model = bare(kind)
        if isinstance(model, type) and issubclass(model, BaseModel):
            yield model, data, at
        for key, value in data.items():
            yield from _sections(inside(kind, key), value, (*at, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _sections(inside(kind, index), value, (*at, index))
