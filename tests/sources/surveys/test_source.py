"""surveys: a source of several surveys, of which each fails on its own."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from exporter.config.types import SourceConfig
from exporter.errors import RateLimited, Reason, UpstreamError
from exporter.facts import Part, Sample
from exporter.sources.base import Finding, Tools
from exporter.sources.surveys.metrics import METRICS, RESPONSES
from exporter.sources.surveys.source import Survey, SurveySource
from support.tools import NOW, make_tools


@dataclass
class Told:
    """A survey that says how many responses it has, or fails."""

    name: str
    outcome: float | UpstreamError
    asked: int = 0

    def samples(self, tools: Tools, now: datetime) -> tuple[Sample, ...]:
        self.asked += 1
        if isinstance(self.outcome, UpstreamError):
            raise self.outcome
        return (RESPONSES.sample(self.outcome, survey=self.name, window="90d"),)


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


@dataclass
class Waits:
    """Moments to which the source put itself off."""

    until: list[datetime] = field(default_factory=list)


def collected(tmp_path: Path, *surveys: Told, waits: Waits | None = None) -> list[Part]:
    tools = replace(make_tools(tmp_path), put_off=(waits or Waits()).until.append)
    return list(ToldSource(*surveys).collect(tools, NOW))


def broken(reason: Reason = Reason.MALFORMED) -> UpstreamError:
    return UpstreamError(reason, "there is no column")


def test_every_survey_is_a_part(tmp_path: Path) -> None:
    parts = collected(tmp_path, Told("dx", 3), Told("docs", 4))
    assert [(part.labels, [sample.value for sample in part.samples]) for part in parts] == [
        ((("survey", "dx"),), [3]),
        ((("survey", "docs"),), [4]),
    ]
    assert ToldSource.metrics == METRICS


def test_a_survey_that_fails_leaves_the_others_alone(tmp_path: Path) -> None:
    parts = collected(tmp_path, Told("dx", broken()), Told("docs", 4))
    assert [(part.failure, len(part.samples)) for part in parts] == [(Reason.MALFORMED, 0), (None, 1)]


def test_where_every_survey_fails_so_does_the_source(tmp_path: Path) -> None:
    with pytest.raises(UpstreamError) as caught:
        collected(tmp_path, Told("dx", broken()), Told("docs", broken(Reason.UNREADABLE)))
    assert caught.value.reason is Reason.MALFORMED


def test_a_service_that_is_out_of_reach_is_not_asked_for_the_other_surveys(tmp_path: Path) -> None:
    last = Told("docs", 4)
    parts = collected(tmp_path, Told("csat", 1), Told("dx", broken(Reason.TIMEOUT)), last)
    assert [part.failure for part in parts] == [None, Reason.TIMEOUT, Reason.TIMEOUT]
    assert last.asked == 0


def test_a_limit_that_was_reached_is_waited_for(tmp_path: Path) -> None:
    waits, until = Waits(), NOW + timedelta(minutes=10)
    collected(tmp_path, Told("csat", 1), Told("dx", RateLimited("wait", until)), waits=waits)
    assert waits.until == [until]


def test_why_a_survey_fails_is_logged_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    survey = Told("dx", broken())
    source = ToldSource(survey, Told("docs", 4))
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            list(source.collect(make_tools(tmp_path), NOW))
        survey.outcome = 3
        list(source.collect(make_tools(tmp_path), NOW))
        survey.outcome = broken()
        list(source.collect(make_tools(tmp_path), NOW))
    assert len(caplog.records) == 2
