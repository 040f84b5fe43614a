"""Google's discovery documents: what in a request or an answer does not keep to them.

The schemas are those of JSON Schema, draft 3, with additions; they are brought to draft 2020-12, closed to members that they do
not name.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from support.contract import recorded
from support.upstream import Request

__all__ = ["Discovery"]

_ANNOTATIONS = ("annotations", "default", "deprecated", "description", "enumDescriptions", "id", "readOnly", "required")
_FORMATS = FormatChecker(formats=())


@_FORMATS.checks("google-datetime", raises=ValueError)
def _is_moment(text: object) -> bool:
    if not isinstance(text, str):
        return True
    datetime.fromisoformat(text)
    return bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z", text))


@_FORMATS.checks("int32")
def _is_int32(number: object) -> bool:
    return not isinstance(number, int) or -(2**31) <= number < 2**31


class Discovery:
    """The discovery document of an area's fixtures, of that name."""

    def __init__(self, area: str, name: str) -> None:
        self._document = recorded(area, name)
        self._defs = {name: _modern(schema) for name, schema in self._document["schemas"].items()}

    def request_breaches(self, request: Request) -> list[str]:
        """What is wrong with a request: its address, its method, its parameters."""
        method, path = self._method(request)
        if method is None:
            return [f"no such method: {request.method} {request.path}"]
        known = {**self._document["parameters"], **method["parameters"]}
        given = {**{name: [text] for name, text in path.items()}, **request.query}
        breaches = [f"no such parameter: {name}" for name in given if name not in known]
        for name, texts in given.items():
            schema = _modern(known.get(name, {}))
            breaches += [f"{name}: {problem}" for text in texts for problem in self._problems(schema, _typed(schema, text))]
            breaches += [f"{name} stands twice"] if len(texts) > 1 else []
        return breaches

    def scopes(self, request: Request) -> frozenset[str]:
        """Any one of these allows the request."""
        method, _ = self._method(request)
        return frozenset(method["scopes"] if method else ())

    def answer_breaches(self, request: Request, answer: Any) -> list[str]:
        """What is wrong with the JSON of a good answer to a request."""
        method, _ = self._method(request)
        if method is None:
            return [f"no such method: {request.method} {request.path}"]
        return self._problems({"$ref": f"#/$defs/{method['response']['$ref']}"}, answer)

    def selected(self, request: Request, answer: Any) -> Any:
        """What is left of a good answer by the parameter `fields`; raises KeyError where that names what no answer may have."""
        method, _ = self._method(request)
        texts = request.query.get("fields")
        if method is None or texts is None:
            return answer
        return self._select({"$ref": method["response"]["$ref"]}, _selectors(texts[0]), answer)

    def _method(self, request: Request) -> tuple[Mapping[str, Any] | None, dict[str, str]]:
        for method in _methods(self._document):
            pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/:]+)", re.escape(method["path"]))
            found = re.fullmatch(f"/{pattern}", request.path)
            if found and method["httpMethod"] == request.method:
                return method, found.groupdict()
        return None, {}

    def _problems(self, schema: Mapping[str, Any], data: Any) -> list[str]:
        validator = Draft202012Validator({**schema, "$defs": self._defs}, format_checker=_FORMATS)
        return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(data)]

    def _select(self, schema: Mapping[str, Any], wanted: Mapping[str, Any], data: Any) -> Any:
        """The named members alone; those without names of their own are left whole."""
        schema = self._document["schemas"][schema["$ref"]] if "$ref" in schema else schema
        if not wanted:
            return data
        if schema.get("type") == "array":
            return [self._select(schema["items"], wanted, item) for item in data or ()]
        chosen = {name: self._select(schema["properties"][name], inner, (data or {}).get(name)) for name, inner in wanted.items()}
        return {name: value for name, value in chosen.items() if name in (data or {})}


def _methods(resource: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from resource.get("methods", {}).values()
    for inner in resource.get("resources", {}).values():
        yield from _methods(inner)


def _modern(schema: Mapping[str, Any]) -> dict[str, Any]:
    modern: dict[str, Any] = {}
    for key, value in schema.items():
        if key == "properties":
            # Here the keys are names of members, whatever they mean elsewhere.
            modern |= {key: {name: _modern(inner) for name, inner in value.items()}, "additionalProperties": False}
        elif key == "$ref":
            modern[key] = f"#/$defs/{value}"
        elif key not in (*_ANNOTATIONS, "location") and value != "any":
            modern[key] = _modern(value) if isinstance(value, dict) else value
    return modern


def _typed(schema: Mapping[str, Any], text: str) -> Any:
    if schema.get("type") == "integer" and re.fullmatch(r"-?\d+", text):
        return int(text)
    return {"true": True, "false": False}.get(text, text) if schema.get("type") == "boolean" else text


def _selectors(text: str) -> dict[str, Any]:
    """The names in `a,b(c,d)`, each with those inside of it."""
    chosen: dict[str, Any] = {}
    for part in _apart(text):
        name, _, inside = part.partition("(")
        chosen[name] = _selectors(inside.removesuffix(")")) if inside else {}
    return chosen


def _apart(text: str) -> list[str]:
    """What the commas part that stand in no brackets."""
    parts, depth = [""], 0
    for character in text:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts
