"""Answers of upstreams kept as files, the schemas they are held against, and answers gone wrong."""

import copy
import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from exporter.errors import UpstreamError

__all__ = ["anything", "conforms", "fixture", "fixtures", "gone_wrong", "outcome", "recorded"]

FOLDER = Path(__file__).parent.parent / "fixtures"


def fixture(area: str, name: str) -> bytes:
    """The bytes of a file of an area."""
    return (FOLDER / area / name).read_bytes()


def recorded(area: str, name: str) -> Any:
    """A JSON file of an area."""
    return json.loads(fixture(area, f"{name}.json"))


def fixtures(area: str, start: str) -> list[Any]:
    """The JSON files of an area whose names begin like this, as parameters of a test; an area without any is a mistake."""
    names = sorted(path.stem for path in (FOLDER / area).glob(f"{start}*.json"))
    assert names, f"no file of {area} is called {start}…"
    return [pytest.param(recorded(area, name), id=name) for name in names]


def conforms(area: str, kind: str, answer: Any) -> bool:
    """Whether an answer is what the schema of the area says of that kind of answer."""
    return _schema(area, kind).is_valid(answer)


@functools.cache
def _schema(area: str, kind: str) -> Draft202012Validator:
    schema = {"$ref": f"#/$defs/{kind}", "$defs": recorded(area, "schema")["$defs"]}
    return Draft202012Validator(schema, format_checker=FormatChecker())


def outcome(read: Callable[..., Any], *arguments: Any) -> Any:
    """What a reader makes of an answer, or the reason why it refuses it."""
    try:
        return read(*arguments)
    except UpstreamError as error:
        return error.reason


anything: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(10**400)
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["2026-01-26", "2026-01-27", "2026-01-28", "2026-02-30", "9999-12-31", "0001-01-01", "1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
"""Whatever JSON can hold, and a little more."""


@st.composite
def gone_wrong(draw: st.DrawFn, good: Any) -> Any:
    """A good answer in which up to three places were replaced, removed or doubled."""
    answer = copy.deepcopy(good)
    for _ in range(draw(st.integers(1, 3))):
        places = list(_places(answer))
        if not places:
            return draw(anything)
        holder, key = draw(st.sampled_from(places))
        match draw(st.sampled_from(["replace", "remove", "double"])):
            case "replace":
                holder[key] = draw(anything)
            case "remove":
                del holder[key]
            case "double" if isinstance(holder, list):
                holder.append(copy.deepcopy(holder[key]))
    return answer


def _places(answer: Any) -> Any:
    pairs = answer.items() if isinstance(answer, dict) else enumerate(answer) if isinstance(answer, list) else ()
    for key, value in list(pairs):
        yield answer, key
        yield from _places(value)
