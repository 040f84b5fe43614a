"""From the rows of a file to responses. A row that cannot be read is a problem, which repeats nothing of it; the others count."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

from exporter.document import Problem
from exporter.errors import Reason, UpstreamError
from exporter.sources.survey_csv.columns import Column, Columns
from exporter.sources.survey_csv.config import DELIMITERS, FileConfig
from exporter.sources.survey_csv.moments import read_moment
from exporter.sources.survey_csv.table import Row, rows
from exporter.sources.surveys.answers import Answer, Response
from exporter.sources.surveys.reading import Question, read_answer, read_words

__all__ = ["Fit", "Reading", "read_responses"]

_Said = str | tuple[str, ...]
"""What stands in the columns of a question: in the one, or in those of several where something stands."""
_MOST_KNOWN = 10_000
"""Most different answers that are remembered while a file is read."""


@dataclass(slots=True)
class Fit:
    """How many rows say something where the answer to a question belongs, and how many of them an answer that fits it."""

    said: int = 0
    answered: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds: its responses in the order of their rows, what is wrong with the other rows, and how answers fit, by the
    names of the questions.
    """

    responses: tuple[Response, ...]
    problems: tuple[Problem, ...]
    fits: Mapping[str, Fit]


def read_responses(
    content: bytes, config: FileConfig, questions: Mapping[str, Question], since: datetime, now: datetime
) -> Reading:
    """The responses in a file, to questions by their keys in the configuration.

    Those sent before `since` are left out, except the newest that was sent by `now`. Raises UpstreamError(MALFORMED) when the
    header lacks a column, and when none of the rows can be read, and UpstreamError(UNREADABLE) when it is not text in UTF-8.
    """
    try:
        table, columns = _opened(content, config)
        reader = _Reader(config, questions, columns, since, now)
        for row in table:
            reader.add(row)
    except UnicodeDecodeError:
        raise UpstreamError(Reason.UNREADABLE, f"{config.file} must be text in UTF-8") from None
    return reader.reading()


def _opened(content: bytes, config: FileConfig) -> tuple[Iterator[Row], Columns]:
    """The rows below the header, and the columns; read with the delimiter that makes most of the columns come out."""
    best: tuple[Iterator[Row], Columns] | None = None
    for delimiter in [config.delimiter] if config.delimiter else DELIMITERS:
        table = rows(content, DELIMITERS[delimiter])
        header = [row.fields or () for row in islice(table, config.header_rows)]
        columns = Columns(config, header)
        if best is None or len(columns.lacking) < len(best[1].lacking):
            best = table, columns
    assert best is not None  # there is at least one delimiter
    if best[1].lacking:
        raise UpstreamError(Reason.MALFORMED, f"{config.file}: {'; '.join(best[1].lacking)}")
    return best


class _Reader:
    """Collects the responses of rows, the last of those with the same id, and problems."""

    def __init__(
        self, config: FileConfig, questions: Mapping[str, Question], columns: Columns, since: datetime, now: datetime
    ) -> None:
        self._config = config
        self._questions = questions
        self._columns = columns
        self._since = since
        self._now = now
        self._zone = ZoneInfo(config.zone)
        self._where = {name: _values(value) for name, value in config.where.items()}
        self._places = {*config.segments.values(), *([] if config.channel is None else [config.channel])}
        self._responses: dict[str | int, Response] = {}
        self._newest: Response | None = None
        self._problems: list[Problem] = []
        self._read = 0
        self._fits = {question.config.name: Fit() for question in questions.values()}
        self._known: dict[tuple[str, _Said], Answer | None] = {}
        self._written: dict[Answer, Answer] = {}
        self._segments: dict[tuple[frozenset[str], ...], Mapping[str, frozenset[str]]] = {}

    def add(self, row: Row) -> None:
        """Keeps the response in a row, or says what is wrong with it."""
        fields = row.fields
        if fields is None:
            return self._refuse(row, "", 'a text in double quotes must end, and "" stands for a quote in it')
        if any(field.strip() for field in fields[self._columns.width :]):
            return self._refuse(row, "", f"has more than the {self._columns.width} fields of the header")
        if any(_plain(self._columns.where[name].said(fields)) not in values for name, values in self._where.items()):
            return None
        time = read_moment(self._columns.time.said(fields), self._zone, self._config.date_format)
        if time is None:
            usual = "must be a time such as 2026-01-20 10:30:00; if times are written otherwise, date_format says how"
            form = self._config.date_format
            return self._refuse(row, self._config.time, f"must be a time that is written as {form}" if form else usual)
        self._read += 1
        self._keep(row, time, fields)
        return None

    def reading(self) -> Reading:
        """What the rows so far hold; raises UpstreamError when there are some and none of them can be read."""
        if self._problems and not self._read:
            raise UpstreamError(Reason.MALFORMED, f"none of the rows can be read; {self._problems[0]}")
        kept = [response for response in self._responses.values() if response.time >= self._since]
        if self._newest is not None and self._newest.time < self._since:
            kept.append(self._newest)
        return Reading(tuple(kept), tuple(self._problems), self._fits)

    def _keep(self, row: Row, time: datetime, fields: Sequence[str]) -> None:
        answers = dict(self._answers(fields))
        words = {place: read_words(place, answers, self._said(place, fields)) for place in self._places}
        of_dimensions = tuple(words[place] for place in self._config.segments.values())
        segments = self._segments.setdefault(of_dimensions, dict(zip(self._config.segments, of_dimensions, strict=True)))
        channels = sorted(words[self._config.channel]) if self._config.channel else []
        # What the file tells responses apart by may be an address, and goes no further.
        key = (self._columns.id.said(fields) if self._columns.id else "") or row.line
        response = Response(f"row {row.line}", time, answers, segments, channels[0] if channels else None)
        known = self._responses.get(key)
        if known is None or known.time <= time:
            self._responses[key] = response
        if time <= self._now and (self._newest is None or self._newest.time <= time):
            self._newest = response

    def _answers(self, fields: Sequence[str]) -> Iterator[tuple[str, Answer]]:
        for reference, columns in self._columns.answers.items():
            said = _said(columns, fields)
            if said is None:
                continue
            name, answer = self._questions[reference].config.name, self._answer(reference, said)
            fit = self._fits[name]
            fit.said += 1
            if answer is not None:
                fit.answered += 1
                yield name, answer

    def _answer(self, reference: str, said: _Said) -> Answer | None:
        """The answer, one object for all that are the same: of many thousand only few differ."""
        question, key = self._questions[reference], (reference, said)
        if question.kind == "text":
            written = read_answer(question, said)
            return None if written is None else self._written.setdefault(written, written)
        if key not in self._known:
            if len(self._known) == _MOST_KNOWN:
                self._known.clear()
            self._known[key] = read_answer(question, said)
        return self._known[key]

    def _said(self, place: str, fields: Sequence[str]) -> str | None:
        column = self._columns.places.get(place)
        return column.said(fields) if column else None

    def _refuse(self, row: Row, column: str, message: str) -> None:
        self._problems.append(Problem(str(self._config.file), row.line, column, message))


def _said(columns: tuple[Column, ...], fields: Sequence[str]) -> _Said | None:
    """What the fields of a question say together; None where they are empty."""
    said = tuple(text for text in (column.said(fields) for column in columns) if text)
    if not said:
        return None
    return said[0] if len(columns) == 1 else said


def _values(value: str | tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(_plain, (value,) if isinstance(value, str) else value))


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
