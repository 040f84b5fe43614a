"""Checks data of a document against a pydantic model and says every problem in the words of the person who wrote the file."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_core import ErrorDetails

from exporter.document.annotation import annotation_at, bare, converts, field_keys, inside, nests
from exporter.document.problem import Problem, did_you_mean, found
from exporter.document.reader import Document, Unreadable, Where
from exporter.errors import InvalidInput

__all__ = ["validate"]

Model = TypeVar("Model", bound=BaseModel)

_TEXT = "must be text"
_WHOLE = "must be a whole number"
_NUMBER = "must be a number"
_BOOL = "must be true or false"
_LIST = "must be a list"
_MAPPING = "must be a mapping"
_DATE = "must be a date such as 2026-01-15"
_PATH = "must be a path"

_EXPECTED = {
    "string_type": _TEXT,
    "string_sub_type": _TEXT,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": "must be a finite number",
    "bool_type": _BOOL,
    "bool_parsing": _BOOL,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "set_type": _LIST,
    "frozen_set_type": _LIST,
    "dict_type": _MAPPING,
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
    "mapping_type": _MAPPING,
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "path_type": _PATH,
}
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def validate(
    document: Document,
    model: type[Model],
    data: Any = None,
    at: Where = (),
    *,
    keys: Callable[[type[BaseModel]], Iterable[str]] = field_keys,
) -> Model:
    """The model made of `data`, which stands at the path `at` (default: the whole document).

    A value must have the type of its field: no text for a number, no number for a date or a boolean. `keys` names the keys that
    a mapping may have, for the suggestions. Raises InvalidInput with every problem: where, what was expected, what was found.
    """
    content = document.data if data is None and not at else data
    content = {} if content is None else content
    problems = [
        document.problem((*at, *path), f"{expected}, found {found(value)}")
        for path, value, expected in _loose(model, content, ())
    ]
    made = None
    try:
        made = model.model_validate(content, strict=False)
    except ValidationError as error:
        details = error.errors(include_url=False)
        problems += [_problem(document, model, content, detail, at, keys) for detail in details if not _told_already(detail)]
    if made is None or problems:
        raise InvalidInput(problems)
    return made


def _loose(kind: Any, value: Any, path: Where) -> Iterator[tuple[Where, Any, str]]:
    """Values that pydantic would convert although their field has another type: where, what, and what was expected."""
    if converts(kind):
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _loose(inside(kind, key), inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _loose(inside(kind, index), inner, (*path, index))
    elif not isinstance(value, Unreadable | None) and (expected := _mismatch(bare(kind), value)):
        yield path, value, expected


def _mismatch(kind: Any, value: Any) -> str | None:
    if kind is bool and not isinstance(value, bool):
        return _BOOL
    if kind is int and (isinstance(value, bool | str)):
        return _WHOLE
    if kind is float and (isinstance(value, bool | str)):
        return _NUMBER
    if kind is date and not (isinstance(value, date) or (isinstance(value, str) and _ISO_DATE.fullmatch(value))):
        return _DATE
    if kind is Path and isinstance(value, str) and (not value or "\0" in value):
        return _PATH
    return None


def _problem(
    document: Document,
    model: type[BaseModel],
    content: Any,
    detail: ErrorDetails,
    at: Where,
    keys: Callable[[type[BaseModel]], Iterable[str]],
) -> Problem:
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    where = _written(content, detail["loc"])
    place = (*at, *where)
    if kind == "extra_forbidden":
        owner = annotation_at(model, where[:-1])
        known = keys(owner) if isinstance(owner, type) and issubclass(owner, BaseModel) else ()
        return document.problem(place, f"unknown key, {did_you_mean(str(where[-1]), known)}")
    if kind == "missing":
        return document.problem((*at, *where, detail["loc"][-1]), "is missing")
    expected = _expectation(kind, context)
    wanted = annotation_at(model, where)
    if wanted is SecretStr:
        return document.problem(place, f"{expected}, found <secret>")
    if expected == _MAPPING and isinstance(value, str):
        # A text where a mapping belongs explains nothing, and may be a password.
        return document.problem(place, f"{expected}, found text")
    if kind not in _EXPECTED and isinstance(value, dict | list) and nests(wanted):
        # What a check of a whole mapping or list says speaks for itself.
        return document.problem(place, expected)
    return document.problem(place, f"{expected}, found {found(value)}{_hint(kind, value, context)}")


def _told_already(detail: ErrorDetails) -> bool:
    """Whether an error only follows from another: of a value that the reader refused, or of a list whose entries are wrong."""
    value = detail["input"]
    if detail["type"] == "too_short" and isinstance(value, list):
        return len(value) >= int(detail["ctx"]["min_length"])
    return isinstance(value, Unreadable)


def _written(content: Any, loc: tuple[str | int, ...]) -> Where:
    """The steps of a location that are in the data: pydantic adds some of its own, for unions and for keys."""
    where: Where = ()
    for step in loc:
        if isinstance(content, dict) and step in content:
            content = content[str(step)]
        elif isinstance(content, list) and isinstance(step, int) and step < len(content):
            content = content[step]
        else:
            continue
        where = (*where, step)
    return where


def _expectation(kind: str, context: Mapping[str, Any]) -> str:
    match kind:
        case "value_error" | "assertion_error":
            return str(context["error"])
        case "literal_error" | "enum":
            return f"must be one of {', '.join(_choices(context))}"
        case "string_pattern_mismatch":
            return f"must match {context['pattern']}"
        case "greater_than":
            return f"must be greater than {context['gt']:.15g}"
        case "greater_than_equal":
            return f"must be at least {context['ge']:.15g}"
        case "less_than":
            return f"must be less than {context['lt']:.15g}"
        case "less_than_equal":
            return f"must be at most {context['le']:.15g}"
        case "too_short" | "string_too_short":
            least = context["min_length"]
            return "must not be empty" if least == 1 else f"must not be shorter than {least}"
        case "too_long" | "string_too_long":
            return f"must not be longer than {context['max_length']}"
        case _:
            # The texts of pydantic are not used: some of them quote what was found.
            return _EXPECTED.get(kind, "has a value that is not allowed here")


def _choices(context: Mapping[str, Any]) -> list[str]:
    return re.findall(r"'([^']*)'", str(context["expected"]))


def _hint(kind: str, value: Any, context: Mapping[str, Any]) -> str:
    """What to do about it, where that can be told."""
    if kind == "string_type" and isinstance(value, bool | int | float | date):
        return "; put it in quotes"
    if kind in ("literal_error", "enum") and isinstance(value, str):
        hint = did_you_mean(value, _choices(context))
        return f"; {hint}" if hint.startswith("did") else ""
    return ""
