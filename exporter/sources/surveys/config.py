"""What the operator writes about a survey: how its questions are called, and what their answers mean."""

import datetime
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from exporter.config.types import Called, Section
from exporter.document import did_you_mean, found

__all__ = ["Invitation", "Kind", "Option", "QuestionConfig", "SurveyConfig", "Word"]

Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
Option = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]*$", max_length=64)]
"""A word that may begin with a digit, such as 10_to_20_percent."""
Text = Annotated[str, Field(min_length=1, max_length=1_000)]
Keyword = Annotated[str, Field(pattern=r"\S", max_length=100)]
Kind = Literal["nps", "rating", "number", "choice", "text"]
"""nps: 0 to 10, how likely to recommend; rating: on a scale; number: any; choice: of one or several options; text: free."""


_LONGEST_SCALE = 100
_KINDS: Mapping[str, tuple[Kind, ...]] = {
    "scale": ("nps", "rating"),
    "satisfied": ("rating",),
    "options": ("choice",),
    "positive": ("choice",),
    "ignored": ("choice",),
    "separator": ("choice",),
    "factor": ("number",),
    "themes": ("text",),
}
"""The kinds of questions that a key is for."""


class QuestionConfig(Section):
    """One question: how it is called in the label `question`, and what its answers mean."""

    name: Word = Field(description="Value of the label `question`.")
    kind: Kind | None = Field(None, description="What is answered. Default: what the form says of the question.")
    scale: tuple[int, int] | None = Field(
        None, description="Least and largest rating. Default: what the form says, else 1 to 5. What lies outside is no answer."
    )
    satisfied: int | None = Field(None, description="Least rating that counts as satisfied. Default: 4 on a scale from 1 to 5.")
    options: Mapping[Text, Option] = Field(
        {}, description="Values of the label `option`, by the text or reference of an option; any other is `other`."
    )
    positive: tuple[Option, ...] = Field((), description="Options that count as a yes, for the positive share.")
    ignored: tuple[Option, ...] = Field((), description="Options that count neither as a yes nor as a no.")
    separator: Annotated[str, Field(min_length=1, max_length=3)] | None = Field(
        None, description="What stands between several options in one text. Default: a text is one option."
    )
    factor: Annotated[float, Field(gt=0, le=1e9)] = Field(
        1.0, description="What numbers are multiplied with, to bring days to seconds and the like."
    )
    themes: Mapping[Word, Annotated[tuple[Keyword, ...], Field(min_length=1)]] = Field(
        {}, description="Words and phrases that tell a theme of a free text, by theme."
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.scale is not None and not 0 < self.scale[1] - self.scale[0] <= _LONGEST_SCALE:
            raise ValueError(f"scale must go from the least to the largest rating, in at most {_LONGEST_SCALE} steps")
        if self.kind == "nps" and self.scale not in (None, (0, 10)):
            raise ValueError("a question of the kind nps has the scale from 0 to 10")
        if self.satisfied is not None and self.scale is not None and not self.scale[0] <= self.satisfied <= self.scale[1]:
            raise ValueError("satisfied must be a rating on the scale")
        for key in ("scale", "satisfied", "options", "positive", "ignored", "separator", "factor", "themes"):
            if self.kind is not None and key in self.model_fields_set and self.kind not in _KINDS[key]:
                raise ValueError(f"{key} is for questions of the kind {' or '.join(_KINDS[key])}, not {self.kind}")
        return self

    @model_validator(mode="after")
    def _counts_options_there_are(self) -> Self:
        known = {*self.options.values(), "other"}
        for key, words in (("positive", self.positive), ("ignored", self.ignored)):
            for word in words if self.options else ():
                if word not in known:
                    raise ValueError(f"{key} has no option {found(word)}, {did_you_mean(word, known)}")
        if both := sorted(set(self.positive) & set(self.ignored)):
            raise ValueError(f"{both[0]} is both positive and ignored")
        return self


def _named(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


class Invitation(Section):
    """How many people were asked, on one day, over one channel."""

    date: datetime.date = Field(description="Day of the invitation.")
    count: Annotated[int, Field(ge=1)] = Field(description="How many people were asked.")
    channel: Word | None = Field(None, description="Over which channel. Default: none in particular.")


class SurveyConfig(Section):
    """One survey; a source adds how it is found."""

    survey: Word = Field(description="Value of the label `survey`; unique among the sources of a project.")
    questions: Annotated[Mapping[Text, Annotated[QuestionConfig, BeforeValidator(_named)]], Called("mapping of questions")] = (
        Field(description="What is read, by the reference of the question in the tool: its name, or more about it.")
    )
    segments: Mapping[Word, Text] = Field(
        {}, description="Where the answer stands that responses are told apart by, by the value of the label `dimension`."
    )
    channel: Text | None = Field(None, description="Where it stands over which channel a respondent was invited.")
    invitations: tuple[Invitation, ...] = Field((), description="Who was asked, for the response rate.")
    min_group: Annotated[int, Field(ge=1, le=1_000)] = Field(
        5, description="Fewest answers a figure is made of, and fewest respondents of a segment."
    )

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [question.name for question in self.questions.values()]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"questions must differ in name, {twice[0]} stands twice")
        return self

    @model_validator(mode="after")
    def _is_told_apart_by_options(self) -> Self:
        kinds = {question.name: question.kind for question in self.questions.values()}
        for place in (*self.segments.values(), self.channel):
            if kinds.get(place or "") not in (None, "choice"):
                raise ValueError(
                    f"responses can be told apart by a question of the kind choice, and {place} is {kinds[place or '']}"
                )
        return self
