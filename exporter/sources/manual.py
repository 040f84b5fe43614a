"""manual: figures that people enter in a CSV file, for what no service counts."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import Field

from exporter.config.types import Duration, SourceConfig
from exporter.document import Problem
from exporter.errors import InvalidInput, Reason, UpstreamError
from exporter.facts import Metric, Part, Sample
from exporter.sources.base import Finding, Source, Tools
from exporter.sources.figures import Figure, Lines, latest, read_figures
from exporter.sources.files import read_file

__all__ = ["SOURCE", "ManualConfig", "ManualSource", "figures_of"]

FIGURE = Metric(
    "manual_figure",
    "Latest figure that a person entered for the KPI, in the KPI's own unit; figures of days to come wait for their day.",
    "any",
    ("kpi", "segment"),
)
FIGURE_TIME = Metric(
    "manual_figure_timestamp_seconds",
    "Begin of the UTC day that manual_figure is of.",
    "timestamp",
    ("kpi", "segment"),
)

LARGEST_FILE = 10 * 2**20
SHOWN = 20
"""Problems of a file that are told one by one; the rest is counted."""

logger = logging.getLogger(__name__)


class ManualConfig(SourceConfig):
    """Where the figures stand that people enter."""

    file: Path = Field(description="CSV file with the columns date, kpi, segment, value and note.")
    interval: Duration = Field(timedelta(minutes=1), description="Time between two looks at the file.")


class ManualSource(Source[ManualConfig]):
    """Figures that people enter. A file that did not change is not read into figures again."""

    name = "manual"
    summary = "Figures that people enter in a CSV file."
    config_type = ManualConfig
    metrics = (FIGURE, FIGURE_TIME)

    def __init__(self, config: ManualConfig) -> None:
        super().__init__(config)
        self._text: str | None = None
        self._figures: Lines = ()
        self._problems: tuple[Problem, ...] = ()

    def collect(self, tools: Tools, now: datetime) -> Iterable[Part]:
        return [_part(self._read(), now)]

    def past(self, tools: Tools, moments: Sequence[datetime]) -> Iterator[tuple[datetime, Sequence[Part]]]:
        """The figures of the file as it is now, each from its day on; before the first of them nothing is known."""
        figures = self._read()
        for moment in moments:
            part = _part(figures, moment)
            if part.samples:
                yield moment, [part]

    def _read(self) -> Lines:
        text = _text(self.config.file)
        if text != self._text:
            try:
                figures, problems = read_figures(text, str(self.config.file))
            except InvalidInput as error:
                raise UpstreamError(Reason.MALFORMED, str(error)) from None
            if problems != self._problems:
                _log(problems)
            self._text, self._figures, self._problems = text, figures, problems
        return self._figures

    def examine(self, tools: Tools, now: datetime) -> Iterable[Finding]:
        subject = f"figures in {self.config.file}"
        try:
            figures, problems = figures_of(self.config.file)
        except (InvalidInput, UpstreamError) as error:
            yield Finding(subject, False, str(error))
            return
        coming = sum(figure.date > now.date() for _, figure in figures)
        wait = f"; {coming} of them {'waits' if coming == 1 else 'wait'} for a day to come" if coming else ""
        yield Finding(subject, not problems, f"{_counted(len(figures), 'figure')}, {_counted(len(problems), 'problem')}{wait}")
        for problem in problems[:SHOWN]:
            yield Finding(f"line {problem.line} of {self.config.file}", False, _said(problem))


def figures_of(file: Path) -> tuple[Lines, tuple[Problem, ...]]:
    """The figures of a file with their lines, and what is wrong with the others.

    Raises UpstreamError when the file cannot be read, and InvalidInput when its header cannot be used.
    """
    return read_figures(_text(file), str(file))


def _text(file: Path) -> str:
    """The text of the file; raises UpstreamError, UNREADABLE or TOO_LARGE."""
    try:
        return read_file(file, LARGEST_FILE).decode("utf-8")
    except UnicodeDecodeError:
        raise UpstreamError(Reason.UNREADABLE, f"{file} must be text in UTF-8") from None


def _part(figures: Lines, now: datetime) -> Part:
    """What holds at a moment: the figures whose day has come by then."""
    return Part((), now, tuple(sample for figure in latest(figures, now.date()) for sample in _samples(figure)))


def _samples(figure: Figure) -> Iterable[Sample]:
    day = datetime(figure.date.year, figure.date.month, figure.date.day, tzinfo=UTC)
    yield FIGURE.sample(figure.value, kpi=figure.kpi, segment=figure.segment)
    yield FIGURE_TIME.sample(day.timestamp(), kpi=figure.kpi, segment=figure.segment)


def _log(problems: tuple[Problem, ...]) -> None:
    for problem in problems[:SHOWN]:
        logger.warning("%s", problem)
    if len(problems) > SHOWN:
        logger.warning("%s: %s more", problems[0].file, _counted(len(problems) - SHOWN, "problem"))


def _said(problem: Problem) -> str:
    return f"{problem.path}: {problem.message}" if problem.path else problem.message


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


SOURCE = ManualSource
