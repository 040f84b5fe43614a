"""What the sources of survey answers have in common: one part a survey, which fails on its own."""

import logging
from abc import abstractmethod
from collections.abc import Iterable
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

_OUT_OF_REACH = frozenset({Reason.RATE_LIMITED, Reason.TIMEOUT, Reason.CONNECTION, Reason.TLS})


class Survey(Protocol):
    """One survey from one refresh to the next."""

    name: str
    """Value of the label `survey`."""

    def samples(self, tools: Tools, now: datetime) -> tuple[Sample, ...]:
        """The figures of the survey at `now` (UTC); raises UpstreamError."""


class SurveySource(Source[Config]):
    """A source of one or several surveys. Once its service is out of reach, the others fail for the same reason."""

    metrics: ClassVar[tuple[Metric, ...]] = METRICS

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self._told: dict[str, str] = {}

    @property
    @abstractmethod
    def surveys(self) -> Iterable[Survey]:
        """The surveys that are read, the same ones at every refresh."""

    def collect(self, tools: Tools, now: datetime) -> Iterable[Part]:
        parts: list[Part] = []
        errors: dict[str, UpstreamError] = {}
        stopped: UpstreamError | None = None
        for survey in self.surveys:
            labels = (("survey", survey.name),)
            try:
                if stopped is not None:
                    raise stopped
                parts.append(Part(labels, now, survey.samples(tools, now)))
            except UpstreamError as error:
                stopped = error if error.reason in _OUT_OF_REACH else None
                errors[survey.name] = error
                parts.append(Part(labels, now, failure=error.reason))
        if len(errors) == len(parts):
            raise next(iter(errors.values()))
        self._tell(errors)
        if isinstance(stopped, RateLimited) and stopped.until is not None:
            tools.put_off(stopped.until)
        return parts

    def _tell(self, errors: dict[str, UpstreamError]) -> None:
        """Logs why single surveys cannot be read, once; where none can, whoever collects logs it."""
        why = {survey: str(error) for survey, error in errors.items()}
        for survey, sentence in why.items():
            if self._told.get(survey) != sentence:
                log.warning("a survey cannot be read", extra=fields(survey=survey, why=sentence))
        self._told = why
