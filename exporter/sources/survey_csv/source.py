"""The source `survey_csv`: every file a survey."""

import hashlib
import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from exporter.document import Problem
from exporter.errors import UpstreamError
from exporter.facts import Sample
from exporter.sources.base import Finding, Tools
from exporter.sources.files import read_file
from exporter.sources.survey_csv.config import FileConfig, SurveyCsvConfig
from exporter.sources.survey_csv.doctor import SHOWN, examined
from exporter.sources.survey_csv.responses import Reading, read_responses
from exporter.sources.surveys.reading import Question
from exporter.sources.surveys.samples import earliest, past_samples, survey_samples
from exporter.sources.surveys.source import SurveySource

__all__ = ["LARGEST_FILE", "SurveyCsv", "SurveyFile"]

LARGEST_FILE = 50 * 2**20

logger = logging.getLogger(__name__)


class SurveyCsv(SurveySource[SurveyCsvConfig]):
    """Responses to surveys in files that any tool exports."""

    name = "survey_csv"
    summary = "Survey figures from the CSV files that survey tools export."
    config_type = SurveyCsvConfig

    def __init__(self, config: SurveyCsvConfig) -> None:
        super().__init__(config)
        self._files = tuple(SurveyFile(survey) for survey in config.surveys)

    @property
    def surveys(self) -> Iterable["SurveyFile"]:
        return self._files

    def examine(self, tools: Tools, now: datetime) -> Iterator[Finding]:
        for survey in self.config.surveys:
            file = SurveyFile(survey)
            subject = f"survey {survey.survey} in {survey.file}"
            try:
                reading = file.read(now)
            except UpstreamError as error:
                yield Finding(subject, False, str(error))
            else:
                yield from examined(survey, subject, reading, file.questions.values(), now)


class SurveyFile:
    """One file from one refresh to the next. While it does not change, its rows are not read into responses again."""

    def __init__(self, config: FileConfig) -> None:
        self.name = config.survey
        self.questions = {key: Question(question, config.kind(key)) for key, question in config.questions.items()}
        self._config = config
        self._digest = b""
        self._reading = Reading((), (), {})

    def samples(self, tools: Tools, now: datetime) -> tuple[Sample, ...]:
        """The figures of the survey at `now` (UTC); raises UpstreamError."""
        reading = self.read(now)
        return survey_samples(self._config, tuple(self.questions.values()), reading.responses, now)

    def past(self, tools: Tools, moments: Sequence[datetime]) -> Sequence[tuple[Sample, ...]]:
        """The figures at moments that are over, of the file as it is now; raises UpstreamError."""
        content = read_file(self._config.file, LARGEST_FILE)
        reading = read_responses(content, self._config, self.questions, earliest(moments[0]), moments[0])
        return past_samples(self._config, tuple(self.questions.values()), reading.responses, moments, newest=True)

    def read(self, now: datetime) -> Reading:
        """What the file holds at `now` (UTC); raises UpstreamError."""
        content = read_file(self._config.file, LARGEST_FILE)
        digest = hashlib.sha256(content).digest()
        if digest != self._digest:
            reading = read_responses(content, self._config, self.questions, earliest(now), now)
            if reading.problems != self._reading.problems:
                _log(reading.problems)
            self._digest, self._reading = digest, reading
        return self._reading


def _log(problems: tuple[Problem, ...]) -> None:
    for problem in problems[:SHOWN]:
        logger.warning("%s", problem)
    if len(problems) > SHOWN:
        logger.warning("%s: %d more rows cannot be read", problems[0].file, len(problems) - SHOWN)
