"""The survey that ships for bolt: its form asks what the specification asks, and its mapping feeds the KPIs that read it."""

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from exporter.catalog import load as load_catalog
from exporter.config import load as load_config
from exporter.facts import Snapshot
from exporter.kpi import Row, evaluate
from exporter.sources.registry import declared_metrics, sources
from exporter.sources.typeform import SOURCE
from exporter.sources.typeform.config import FormConfig
from exporter.sources.typeform.form import read_form
from exporter.sources.typeform.questions import Mapped, hidden_fields, match
from support.contract import conforms, recorded
from support.packages import pausing_tools
from support.tools import NOW
from support.typeform import FakeTypeform, answers_of, configured, response, uploaded
from support.upstream import Upstream

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
DEFINITION = json.loads((EXAMPLES / "surveys" / "developer-experience.json").read_text(encoding="utf-8"))
SPEC = recorded("spec", "surveys")
ASKED = {question["id"]: question for question in SPEC["questions"]}
CATALOG = load_catalog("bolt", declared_metrics(), base=Path())
OF_OTHER_SURVEYS = {"mindshare", "customer_developer_satisfaction"}
"""KPIs that need other respondents than this survey has."""


def questions(definition: Mapping[str, Any]) -> dict[str, Any]:
    """The questions of the definition by reference; groups are none."""
    return {field["ref"]: field for group in definition["fields"] for field in group["properties"]["fields"]}


def mapping() -> FormConfig:
    """What docs/examples/bolt.yml says of the survey."""
    kinds = {name: kind.config_type for name, kind in sources().items()}
    (project,) = load_config(EXAMPLES / "bolt.yml", kinds, environ={}, read_secrets=False).projects
    config: Any = project.sources["typeform"]
    (form,) = config.forms
    return form


FORM = uploaded(DEFINITION, mapping().id)
QUESTIONS = questions(DEFINITION)
each_question = pytest.mark.parametrize("asked", [pytest.param(asked, id=ref) for ref, asked in ASKED.items()])


def mapped() -> dict[str, Mapped]:
    """The questions that are read, by reference."""
    read, unread = match(mapping(), read_form(FORM, mapping().id))
    assert unread == ()
    return {each.key: each for each in read}


# The form


def test_the_definition_is_one_that_the_api_takes() -> None:
    assert conforms("typeform", "definition", DEFINITION)


@pytest.mark.parametrize(
    "slip",
    [
        {"language": "en"},
        {"fields": []},
        {"fields": [{"title": "A scale", "type": "opinion_scale", "properties": {"steps": 12}}]},
        {"fields": [{"title": "A choice", "type": "multiple_choice", "properties": {"options": ["one"]}}]},
        {"fields": [{"title": "A group", "type": "group", "properties": {"fields": [DEFINITION["fields"][0]]}}]},
    ],
)
def test_a_slip_in_a_definition_is_seen(slip: dict[str, Any]) -> None:
    assert not conforms("typeform", "definition", {**DEFINITION, **slip})


def test_it_asks_the_questions_of_the_specification_in_their_order_and_some_more() -> None:
    assert list(QUESTIONS)[: len(ASKED)] == list(ASKED)
    (additions,) = (group["properties"]["fields"] for group in DEFINITION["fields"] if group["ref"] == "additions")
    assert [field["ref"] for field in additions] == list(QUESTIONS)[len(ASKED) :]
    assert {*SPEC["without_question"], "organisation", "region", "industry"} == {field["ref"] for field in additions}


@each_question
def test_a_question_is_of_the_specified_type(asked: dict[str, Any]) -> None:
    field = QUESTIONS[asked["id"]]
    kinds = {"single_choice": "multiple_choice", "multiple_choice": "multiple_choice", "open_text": "long_text"}
    assert field["type"] == {**kinds, "scale": "opinion_scale", "nps": "nps"}[asked["type"]]
    assert field["properties"].get("allow_multiple_selection", False) == (asked["type"] == "multiple_choice")


@each_question
def test_a_question_has_the_specified_options(asked: dict[str, Any]) -> None:
    properties = QUESTIONS[asked["id"]]["properties"]
    options = [choice["ref"] for choice in properties.get("choices", [])]
    assert options == [option for option in asked["options"] if option != "other"]
    assert properties.get("allow_other_choice", False) == asked["other_text"]


def test_no_option_stands_twice_and_each_has_a_text_of_its_own() -> None:
    for field in QUESTIONS.values():
        choices = field["properties"].get("choices", [])
        assert len({choice["ref"] for choice in choices}) == len({choice["label"] for choice in choices}) == len(choices)


def test_nobody_is_asked_who_they_are() -> None:
    assert {field["type"] for field in QUESTIONS.values()} == {"multiple_choice", "opinion_scale", "nps", "long_text"}
    texts = [field["properties"]["description"] for field in QUESTIONS.values() if field["type"] == "long_text"]
    assert texts == ["Please leave out names, addresses and anything confidential."] * 3


# The mapping


def test_every_question_is_mapped_and_fits_the_form() -> None:
    assert list(mapped()) == list(QUESTIONS)


@each_question
def test_a_question_is_called_like_the_kpi_that_reads_it_or_like_its_key(asked: dict[str, Any]) -> None:
    read_by_one = asked["kpi"] if asked["kpi"] in questions_of_kpis() else asked["key"]
    assert mapped()[asked["id"]].question.config.name == read_by_one


@each_question
def test_scales_and_options_come_out_as_specified(asked: dict[str, Any]) -> None:
    question = mapped()[asked["id"]].question
    assert question.scale == (tuple(asked["scale"]) if asked["scale"] else None)
    segments = {"no_difference": "none"}  # as the KPI calls it
    expected = {segments.get(option, option) for option in asked["options"] if option != "other"}
    assert set(question.config.options.values()) == expected


def test_positive_and_ignored_options_are_options() -> None:
    for each in mapped().values():
        config = each.question.config
        assert {*config.positive, *config.ignored} <= set(config.options.values())


def test_answers_are_told_apart_by_the_specified_dimensions() -> None:
    names = {each.question.config.name for each in mapped().values()}
    assert list(mapping().segments) == SPEC["dimensions"]
    assert set(mapping().segments.values()) <= names
    assert list(hidden_fields(mapping())) == ["channel"] == DEFINITION["hidden"]


@pytest.mark.parametrize("ref", ["s2_q8", "s3_q5", "s4_q3"])
def test_themes_of_free_texts_have_different_words_in_lower_case(ref: str) -> None:
    themes = mapped()[ref].question.config.themes
    words = [word for phrases in themes.values() for word in phrases]
    assert all(word == word.lower() for word in words)
    assert all(len(set(phrases)) == len(phrases) for phrases in themes.values())


# The KPIs


def questions_of_kpis() -> dict[str, set[str]]:
    """The questions that the KPIs of the catalog read, with the KPIs that read each."""
    found: dict[str, set[str]] = {}
    for kpi in CATALOG.kpis:
        values = [kpi.value, *(segment.value for segment in kpi.segments)]
        for term in (term for value in values if value is not None for term in value.terms):
            if term.metric is not None and "question" in term.where:
                found.setdefault(term.where["question"], set()).add(kpi.id)
    return found


def test_every_question_that_a_kpi_reads_is_mapped() -> None:
    names = {each.question.config.name for each in mapped().values()}
    assert set(questions_of_kpis()) - names == OF_OTHER_SURVEYS


TEXT = "The docs are slow"


def said(option: int, scale: int, **own: Any) -> dict[str, Any]:
    """What somebody answers who takes that option of every question and gives that mark on every scale."""
    answers: dict[str, Any] = {}
    for ref, field in QUESTIONS.items():
        choices = [choice["ref"] for choice in field["properties"].get("choices", [])]
        many = field["properties"].get("allow_multiple_selection", False)
        picked = choices[option : option + 1] if many else choices[option] if choices else TEXT
        answers[ref] = scale if field["type"] in ("nps", "opinion_scale") else picked
    return {**answers, **own}


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Row]:
    """The KPIs of bolt out of ten content people of companies in Europe and five others of open source in Asia."""
    content = said(0, 9, organisation="enterprise", region="europe", contributor_satisfaction="very_good")
    other = said(1, 6, organisation="open_source", region="asia", contributor_satisfaction="bad", s3_q2="poor", s4_q1="planned")
    people = [(content, "github")] * 10 + [(other, "email")] * 5
    sent = [
        response(number, NOW - timedelta(hours=number), answers_of(FORM, answers), channel=channel)
        for number, (answers, channel) in enumerate(people)
    ]
    with Upstream(FakeTypeform(FORM, list(sent))) as upstream:
        source = SOURCE(configured(upstream.url, mapping().model_dump(mode="json")))
        parts = tuple(source.collect(pausing_tools(tmp_path_factory.mktemp("typeform"), []), NOW))
    snapshot = Snapshot("bolt", "typeform", frozenset(metric.name for metric in SOURCE.metrics), parts)
    return {(row.kpi, row.segment): row for row in evaluate(CATALOG, [snapshot], NOW)}


def survey_kpis() -> Iterator[str]:
    for kpi in CATALOG.kpis:
        terms = (
            kpi.value.terms if kpi.value else [term for segment in kpi.segments if segment.value for term in segment.value.terms]
        )
        if any((term.metric or "").startswith("survey_") for term in terms):
            yield kpi.id


def test_all_kpis_of_the_survey_have_a_value(rows: Mapping[tuple[str, str], Row]) -> None:
    made = {kpi for (kpi, _), row in rows.items() if row.value is not None}
    assert set(survey_kpis()) - made == OF_OTHER_SURVEYS
    assert {*SPEC["without_question"], "nps", "survey_responses"} <= made


@pytest.mark.parametrize(
    ("kpi", "segment", "value"),
    [
        ("survey_responses", "", 15),
        ("survey_response_rate", "", 15 / 4400),
        ("survey_response_rate", "github", 10 / 1200),
        ("survey_response_rate", "email", 5 / 800),
        ("overall_satisfaction", "", 8),
        ("code_review_quality", "", 8),
        ("nps", "", 100 * (10 - 5) / 15),
        ("nps", "enterprise", 100),
        ("nps", "open_source", -100),
        ("satisfaction_regional_spread", "", 200),
        ("satisfaction_by_segment", "web_api", 9),
        ("satisfaction_by_segment", "cli", 6),
        ("contributor_satisfaction", "", 10 / 15),
        ("response_time_satisfaction", "", 10 / 15),
        ("production_usage_rate", "", 10 / 15),
        ("framework_usage_share", "gin", 10 / 15),
        ("framework_usage_share", "chi", 0),
        ("performance_impact", "over_20_percent", 10 / 15),
        ("performance_impact", "none", 0),
        ("switching_motivations", "zero_allocations", 5),
        ("support_channel_share", "github_discussions", 5 / 15),
        ("pain_points", "documentation", 15),
        ("pain_points", "performance", 15),
        ("feature_request_themes", "security", 0),
    ],
)
def test_a_kpi_has_the_value_that_the_answers_give(
    kpi: str, segment: str, value: float, rows: Mapping[tuple[str, str], Row]
) -> None:
    assert rows[kpi, segment].value == pytest.approx(value)
