"""What a form says of its questions. Titles and descriptions are not read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from exporter.errors import Reason, UpstreamError
from exporter.sources.surveys.config import Kind

__all__ = ["BOOLEAN", "Choice", "Form", "FormField", "malformed", "read_form"]

BOOLEAN = {True: "yes", False: "no"}
"""The options of a question that is answered with yes or no."""

_KINDS: Mapping[str, Kind] = {
    "nps": "nps",
    "opinion_scale": "rating",
    "rating": "rating",
    "number": "number",
    "multiple_choice": "choice",
    "picture_choice": "choice",
    "dropdown": "choice",
    "yes_no": "choice",
    "legal": "choice",
    "short_text": "text",
    "long_text": "text",
}
"""Kinds by Typeform's types. Answers of the other types (addresses, files, payments, rankings) are never read."""
_LARGEST = 100
"""Most steps of a scale; Typeform has 11."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An option: its reference, which not every type of question has, and all that an answer may call it by."""

    ref: str | None
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FormField:
    """A question of a form. `kind` is None where its answers are never read, `scale` where the form does not tell it."""

    id: str
    ref: str | None
    kind: Kind | None
    scale: tuple[int, int] | None = None
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """The questions of a form, those in groups and matrices among them."""

    fields: tuple[FormField, ...]
    hidden: frozenset[str]

    def find(self, key: str) -> FormField | None:
        """The question with this reference, else the one with this id."""
        by_ref = next((field for field in self.fields if field.ref == key), None)
        return by_ref or next((field for field in self.fields if field.id == key), None)

    def references(self) -> tuple[str, ...]:
        """What the questions may be called by: their references, and their ids where they have none."""
        return tuple(field.ref or field.id for field in self.fields if field.kind is not None)


def malformed(what: str) -> UpstreamError:
    """The error for an answer that is not what the API promises; `what` says which part, in words of our own."""
    return UpstreamError(Reason.MALFORMED, f"Typeform's answer holds {what}")


def read_form(answer: Any, form_id: str) -> Form:
    """The questions out of the answer about a form; raises UpstreamError(MALFORMED) for anything else."""
    if not isinstance(answer, dict) or answer.get("id") != form_id:
        raise malformed("something else than the form that was asked for")
    fields = tuple(_fields(answer.get("fields")))
    for key in ("ref", "id"):
        names = [name for field in fields if (name := getattr(field, key)) is not None]
        if len(set(names)) != len(names):
            raise malformed(f"two questions with the same {key}")
    return Form(fields, frozenset(_texts(answer.get("hidden"), "the hidden fields of the form")))


def _fields(listed: Any) -> Iterator[FormField]:
    """The questions of a list and of the groups in it, however deep."""
    waiting = [listed]
    while waiting:
        for field in _dicts(waiting.pop(), "the questions of the form"):
            properties = field.get("properties") or {}
            if not isinstance(properties, dict):
                raise malformed("something else where the properties of a question should be")
            yield _field(field, properties)
            waiting.append(properties.get("fields"))


def _field(field: Mapping[str, Any], properties: Mapping[str, Any]) -> FormField:
    field_id, ref, called = field.get("id"), field.get("ref"), field.get("type")
    if not isinstance(field_id, str) or not isinstance(ref, str | None) or not isinstance(called, str):
        raise malformed("a question without id or type")
    kind = _KINDS.get(called)
    if kind is None:
        return FormField(field_id, ref, None)
    return FormField(field_id, ref, kind, _scale(called, properties), tuple(_choices(called, properties)))


def _scale(called: str, properties: Mapping[str, Any]) -> tuple[int, int] | None:
    """Least and largest number of a scale; `steps` counts them, and ratings begin at 1."""
    steps, one = properties.get("steps"), properties.get("start_at_one")
    if called not in ("opinion_scale", "rating") or steps is None:
        return None
    if type(steps) is not int or not 2 <= steps <= _LARGEST or not isinstance(one, bool | None):
        raise malformed("a scale that is none")
    least = 1 if called == "rating" or one else 0
    return least, least + steps - 1


def _choices(called: str, properties: Mapping[str, Any]) -> Iterator[Choice]:
    if called in ("yes_no", "legal"):
        yield from (Choice(word, (word,)) for word in BOOLEAN.values())
        return
    for choice in _dicts(properties.get("choices"), "the options of a question"):
        names = [choice.get(key) for key in ("ref", "id", "label")]
        if not all(isinstance(name, str | None) for name in names):
            raise malformed("something else where an option should be")
        yield Choice(names[0], tuple(name for name in names if name))


def _dicts(listed: Any, what: str) -> list[dict[str, Any]]:
    if listed is None:
        return []
    if not isinstance(listed, list) or not all(isinstance(entry, dict) for entry in listed):
        raise malformed(f"something else where {what} should be")
    return listed


def _texts(listed: Any, what: str) -> list[str]:
    if listed is None:
        return []
    if not isinstance(listed, list) or not all(isinstance(entry, str) for entry in listed):
        raise malformed(f"something else where {what} should be")
    return listed
