"""The questions of a form: their ids, and what may be answered. No title and no description is asked for."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from exporter.errors import Reason, UpstreamError
from exporter.sources.surveys.config import Kind

__all__ = ["FIELDS", "Message", "Offered", "read_form"]

FIELDS = (
    "items(questionItem(question({question})),questionGroupItem(grid(columns(options(value))),questions(questionId,rowQuestion)))"
).format(
    question="questionId,scaleQuestion(low,high),ratingQuestion(ratingScaleLevel),choiceQuestion(options(value)),textQuestion"
)
"""What is asked for of a form; titles say what a project wants to know, and are nobody else's business."""

_Step = Annotated[int, Field(ge=0, le=100)]
"""A step of a scale; those of Google go to 10."""


class Message(BaseModel):
    """A part of an answer of Google: what is 0, false or empty in it is left out."""

    model_config: ClassVar[ConfigDict] = ConfigDict(strict=True, frozen=True, alias_generator=to_camel, hide_input_in_errors=True)


class _Scale(Message):
    low: _Step = 0
    high: _Step = 0


class _Rating(Message):
    rating_scale_level: _Step = 0


class _Option(Message):
    value: str = Field("", repr=False)


class _Choice(Message):
    options: list[_Option] = Field(default_factory=list)


class _Question(Message):
    question_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    scale_question: _Scale | None = None
    rating_question: _Rating | None = None
    choice_question: _Choice | None = None
    text_question: Message | None = None
    row_question: Message | None = None


class _Single(Message):
    question: _Question


class _Grid(Message):
    columns: _Choice = Field(default_factory=_Choice)


class _Group(Message):
    questions: list[_Question] = Field(default_factory=list)
    grid: _Grid | None = None


class _Item(Message):
    question_item: _Single | None = None
    question_group_item: _Group | None = None


class _Form(Message):
    items: list[_Item] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Offered:
    """What a question lets people answer: its kind, None where no figure is made of it, with its scale or its options."""

    kind: Kind | None
    scale: tuple[int, int] | None = None
    options: frozenset[str] = frozenset()

    def __str__(self) -> str:
        if self.kind is None:
            return "not read"
        return self.kind if self.scale is None else f"{self.kind} {self.scale[0]} to {self.scale[1]}"


def read_form(answer: Any) -> Mapping[str, Offered]:
    """The questions of a form by id, in its order; raises UpstreamError(MALFORMED) for what is no form."""
    form = None
    with suppress(ValidationError):
        form = _Form.model_validate(answer)
    if form is None:
        raise UpstreamError(Reason.MALFORMED, "Google's answer is not what its API promises of a form")
    return dict(_questions(form))


def _questions(form: _Form) -> Iterator[tuple[str, Offered]]:
    for item in form.items:
        if item.question_item is not None:
            question = item.question_item.question
            yield question.question_id, _offered(question)
        elif item.question_group_item is not None:
            group = item.question_group_item
            columns = _choice(group.grid.columns) if group.grid else Offered(None)
            yield from ((question.question_id, columns) for question in group.questions)


def _offered(question: _Question) -> Offered:
    if question.scale_question is not None:
        scale = question.scale_question
        return _rating(scale.low, scale.high)
    if question.rating_question is not None:
        return _rating(1, question.rating_question.rating_scale_level)
    if question.choice_question is not None:
        return _choice(question.choice_question)
    return Offered("text") if question.text_question is not None else Offered(None)


def _rating(low: int, high: int) -> Offered:
    if low >= high:
        raise UpstreamError(Reason.MALFORMED, "Google's answer has a scale without steps")
    return Offered("rating", (low, high))


def _choice(question: _Choice) -> Offered:
    return Offered("choice", options=frozenset(option.value for option in question.options if option.value))
