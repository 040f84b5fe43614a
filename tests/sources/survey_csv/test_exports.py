"""survey_csv: exports of four tools with the same responses in them give the same figures."""

import pytest

from support.survey_csv import Figures, SurveyFolder

QUESTIONS = """
segments: {region: region}
channel: via
invitations:
  - {date: 2026-01-15, count: 20, channel: email}
  - {date: 2026-01-15, count: 10, channel: github}
questions:
  How likely are you to recommend Bolt?: {name: nps, kind: nps}
  Which frameworks do you use?: {name: frameworks, options: {Gin: gin, Chi: chi}}
  How fast is it?: {name: speed, kind: rating}
  What should be better?: {name: wishes, themes: {docs: [docs, documentation], speed: [slow]}}
min_group: 2
"""
TYPEFORM = (
    QUESTIONS
    + """
time: Submit Date (UTC)
id: "#"
where: {Response Type: completed}
columns: {Which frameworks do you use?: [Gin, Chi, Other]}
"""
)
GOOGLE_FORMS = QUESTIONS.replace("Chi: chi}}", 'Chi: chi}, separator: ","}') + "time: Timestamp\nid: Email Address"
SURVEYMONKEY = (
    QUESTIONS
    + """
time: End Date
id: Respondent ID
header_rows: 2
date_format: "%m/%d/%Y %I:%M:%S %p"
"""
)
SEMICOLON = """
segments: {region: region}
channel: via
invitations:
  - {date: 2026-01-15, count: 20, channel: email}
  - {date: 2026-01-15, count: 10, channel: github}
questions:
  Empfehlung: {name: nps, kind: nps}
  Framework: {name: frameworks, options: {Gin: gin, Chi: chi}}
  Tempo: {name: speed, kind: rating}
  Verbesserung: {name: wishes, themes: {docs: [docs, documentation], speed: [slow]}}
columns: {Framework: ["Framework [*]"]}
min_group: 2
time: Datum
date_format: "%d.%m.%Y %H:%M"
zone: Europe/Berlin
"""

EXPECTED: Figures = {
    ("survey_last_response_timestamp_seconds",): 1_769_162_700,
    ("survey_responses",): 6,
    ("survey_invitations",): 30,
    ("survey_response_ratio",): 0.2,
    ("survey_channel_response_ratio", "email"): 0.1,
    ("survey_channel_response_ratio", "github"): 0.2,
    ("survey_answers", "nps"): 5,
    ("survey_mean", "nps"): 7.8,
    ("survey_nps", "nps"): 40,
    ("survey_nps_share_ratio", "nps", "promoters"): 0.6,
    ("survey_nps_share_ratio", "nps", "passives"): 0.2,
    ("survey_nps_share_ratio", "nps", "detractors"): 0.2,
    **{("survey_option_answers", "nps", str(step)): float(step in (3, 8, 10)) for step in range(11)},
    ("survey_option_answers", "nps", "9"): 2,
    ("survey_answers", "frameworks"): 5,
    ("survey_option_answers", "frameworks", "gin"): 3,
    ("survey_option_answers", "frameworks", "chi"): 2,
    ("survey_option_answers", "frameworks", "other"): 1,
    ("survey_answers", "speed"): 5,
    ("survey_mean", "speed"): 3.4,
    ("survey_csat_ratio", "speed"): 0.6,
    ("survey_answers", "wishes"): 3,
    ("survey_theme_answers", "wishes", "docs"): 2,
    ("survey_theme_answers", "wishes", "speed"): 1,
}
"""23 January 2026, 10:05 UTC, is the newest response; that of November answers nothing, and its region is a name."""


@pytest.mark.parametrize(
    ("tool", "more"),
    [("typeform", TYPEFORM), ("google_forms", GOOGLE_FORMS), ("surveymonkey", SURVEYMONKEY), ("semicolon", SEMICOLON)],
)
def test_the_figures_of_an_export(folder: SurveyFolder, tool: str, more: str) -> None:
    found = folder.figures(folder.source(tool, more))
    assert {labels: found.get(labels) for labels in EXPECTED} == EXPECTED
    assert not any("segment" in labels[0] for labels in found), "the one without a region would be found by subtraction"


def test_a_region_is_shown_where_that_tells_of_nobody(folder: SurveyFolder) -> None:
    found = folder.figures(folder.source("typeform", TYPEFORM.replace("min_group: 2", "min_group: 1")))
    assert found["survey_segment_responses", "region", "emea"] == 5
    assert found["survey_segment_nps", "nps", "region", "emea"] == 40


def test_one_column_of_a_question_with_several_is_named_with_its_part(folder: SurveyFolder) -> None:
    grid = b"time,Satisfaction,,Other\n,Speed,Docs,\n2026-01-20,5,3,x\n"
    source = folder.source(
        grid, "time: time\nmin_group: 1\nheader_rows: 2\nquestions: {Satisfaction | Docs: {name: docs, kind: rating}}"
    )
    assert folder.figures(source)["survey_mean", "docs"] == 3


def test_one_of_several_columns_with_the_same_header_is_named_with_its_number(folder: SurveyFolder) -> None:
    twice = b"time,Rating,Comment,Rating,Comment\n2026-01-20,5,a,3,b\n"
    source = folder.source(twice, "time: time\nmin_group: 1\nquestions: {'Rating #2': {name: docs, kind: rating}}")
    assert folder.figures(source)["survey_mean", "docs"] == 3


def test_a_tab_is_found_out_too_and_a_delimiter_may_be_said(folder: SurveyFolder) -> None:
    tabs = b"time\trecommend\twishes\n2026-01-20\t9\tgood, really\n"
    assert folder.figures(folder.source(tabs))["survey_nps", "nps"] == 100
    commas = b"time,recommend,wishes\n2026-01-20,9,a;b\n"
    small = "time: time\nmin_group: 1\nquestions: {recommend: {name: nps, kind: nps}}\n"
    assert folder.figures(folder.source(commas, f"{small}delimiter: comma"))["survey_nps", "nps"] == 100
