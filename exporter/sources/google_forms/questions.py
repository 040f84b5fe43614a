"""Which questions of a form are read and how: what the configuration says, and what the form adds to it."""

from collections.abc import Mapping
from dataclasses import dataclass

from exporter.document import did_you_mean
from exporter.sources.google_forms.config import FormConfig
from exporter.sources.google_forms.form import Offered
from exporter.sources.surveys.config import Kind, QuestionConfig
from exporter.sources.surveys.reading import Question

__all__ = ["Unread", "match", "unoffered"]

_FITTING: Mapping[Kind, frozenset[Kind]] = {
    "rating": frozenset({"nps", "rating", "number"}),
    "choice": frozenset({"nps", "rating", "number", "choice", "text"}),
    "text": frozenset({"number", "text"}),
}
"""As what answers may be read, by the kind of the question in the form; options may be numbers."""
_RECOMMENDING = (0, 10)
"""The scale of a rating that a net promoter score can be made of."""


@dataclass(frozen=True, slots=True)
class Unread:
    """Why a question of the configuration cannot be read: a sentence for the operator."""

    why: str


def match(config: FormConfig, form: Mapping[str, Offered]) -> dict[str, Question | Unread]:
    """Every question of the configuration by its id, as it is to be read, or why it cannot be."""
    return {question_id: _matched(question_id, question, form) for question_id, question in config.questions.items()}


def _matched(question_id: str, config: QuestionConfig, form: Mapping[str, Offered]) -> Question | Unread:
    offered = form.get(question_id)
    if offered is None:
        return Unread(f"the form has no question with this id; {did_you_mean(question_id, form)}")
    if offered.kind is None:
        return Unread("it asks for a date, a time or a file, whose answers are not read")
    kind = config.kind or offered.kind
    if kind not in _FITTING[offered.kind]:
        return Unread(f"it is configured as {kind}, and the form says {offered}")
    if kind == "nps" and offered.scale not in (None, _RECOMMENDING):
        return Unread(f"it is configured as nps, which needs a scale from 0 to 10, and the form says {offered}")
    return Question(config, kind, offered.scale)


def unoffered(question: Question, offered: Offered) -> list[str]:
    """The words for options that the form does not have, so that nobody can choose them."""
    if offered.kind != "choice" or question.kind != "choice":
        return []
    return sorted(set(question.config.options.values()) - {question.word(option) for option in offered.options})
