"""The source `typeform`: one survey a form."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from exporter.facts import Sample
from exporter.logs import fields
from exporter.sources.base import Finding, Tools
from exporter.sources.surveys.answers import Response
from exporter.sources.surveys.memory import Memory
from exporter.sources.surveys.samples import earliest, past_samples, survey_samples
from exporter.sources.surveys.source import SurveySource
from exporter.sources.typeform.answers import Reader
from exporter.sources.typeform.config import FormConfig, TypeformConfig
from exporter.sources.typeform.doctor import examined
from exporter.sources.typeform.questions import Mapped, Unread, match
from exporter.sources.typeform.service import Service

__all__ = ["OVERLAP", "Typeform"]

log = logging.getLogger(__name__)

OVERLAP = timedelta(hours=1)
"""How long after it was sent a response may be missing: Typeform says half an hour, without promising it."""


class Typeform(SurveySource[TypeformConfig]):
    """Responses to forms of Typeform."""

    name = "typeform"
    summary = "Survey figures from the responses to forms of Typeform, from Typeform's API."
    config_type = TypeformConfig

    def __init__(self, config: TypeformConfig) -> None:
        super().__init__(config)
        service = Service(config)
        self._forms = tuple(_Survey(form, service) for form in config.forms)

    @property
    def surveys(self) -> Iterable["_Survey"]:
        return self._forms

    def examine(self, tools: Tools, now: datetime) -> Iterator[Finding]:
        yield from examined(self.config, tools, now)


class _Survey:
    """One form from one refresh to the next."""

    def __init__(self, config: FormConfig, service: Service) -> None:
        self.name = config.survey
        self._config = config
        self._service = service
        self._memory = Memory(OVERLAP)
        self._told: tuple[Unread, ...] = ()

    def samples(self, tools: Tools, now: datetime) -> tuple[Sample, ...]:
        """The figures of the survey at `now` (UTC); raises UpstreamError."""
        mapped, read = self._opened(tools)
        responses = self._memory.refresh(read, tuple((each.key, each.field) for each in mapped), now)
        return survey_samples(self._config, [each.question for each in mapped], responses, now)

    def past(self, tools: Tools, moments: Sequence[datetime]) -> Sequence[tuple[Sample, ...]]:
        """The figures at moments that are over, by the questions that the form has now; raises UpstreamError."""
        mapped, read = self._opened(tools)
        responses = {response.id: response for response in read(earliest(moments[0]))}
        return past_samples(self._config, [each.question for each in mapped], responses.values(), moments)

    def _opened(self, tools: Tools) -> tuple[Sequence[Mapped], Callable[[datetime], Iterator[Response]]]:
        """The questions that are read, and what reads the responses since a moment."""
        mapped, unread = match(self._config, self._service.form(self._config.id, tools))
        self._tell(unread)
        reader = Reader(self._config, mapped)
        field_ids = [each.field.id for each in mapped if each.field is not None]

        def read(since: datetime) -> Iterator[Response]:
            for item in self._service.responses(self._config.id, since, field_ids, tools):
                response = reader.read(item)
                if response is not None:
                    yield response

        return mapped, read

    def _tell(self, unread: tuple[Unread, ...]) -> None:
        """Logs the questions that cannot be read, once."""
        if unread != self._told:
            self._told = unread
            for question in unread:
                told = fields(survey=self.name, question=question.key, why=question.why)
                log.warning("a question cannot be read", extra=told)
