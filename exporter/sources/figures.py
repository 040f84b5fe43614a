"""Reads figures that people entered: CSV with a header and one figure a line, every bad line named and the others kept. Pure."""

import csv
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from exporter.document import Problem, did_you_mean, found
from exporter.errors import InvalidInput

__all__ = ["COLUMNS", "Figure", "Lines", "latest", "read_figures"]

COLUMNS = ("date", "kpi", "segment", "value", "note")
REQUIRED = ("date", "kpi", "value")
MOST_PAIRS = 10_000
"""Most pairs of KPI and segment, so that a wrong file cannot flood whoever stores the series."""

EARLIEST = date(1970, 1, 1)
LONGEST_NAME = 64

_LINE_END = re.compile(r"\r\n|\n|\r")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_KPI = re.compile(r"[a-z][a-z0-9_]*")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_PERCENT = re.compile(r"([+-]?[0-9]{1,9})(?:[.,]([0-9]{1,9}))?\s*%")
_SEPARATED = re.compile(r"[+-]?[0-9]{1,3}([,_' \u00a0\u202f’][0-9]{3})+(\.[0-9]+)?")
_DECIMAL_COMMA = re.compile(r"([+-]?[0-9]{1,15}),([0-9]{1,15})")
_WHOLE = re.compile(r"[+-]?[0-9]{1,15}")
_SHORT = re.compile(r"[0-9]{1,3}")
_MAIL = re.compile(r"\S@\S")

# What a message may repeat of a field. A line whose columns are mixed up has a note, or a name, where a date should be.
_LIKE_A_DATE = re.compile(r"[0-9][0-9./: TZ-]{0,30}")
_LIKE_A_NAME = re.compile(r"[\w.-]{1,40}")
_LIKE_A_NUMBER = re.compile(r"[0-9+$€£.,_'%eE \u00a0\u202f’-]{1,30}|(?i:nan|[+-]?inf(inity)?|n/a)")

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: the value of a KPI, or of a segment of it, on a day; the value is in the unit of the KPI."""

    date: date
    kpi: str
    segment: str
    value: float


Lines = tuple[tuple[int, Figure], ...]
"""Figures with the numbers of their lines, in the order of the file."""


def latest(figures: Lines, today: date) -> list[Figure]:
    """For each KPI and segment the figure with the latest date that is not past `today`, ordered by KPI and segment."""
    newest: dict[tuple[str, str], Figure] = {}
    for _, figure in figures:
        pair = (figure.kpi, figure.segment)
        if figure.date <= today and (pair not in newest or newest[pair].date < figure.date):
            newest[pair] = figure
    return [newest[pair] for pair in sorted(newest)]


def read_figures(text: str, file: str) -> tuple[Lines, tuple[Problem, ...]]:
    """The figures of a CSV text with their lines, and what is wrong with the others; `file` is the name used in problems.

    A figure stands on one line. Empty lines and those that begin with # are ignored. Where a day, KPI and segment are given
    twice the later line counts. Raises InvalidInput when the header cannot be used.
    """
    reading = _Reading(file)
    header: tuple[str, ...] | None = None
    for line, content in enumerate(_LINE_END.split(text.removeprefix("\ufeff")), 1):
        if not content.strip() or content.lstrip().startswith("#"):
            continue
        if header is None:
            header = reading.header(line, content)
        else:
            reading.figure(line, content, header)
    if header is None:
        raise InvalidInput([Problem(file, 1, "", f"must begin with the line {','.join(COLUMNS)}")])
    return tuple(sorted(reading.figures.values(), key=lambda entry: entry[0])), tuple(sorted(reading.problems))


class _BadFieldError(Exception):
    """Something is wrong with a field; the text says what."""


class _Reading:
    """Collects figures, by day and pair with their line, and problems."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.figures: dict[tuple[date, str, str], tuple[int, Figure]] = {}
        self._pairs: set[tuple[str, str]] = set()

    def header(self, line: int, content: str) -> tuple[str, ...]:
        """The names of the columns; one that is not known is a problem, one that is missing or stands twice is the end."""
        names = tuple(name.strip().lower() for name in _fields(content) or ())
        for name in names:
            if name and name not in COLUMNS:
                self._refuse(line, "", f"unknown column{_shown(name, _LIKE_A_NAME)}, {did_you_mean(name, COLUMNS)}")
        unusable = [Problem(self.file, line, "", f"the column {name} is missing") for name in REQUIRED if name not in names]
        unusable += [Problem(self.file, line, "", f"the column {name} stands twice") for name in COLUMNS if names.count(name) > 1]
        if unusable:
            wrong = "columns must be separated by commas" if ";" in content or "\t" in content else ""
            raise InvalidInput([Problem(self.file, line, "", wrong)] if wrong else [*self.problems, *unusable])
        return names

    def figure(self, line: int, content: str, header: tuple[str, ...]) -> None:
        """Keeps the figure of a line, or says what is wrong with it."""
        fields = _fields(content)
        if fields is None:
            return self._refuse(line, "", 'a text in double quotes must end on its line, and "" stands for a quote in it')
        if any(field.strip() for field in fields[len(header) :]):
            return self._refuse(line, "", f"must have {len(header)} fields; put a text that holds a comma in double quotes")
        row = {name: field.strip() for name, field in zip(header, fields, strict=False)}
        if not any(row.values()):
            return None
        if _WHOLE.fullmatch(row.get("value", "")) and _SHORT.fullmatch(row.get("note", "")) and "value,note" in ",".join(header):
            # Else 0,75 would be taken for 0, with the note 75.
            return self._refuse(line, "value", "must have a decimal point, no comma; where the note is meant, add a word to it")
        when, kpi = self._read(line, "date", row, _date), self._read(line, "kpi", row, _kpi)
        segment, value = self._read(line, "segment", row, _segment), self._read(line, "value", row, _value)
        if when is not None and kpi is not None and segment is not None and value is not None:
            self._keep(line, Figure(when, kpi, segment, value))
        return None

    def _read(self, line: int, column: str, row: Mapping[str, str], parse: Callable[[str], Read]) -> Read | None:
        try:
            return parse(row.get(column, ""))
        except _BadFieldError as bad:
            self._refuse(line, column, str(bad))
            return None

    def _keep(self, line: int, figure: Figure) -> None:
        pair, key = (figure.kpi, figure.segment), (figure.date, figure.kpi, figure.segment)
        if pair not in self._pairs and len(self._pairs) == MOST_PAIRS:
            return self._refuse(line, "", f"the file has more than {MOST_PAIRS} pairs of kpi and segment")
        self._pairs.add(pair)
        if key in self.figures:
            self._refuse(self.figures[key][0], "", f"is given again on line {line}, which counts")
        self.figures[key] = (line, figure)
        return None

    def _refuse(self, line: int, column: str, message: str) -> None:
        self.problems.append(Problem(self.file, line, column, message))


def _fields(content: str) -> list[str] | None:
    """The fields of one line, None where its quotes do not match."""
    try:
        return next(csv.reader([content], strict=True))
    except csv.Error:
        return None


def _date(text: str) -> date:
    try:
        when = date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        when = None
    if when is None or when < EARLIEST:
        raise _BadFieldError(f"must be a date such as 2026-01-15, from 1970 on{_shown(text, _LIKE_A_DATE)}")
    return when


def _kpi(text: str) -> str:
    if not _KPI.fullmatch(text) or len(text) > LONGEST_NAME:
        raise _BadFieldError(f"must be the id of a KPI such as survey_nps{_shown(text, _LIKE_A_NAME)}")
    return text


def _segment(text: str) -> str:
    if len(text) > LONGEST_NAME:
        raise _BadFieldError(f"must not be longer than {LONGEST_NAME} characters")
    if not text.isprintable() or _MAIL.search(text):
        raise _BadFieldError("must be the name of a segment such as P0, in plain characters and no e-mail address")
    return text


def _value(text: str) -> float:
    number = float(text) if _NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(number):
        raise _BadFieldError(f"must be a number such as 0.75 or 1200{_shown(text, _LIKE_A_NUMBER)}{_rewritten(text)}")
    return number


def _rewritten(text: str) -> str:
    """How to write a number that people write otherwise; empty where nothing is certain."""
    if match := _PERCENT.fullmatch(text):
        return f"; write {float(f'{match[1]}.{match[2] or 0}') / 100:.12g}"
    if _SEPARATED.fullmatch(text):
        return "; write it without separators between the digits"
    if match := _DECIMAL_COMMA.fullmatch(text):
        return f"; write {match[1]}.{match[2]}"
    return ""


def _shown(text: str, harmless: re.Pattern[str]) -> str:
    """The end of a sentence that says what was found, left out where it might be a note or a name."""
    if not text:
        return ", found nothing"
    return f", found {found(text)}" if harmless.fullmatch(text) else ""
