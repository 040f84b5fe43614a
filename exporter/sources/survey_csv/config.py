"""Which files of responses are read, and how they are written."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from exporter.config.types import SourceConfig
from exporter.document import did_you_mean, found
from exporter.sources.surveys.config import Kind, QuestionConfig, SurveyConfig

__all__ = ["DELIMITERS", "FileConfig", "SurveyCsvConfig", "kind_of"]

DELIMITERS: Mapping[str, str] = {"comma": ",", "semicolon": ";", "tab": "\t"}
"""What stands between the fields of a row, by its name in the configuration."""
_SAMPLE = datetime(2026, 11, 23, 0, 0)  # noqa: DTZ001 - only its date is written and read again
_IMPLIED: Mapping[str, Kind] = {
    "themes": "text",
    "options": "choice",
    "positive": "choice",
    "separator": "choice",
    "scale": "rating",
    "satisfied": "rating",
    "factor": "number",
}
"""The kind of a question for which a key is given."""

Header = Annotated[str, Field(min_length=1, max_length=1_000)]
Cell = Annotated[str, Field(min_length=1, max_length=100)]


def kind_of(question: QuestionConfig) -> Kind | None:
    """The kind that the configuration gives a question, or that follows from its other keys; a file tells none."""
    return question.kind or next((kind for key, kind in _IMPLIED.items() if key in question.model_fields_set), None)


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # KeyError: there is none of that name
        raise ValueError("must be the name of a time zone such as Europe/Berlin") from None
    return name


def _date_format(form: str) -> str:
    try:
        read = datetime.strptime(_SAMPLE.strftime(form), form)  # noqa: DTZ007 - nothing is made of it
    except ValueError:
        read = None
    if read is None or read.date() != _SAMPLE.date():
        raise ValueError("must tell year, month and day as in %m/%d/%Y %I:%M:%S %p")
    return form


class FileConfig(SurveyConfig):
    """One file, whose rows are the responses to one survey; questions are found by the headers of their columns."""

    file: Path = Field(description="CSV file as the tool exports it, with one row a response, in UTF-8.")
    time: Header = Field(description="Header of the column that says when a response was sent.")
    id: Header | None = Field(
        None, description="Header of the column that tells responses apart; of two with the same the later counts. Default: none."
    )
    where: Mapping[Header, Cell | tuple[Cell, ...]] = Field(
        {}, description="Rows that count: the value, or one of several values, that columns must have, by their headers."
    )
    columns: Mapping[Header, Annotated[tuple[Header, ...], Field(min_length=1)]] = Field(
        {},
        description="Headers of the columns of a question that has a column for each option, by its key in `questions`; "
        "`*` stands for the option.",
    )
    header_rows: Literal[1, 2] = Field(
        1, description="Rows of the header; of two, the second names the options and parts of the questions in the first."
    )
    delimiter: Literal["comma", "semicolon", "tab"] | None = Field(
        None, description="What stands between fields. Default: whatever makes the columns of the header come out."
    )
    zone: Annotated[str, AfterValidator(_zone)] = Field("UTC", description="Time zone of times that do not tell theirs.")
    date_format: Annotated[str, AfterValidator(_date_format)] | None = Field(
        None, description="How times are written, in the signs of strptime. Default: year, month, day, as in ISO 8601."
    )

    @model_validator(mode="after")
    def _kinds_are_known(self) -> Self:
        for reference, question in self.questions.items():
            kind = "choice" if reference in self.columns and kind_of(question) is None else kind_of(question)
            if kind is None:
                raise ValueError(f"questions: {question.name} needs its kind, which a file does not tell")
            if reference in self.columns and kind != "choice":
                raise ValueError(
                    f"columns: {question.name} is of the kind {kind}, and only a choice has a column for each option"
                )
        for reference in self.columns:
            if reference not in self.questions:
                raise ValueError(f"columns has no question {found(reference)}, {did_you_mean(reference, self.questions)}")
        return self

    def kind(self, reference: str) -> Kind:
        """The kind of a question, by its key in `questions`."""
        return kind_of(self.questions[reference]) or "choice"


def _differ(surveys: tuple[FileConfig, ...]) -> tuple[FileConfig, ...]:
    twice = sorted(name for name, number in Counter(survey.survey for survey in surveys).items() if number > 1)
    if twice:
        raise ValueError(f"must differ in survey, {twice[0]} stands twice")
    return surveys


class SurveyCsvConfig(SourceConfig):
    """Which files of responses are read."""

    surveys: Annotated[tuple[FileConfig, ...], Field(min_length=1), AfterValidator(_differ)] = Field(
        description="Files to read, each a survey."
    )
