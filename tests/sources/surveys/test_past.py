"""The past of surveys: figures of the answers that were sent by a moment."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.config.types import SourceConfig
from exporter.errors import RateLimited, Reason, UpstreamError
from exporter.facts import Part, Sample
from exporter.sources.base import Finding, Tools
from exporter.sources.surveys.answers import Number, Response
from exporter.sources.surveys.config import QuestionConfig, SurveyConfig
from exporter.sources.surveys.metrics import RESPONSES
from exporter.sources.surveys.reading import Question
from exporter.sources.surveys.samples import earliest, past_samples, survey_samples
from exporter.sources.surveys.source import Survey, SurveySource
from support.tools import NOW, make_tools

DAY = timedelta(days=1)
NPS = Question(QuestionConfig(name="nps"), "nps")
CONFIG = SurveyConfig(survey="dx", questions={"nps": NPS.config}, min_group=1)


def responses(*sent: tuple[float, int]) -> list[Response]:
    """Responses by how many days ago they were sent and what they recommend."""
    return [
        Response(f"r{number}", NOW - days * DAY, {"nps": Number(score)}, {}, None) for number, (days, score) in enumerate(sent)
    ]


SENT = st.lists(st.tuples(st.integers(0, 3000).map(lambda tenth: tenth / 10), st.integers(0, 10)), max_size=12)


@given(SENT, st.lists(st.integers(0, 250), min_size=1, max_size=4, unique=True))
def test_it_is_what_a_refresh_at_that_moment_says_of_the_answers_by_then(sent: list[tuple[float, int]], ages: list[int]) -> None:
    moments = [NOW - age * DAY for age in sorted(ages, reverse=True)]
    known = [response for response in responses(*sent) if response.time >= earliest(moments[0])]
    for moment, told in zip(moments, past_samples(CONFIG, [NPS], known, moments), strict=True):
        by_then = [response for response in known if response.time <= moment]
        asked = [response for response in by_then if response.time >= earliest(moment)]
        assert told == (survey_samples(CONFIG, [NPS], asked, moment) if by_then else ())


def test_figures_by_hand() -> None:
    known = responses((30, 10), (20, 9), (10, 0), (5, 10))
    (told,) = past_samples(CONFIG, [NPS], known, [NOW - 15 * DAY])
    figures = {(sample.name, dict(sample.labels).get("window")): sample.value for sample in told}
    assert figures["survey_responses", "90d"] == 2
    assert figures["survey_nps", "90d"] == 100
    assert figures["survey_last_response_timestamp_seconds", None] == (NOW - 20 * DAY).timestamp()


def test_before_the_first_answer_nothing_is_known() -> None:
    assert past_samples(CONFIG, [NPS], responses((10, 9)), [NOW - 11 * DAY]) == [()]


def test_the_newest_answer_stays_known_where_the_source_keeps_it() -> None:
    old = responses((200, 9))
    moment = NOW - 10 * DAY
    (dropped,), (kept,) = (past_samples(CONFIG, [NPS], old, [moment], newest=newest) for newest in (False, True))
    assert {sample.name for sample in kept} - {sample.name for sample in dropped} == {"survey_last_response_timestamp_seconds"}


@dataclass
class Told:
    """A survey that had a number of responses at each moment, none at first, or fails."""

    name: str
    outcome: Sequence[int | None] | UpstreamError

    def samples(self, tools: Tools, now: datetime) -> tuple[Sample, ...]:
        raise AssertionError("only the past is asked for")

    def past(self, tools: Tools, moments: Sequence[datetime]) -> Sequence[tuple[Sample, ...]]:
        if isinstance(self.outcome, UpstreamError):
            raise self.outcome
        return [() if count is None else (RESPONSES.sample(count, survey=self.name, window="90d"),) for count in self.outcome]


class ToldSource(SurveySource[SourceConfig]):
    """A source of such surveys."""

    name = "told"
    summary = "Surveys for tests."
    config_type = SourceConfig

    def __init__(self, *surveys: Told) -> None:
        super().__init__(SourceConfig())
        self._surveys = surveys

    @property
    def surveys(self) -> Iterable[Survey]:
        return self._surveys

    def examine(self, tools: Tools, now: datetime) -> Iterable[Finding]:
        return ()


MOMENTS = [NOW - 2 * DAY, NOW - DAY, NOW]


def told(folder: Path, *surveys: Told) -> dict[int, list[tuple[str, float | Reason]]]:
    """What is told by the age in days: survey, and its responses or why it failed."""
    return {
        (NOW - moment) // DAY: [(dict(part.labels)["survey"], outcome(part)) for part in parts]
        for moment, parts in ToldSource(*surveys).past(make_tools(folder), MOMENTS)
    }


def outcome(part: Part) -> float | Reason:
    return part.failure or part.samples[0].value


def test_a_survey_has_a_part_from_its_first_answer_on(tmp_path: Path) -> None:
    found = told(tmp_path, Told("old", [None, 1, 2]), Told("new", [None, None, 5]))
    assert found == {1: [("old", 1)], 0: [("old", 2), ("new", 5)]}


def test_a_survey_that_fails_does_so_at_every_moment(tmp_path: Path) -> None:
    gone = Told("gone", UpstreamError(Reason.NOT_FOUND, "there is no such survey"))
    found = told(tmp_path, Told("old", [1, 1, 1]), gone)
    assert found == {age: [("old", 1), ("gone", Reason.NOT_FOUND)] for age in (2, 1, 0)}


def test_a_limit_that_is_met_is_told_to_whoever_asks(tmp_path: Path) -> None:
    until = NOW + timedelta(minutes=5)
    with pytest.raises(RateLimited) as caught:
        told(tmp_path, Told("old", [1, 1, 1]), Told("late", RateLimited("asks to wait", until)))
    assert caught.value.until == until


def test_no_moments_ask_nothing(tmp_path: Path) -> None:
    gone = Told("gone", UpstreamError(Reason.NOT_FOUND, "there is no such survey"))
    assert list(ToldSource(gone).past(make_tools(tmp_path), [])) == []
