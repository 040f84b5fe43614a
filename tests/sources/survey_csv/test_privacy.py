"""survey_csv: what people wrote stays in the file."""

import logging
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exporter.errors import UpstreamError
from exporter.sources.survey_csv.responses import read_responses
from exporter.sources.survey_csv.source import SurveyFile
from exporter.sources.surveys.samples import earliest, survey_samples
from support.survey_csv import SurveyFolder
from support.tools import NOW, make_tools

PLANTED = ("planted", "Ada", "@example", "203.0.113")

EVERYTHING = """
time: time
id: mail
min_group: 1
where: {state: done}
segments: {region: region, work: work}
channel: via
columns: {tools: ["tool *"]}
questions:
  recommend: {name: nps, kind: nps}
  speed: {name: speed, kind: rating}
  hours: {name: hours, kind: number}
  work: {name: work, options: {API: api}, separator: ";"}
  tools: {name: tools, options: {a: a}}
  wishes: {name: wishes, themes: {docs: [docs]}}
"""
HEADER = "time,mail,state,region,via,recommend,speed,hours,work,tool a,tool b,wishes"
WRITTEN = (
    "planted@example.org",
    "Ada Planted",
    "/home/planted",
    "203.0.113.7",
    '"planted, words"',
    '"planted\nline"',
    'planted"',
    "",
)


def everything_said(folder: SurveyFolder, content: str, log: pytest.LogCaptureFixture) -> str:
    """All that comes out of a file: samples, findings, errors, logs, and what the responses show of themselves."""
    said: list[Any] = []
    log.clear()
    with log.at_level(logging.DEBUG):
        source = folder.source(content.encode(), EVERYTHING)
        try:
            said += [*source.collect(make_tools(folder.file.parent / "state"), NOW)]
            file = SurveyFile(source.config.surveys[0])
            reading = read_responses(content.encode(), source.config.surveys[0], file.questions, earliest(NOW), NOW)
            said += [reading, survey_samples(source.config.surveys[0], tuple(file.questions.values()), reading.responses, NOW)]
        except UpstreamError as error:
            said += [str(error), repr(error)]
        said += folder.examined(source)
    said += [record.getMessage() for record in log.records]
    said += [str(path) + path.read_text() for path in (folder.file.parent / "state").rglob("*") if path.is_file()]
    return repr(said)


def test_nothing_that_people_wrote_comes_out(folder: SurveyFolder, caplog: pytest.LogCaptureFixture) -> None:
    for wrong in WRITTEN:
        good = f"2026-01-20,{wrong},done,{wrong},{wrong},9,4,2,{wrong},{wrong},x,{wrong}"
        bad = ",".join([wrong] * 12)
        said = everything_said(folder, f"{HEADER}\n{good}\n{bad}\n{good},{wrong}\n{good}\n", caplog)
        assert "survey_responses" in said or wrong == 'planted"', "something was read"
        assert not [word for word in PLANTED if word in said]


def test_what_stands_where_a_header_should_be_is_not_told(folder: SurveyFolder, caplog: pytest.LogCaptureFixture) -> None:
    said = everything_said(folder, "2026-01-20,planted@example.org,Ada Planted\n" * 3, caplog)
    assert "there is no column" in said
    assert not [word for word in PLANTED if word in said]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.lists(st.lists(st.sampled_from([*WRITTEN, "2026-01-20", "done", "9", "API;planted", "x"]), max_size=14), max_size=6))
def test_no_mixture_of_fields_brings_a_word_out(
    folder: SurveyFolder, caplog: pytest.LogCaptureFixture, rows: list[list[str]]
) -> None:
    said = everything_said(folder, "\n".join([HEADER, *(",".join(row) for row in rows)]), caplog)
    assert not [word for word in PLANTED if word in said]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(st.text())
def test_no_text_is_too_strange_for_a_file(folder: SurveyFolder, text: str) -> None:
    content = f"time,recommend,wishes\n2026-01-20,9,good\n{text}".encode("utf-8", "ignore")
    found = folder.figures(folder.source(content))
    assert found["survey_responses",] >= 1
