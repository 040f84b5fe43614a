"""Which questions of a form are read and how: what the configuration says, and what the form adds to it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from exporter.sources.surveys.config import Kind, QuestionConfig
from exporter.sources.surveys.reading import Question
from exporter.sources.typeform.config import FormConfig
from exporter.sources.typeform.form import Choice, Form, FormField

__all__ = ["MISSING", "Mapped", "Unread", "hidden_fields", "match"]

MISSING = "the form has no question with this reference or id"

_FITTING: Mapping[Kind, frozenset[Kind]] = {
    "nps": frozenset({"nps", "rating", "number"}),
    "rating": frozenset({"rating", "number"}),
    "number": frozenset({"number", "rating"}),
    "choice": frozenset({"choice"}),
    "text": frozenset({"text", "choice"}),
}
"""As what the answers to a question of the form may be read, by the kind that the form gives it."""
_RECOMMENDING = (0, 10)
"""The scale that makes a rating one that a net promoter score can be made of."""
_WORD = re.compile(r"[a-z0-9][a-z0-9_]{0,63}")


@dataclass(frozen=True, slots=True)
class Mapped:
    """A question that is read: what the configuration calls it by, and the question of the form, None where that is unknown."""

    key: str
    field: FormField | None
    question: Question


@dataclass(frozen=True, slots=True)
class Unread:
    """A question of the configuration that cannot be read; `why` is a sentence for the operator."""

    key: str
    why: str


def match(config: FormConfig, form: Form | None) -> tuple[tuple[Mapped, ...], tuple[Unread, ...]]:
    """The questions that are read and those that cannot be; `form` is None where the token may not read the form.

    Nothing is guessed: without the form, a question needs its kind in the configuration, and a rating its scale.
    """
    outcomes = [_matched(key, question, form) for key, question in config.questions.items()]
    mapped = tuple(outcome for outcome in outcomes if isinstance(outcome, Mapped))
    return mapped, tuple(outcome for outcome in outcomes if isinstance(outcome, Unread))


def _matched(key: str, config: QuestionConfig, form: Form | None) -> Mapped | Unread:
    field = None if form is None else form.find(key)
    if form is not None and field is None:
        return Unread(key, MISSING)
    if field is not None and field.kind is None:
        return Unread(key, "the form asks for something whose answers are never read")
    kind = config.kind or (field.kind if field else None)
    if kind is None:
        return Unread(key, "its kind must be configured, because the token may not read the form")
    if field is not None and not _fits(kind, field):
        return Unread(key, f"is configured as {kind}, and the form says {field.kind}")
    scale = config.scale or (field.scale if field else None)
    if kind == "rating" and scale is None:
        return Unread(key, "its scale must be configured, because the form does not tell it")
    options = _options(config.options, field.choices if field else ())
    return Mapped(key, field, Question(config.model_copy(update={"options": options}), kind, scale))


def _fits(kind: Kind, field: FormField) -> bool:
    assert field.kind is not None  # the caller made sure of it
    if kind == "nps" and field.kind == "rating":
        return field.scale == _RECOMMENDING
    return kind in _FITTING[field.kind]


def _options(configured: Mapping[str, str], choices: Iterable[Choice]) -> dict[str, str]:
    """The words for options, by all that an answer may call them by.

    An option that the configuration does not list is called like its reference, if whoever made the form gave it one that is a
    word.
    """
    options = dict(configured)
    for choice in choices:
        word = next((configured[name] for name in choice.names if name in configured), None)
        if word is None and choice.ref is not None and _WORD.fullmatch(choice.ref):
            word = choice.ref
        if word is not None:
            options |= {name: word for name in choice.names if name not in configured}
    return options


def hidden_fields(config: FormConfig) -> Iterator[str]:
    """The hidden fields that segments and the channel are read from: whatever is not the name of a question."""
    names = {question.name for question in config.questions.values()}
    for place in (*config.segments.values(), *([config.channel] if config.channel else [])):
        if place not in names:
            yield place
