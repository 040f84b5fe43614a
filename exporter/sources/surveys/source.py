"""What the sources of survey answers have in common: one part a survey, which fails on its own."""

import logging
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import ClassVar, Protocol, TypeVar

from exporter.config.types import SourceConfig
from exporter.errors import RateLimited, Reason, UpstreamError
from exporter.facts import Metric, Part, Sample
from exporter.logs import fields
from exporter.sources.base import Source, Tools
from exporter.sources.surveys.metrics import METRICS

__all__ = ["Survey", "SurveySource"]

log = logging.getLogger(__name__)

Config = TypeVar("Config", bound=SourceConfig)
Told = TypeVar("Told")

_OUT_OF_REACH = frozenset({Reason.RATE_LIMITED, Reason.TIMEOUT, Reason.CONNECTION, Reason.TLS})


class Survey(Protocol):
    """One survey from one refresh to the next."""

    name: str
    """Value of the label `survey`."""

    def samples(self, tools: Tools, now: datetime) -> tuple[Sample, ...]:
        """The figures of the survey at `now` (UTC); raises UpstreamError."""

    def past(self, tools: Tools, moments: Sequence[datetime]) -> Sequence[tuple[Sample, ...]]:
        """The figures at each of some moments that are over, oldest first; none before the first answer. Raises UpstreamError."""


class SurveySource(Source[Config]):
    """A source of one or several surveys. Once its service is out of reach, the others fail for the same reason."""

    metrics: ClassVar[tuple[Metric, ...]] = METRICS
    past_at_any_time = True

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self._told: dict[str, str] = {}

    @property
    @abstractmethod
    def surveys(self) -> Iterable[Survey]:
        """The surveys that are read, the same ones at every refresh."""

    def collect(self, tools: Tools, now: datetime) -> Iterable[Part]:
        found, stopped = self._each(lambda survey: survey.samples(tools, now))
        if isinstance(stopped, RateLimited) and stopped.until is not None:
            tools.put_off(stopped.until)
        return [_part(name, now, told) for name, told in found.items()]

    def past(self, tools: Tools, moments: Sequence[datetime]) -> Iterator[tuple[datetime, Sequence[Part]]]:
        """Figures of the answers that were sent by each moment and are there still, of each survey from its first one on."""
        if not moments:
            return
        found, stopped = self._each(lambda survey: survey.past(tools, moments))
        if isinstance(stopped, RateLimited):
            raise stopped
        for number, moment in enumerate(moments):
            then = {name: told if isinstance(told, UpstreamError) else told[number] for name, told in found.items()}
            if any(then.values()):
                yield moment, [_part(name, moment, told) for name, told in then.items() if told]

    def _each(self, read: Callable[[Survey], Told]) -> tuple[dict[str, Told | UpstreamError], UpstreamError | None]:
        """What is read of each survey by its name, or why nothing is; and what put the service out of reach, if it is.

        Raises UpstreamError when none can be read.
        """
        found: dict[str, Told | UpstreamError] = {}
        errors: dict[str, UpstreamError] = {}
        stopped: UpstreamError | None = None
        for survey in self.surveys:
            try:
                if stopped is not None:
                    raise stopped
                found[survey.name] = read(survey)
            except UpstreamError as error:
                stopped = error if error.reason in _OUT_OF_REACH else None
                found[survey.name] = errors[survey.name] = error
        if len(errors) == len(found):
            raise next(iter(errors.values()))
        self._tell(errors)
        return found, stopped

    def _tell(self, errors: dict[str, UpstreamError]) -> None:
        """Logs why single surveys cannot be read, once; where none can, whoever collects logs it."""
        why = {survey: str(error) for survey, error in errors.items()}
        for survey, sentence in why.items():
            if self._told.get(survey) != sentence:
                log.warning("a survey cannot be read", extra=fields(survey=survey, why=sentence))
        self._told = why


def _part(survey: str, now: datetime, told: tuple[Sample, ...] | UpstreamError) -> Part:
    labels = (("survey", survey),)
    return Part(labels, now, failure=told.reason) if isinstance(told, UpstreamError) else Part(labels, now, told)
