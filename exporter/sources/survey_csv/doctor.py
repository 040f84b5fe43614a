"""What `doctor` finds in a file of responses: what fits and what does not, without a word of it."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from exporter.sources.base import Finding
from exporter.sources.survey_csv.config import FileConfig
from exporter.sources.survey_csv.responses import Fit, Reading
from exporter.sources.surveys.answers import Chosen, Response
from exporter.sources.surveys.reading import OTHER, Question
from exporter.sources.surveys.samples import windows

__all__ = ["SHOWN", "examined"]

SHOWN = 20
"""Problems of a file that are told one by one; the rest is counted."""


def examined(
    config: FileConfig, subject: str, reading: Reading, questions: Iterable[Question], now: datetime
) -> Iterator[Finding]:
    """What is found in one file that can be read at all."""
    recent = sum(windows(now)["90d"] <= response.time <= now for response in reading.responses)
    wrong = len(reading.problems)
    told = f"{recent} responses in the last 90 days, {wrong} {'row' if wrong == 1 else 'rows'} that cannot be read"
    yield Finding(subject, not wrong, told)
    for problem in reading.problems[:SHOWN]:
        place = f"{problem.path}: " if problem.path else ""
        yield Finding(f"line {problem.line} of {config.file}", False, f"{place}{problem.message}")
    for question in questions:
        yield _fits(question, reading.fits[question.config.name])
        if question.kind == "choice":
            yield from _named(question, reading.responses)


def _fits(question: Question, fit: Fit) -> Finding:
    subject = f"question {question.config.name}"
    if not fit.said:
        return Finding(subject, None, "nobody has answered it")
    expected = question.kind if question.scale is None else f"{question.kind} from {question.scale[0]} to {question.scale[1]}"
    return Finding(subject, fit.answered > 0, f"{fit.answered} of {fit.said} answers fit the kind {expected}")


def _named(question: Question, responses: Iterable[Response]) -> Iterator[Finding]:
    """Says how many answers hold an option that the configuration does not name, where some do."""
    answers = [response.answers.get(question.config.name) for response in responses]
    chosen = [answer.options for answer in answers if isinstance(answer, Chosen)]
    unnamed = sum(OTHER in options for options in chosen)
    if unnamed:
        detail = f"{unnamed} of {len(chosen)} answers hold an option that `options` does not name"
        yield Finding(f"options of {question.config.name}", unnamed < len(chosen), detail)
