"""The source `google_forms`: every form a survey."""

import logging
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from exporter.facts import Part, Sample
from exporter.logs import fields
from exporter.sources.base import Finding, Tools
from exporter.sources.google_forms.account import Account, read_key
from exporter.sources.google_forms.config import FormConfig, GoogleFormsConfig
from exporter.sources.google_forms.doctor import examined
from exporter.sources.google_forms.questions import Unread, match
from exporter.sources.google_forms.responses import read_response
from exporter.sources.google_forms.service import Service
from exporter.sources.surveys.answers import Response
from exporter.sources.surveys.memory import Memory
from exporter.sources.surveys.reading import Question
from exporter.sources.surveys.samples import earliest, past_samples, survey_samples
from exporter.sources.surveys.source import SurveySource

__all__ = ["GoogleForms"]

log = logging.getLogger(__name__)

OVERLAP = timedelta(minutes=30)
"""For so long after it was sent a response may be missing in what Google gives."""


class GoogleForms(SurveySource[GoogleFormsConfig]):
    """Responses to Google Forms."""

    name = "google_forms"
    summary = "Survey figures from the responses to Google Forms, from Google's API."
    config_type = GoogleFormsConfig

    def __init__(self, config: GoogleFormsConfig) -> None:
        super().__init__(config)
        self._service = service = Service(config.base_url, Account(read_key(config.credentials)))
        self._surveys = tuple(_Survey(form, service) for form in config.forms)

    @property
    def surveys(self) -> "Iterable[_Survey]":
        return self._surveys

    def collect(self, tools: Tools, now: datetime) -> Iterable[Part]:
        # Without a token no form can be read, and the reason is the same for all.
        self._service.token(tools)
        return super().collect(tools, now)

    def past(self, tools: Tools, moments: Sequence[datetime]) -> Iterator[tuple[datetime, Sequence[Part]]]:
        self._service.token(tools)
        yield from super().past(tools, moments)

    def examine(self, tools: Tools, now: datetime) -> Iterator[Finding]:
        yield from examined(self.config.forms, self._service, tools)


class _Survey:
    """One form from one refresh to the next."""

    def __init__(self, config: FormConfig, service: Service) -> None:
        self.name = config.survey
        self._config = config
        self._service = service
        self._memory = Memory(OVERLAP)
        self._told: dict[str, str] = {}

    def samples(self, tools: Tools, now: datetime) -> tuple[Sample, ...]:
        questions, offered, read = self._opened(tools)
        return survey_samples(self._config, questions, self._memory.refresh(read, offered, now), now)

    def past(self, tools: Tools, moments: Sequence[datetime]) -> Sequence[tuple[Sample, ...]]:
        questions, _, read = self._opened(tools)
        responses = {response.id: response for response in read(earliest(moments[0]))}
        return past_samples(self._config, questions, responses.values(), moments)

    def _opened(self, tools: Tools) -> tuple[Sequence[Question], Hashable, Callable[[datetime], Iterator[Response]]]:
        """The questions that are read, what the form says of them, and what reads the responses since a moment."""
        form = self._service.form(self._config.id, tools)
        matched = match(self._config, form)
        self._tell({question_id: question.why for question_id, question in matched.items() if isinstance(question, Unread)})
        questions = {question_id: question for question_id, question in matched.items() if isinstance(question, Question)}

        def read(since: datetime) -> Iterator[Response]:
            for submission in self._service.responses(self._config.id, since, tools):
                yield read_response(submission, self._config, questions)

        return tuple(questions.values()), tuple((question_id, form[question_id]) for question_id in questions), read

    def _tell(self, unread: dict[str, str]) -> None:
        """Logs the questions that cannot be read, once."""
        if unread != self._told:
            self._told = unread
            for question_id, why in unread.items():
                log.warning("a question cannot be read", extra=fields(survey=self.name, question=question_id, why=why))
