"""What an operator may write about forms of Typeform."""

import pytest

from exporter.document import parse, validate
from exporter.errors import InvalidInput
from exporter.sources.typeform import SOURCE, TypeformConfig


def checked(forms: str) -> TypeformConfig:
    return validate(parse(f"{{token: planted-token, forms: {forms}}}", "bolt.yml"), TypeformConfig)


def test_a_form_needs_its_id_and_its_questions_only() -> None:
    (form,) = checked("[{id: abc, questions: {recommend: nps, performance: performance_satisfaction}}]").forms
    names = {key: question.name for key, question in form.questions.items()}
    assert names == {"recommend": "nps", "performance": "performance_satisfaction"}


@pytest.mark.parametrize(
    ("form_id", "survey"),
    [("u6nXL7", "u6nxl7"), ("wave-2026", "wave_2026"), ("2026Q1", "form_2026q1"), ("-a--b-", "a_b"), ("__", "form_")],
)
def test_a_survey_without_name_is_called_like_the_id_of_its_form_made_a_word(form_id: str, survey: str) -> None:
    (form,) = checked(f'[{{id: "{form_id}", questions: {{}}}}]').forms
    assert form.survey == survey


def test_a_survey_may_have_a_name_of_its_own() -> None:
    (form,) = checked("[{id: u6nXL7, survey: developer_experience, questions: {}}]").forms
    assert form.survey == "developer_experience"


def test_an_option_may_begin_with_a_digit() -> None:
    (form,) = checked("[{id: abc, questions: {gain: {name: gain, options: {A tenth: 10_to_20_percent}}}}]").forms
    assert form.questions["gain"].options == {"A tenth": "10_to_20_percent"}


def test_the_api_is_typeforms_own_unless_another_is_named() -> None:
    assert checked("[{id: abc, questions: {}}]").base_url == "https://api.typeform.com"


@pytest.mark.parametrize(
    ("forms", "expected"),
    [
        ("[]", "forms: must not be empty"),
        (
            "[{id: https://example.typeform.com/to/u6nXL7, questions: {}}]",
            "forms[0].id: must be the id of a form only, such as u6nXL7 for https://example.typeform.com/to/u6nXL7",
        ),
        ("[{id: a/b, questions: {}}]", "forms[0].id: must be the id of a form only"),
        ("[{id: abc}]", "forms[0].questions: is missing"),
        ("[{id: abc, questions: {}}, {id: abc, survey: other, questions: {}}]", 'forms: must differ in id, "abc" stands twice'),
        ("[{id: abc, questions: {}}, {id: ABC, questions: {}}]", 'forms: must differ in survey, "abc" stands twice'),
        ("[{id: abc, survey: Bolt 2026, questions: {}}]", "forms[0].survey: "),
        ("[{id: abc, questions: {recommend: {name: nps, kinds: nps}}}]", "forms[0].questions.recommend.kinds: "),
    ],
)
def test_a_configuration_that_cannot_be_meant_is_refused_with_its_place(forms: str, expected: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        checked(forms)
    (problem,) = caught.value.problems
    assert f"{problem.path}: {problem.message}".startswith(expected)


def test_the_token_does_not_show() -> None:
    assert "planted" not in repr(SOURCE(checked("[{id: abc, questions: {}}]")).config)
