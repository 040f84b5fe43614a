"""surveys: what an operator may write, and how mistakes are told."""

import re
from pathlib import Path
from typing import Any

import pytest

from exporter.document import parse, validate
from exporter.errors import InvalidInput
from exporter.sources.surveys.config import SurveyConfig
from exporter.sources.surveys.metrics import METRICS


def survey(text: str) -> SurveyConfig:
    return validate(parse(text, "bolt.yml"), SurveyConfig)


def problems(text: str) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        survey(text)
    return str(caught.value).splitlines()


def question(**keys: Any) -> str:
    written = "".join(f", {key}: {value}" for key, value in keys.items())
    return f"survey: dx\nquestions:\n  q1: {{name: speed{written}}}\n"


def test_a_question_may_be_its_name_alone() -> None:
    assert survey("survey: dx\nquestions: {recommend: nps}").questions["recommend"].name == "nps"


def test_groups_below_five_are_not_told_apart_unless_the_operator_says_so() -> None:
    assert survey(question()).min_group == 5
    assert problems(question() + "min_group: 0") == ["bolt.yml:4: min_group: must be at least 1, found 0"]


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"scale": "[5, 1]"}, "scale must go from the least to the largest rating, in at most 100 steps"),
        ({"scale": "[0, 1000]"}, "scale must go from the least to the largest rating, in at most 100 steps"),
        ({"kind": "nps", "scale": "[1, 5]"}, "a question of the kind nps has the scale from 0 to 10"),
        ({"scale": "[1, 7]", "satisfied": 8}, "satisfied must be a rating on the scale"),
        ({"kind": "number", "scale": "[1, 7]"}, "scale is for questions of the kind nps or rating, not number"),
        ({"kind": "rating", "options": "{a: a}"}, "options is for questions of the kind choice, not rating"),
        ({"kind": "choice", "themes": "{docs: [docs]}"}, "themes is for questions of the kind text, not choice"),
        ({"kind": "nps", "factor": 2}, "factor is for questions of the kind number, not nps"),
        (
            {"options": "{Sure: yes_please}", "positive": "[yes_plase]"},
            'positive has no option "yes_plase", did you mean "yes_please"?',
        ),
        ({"positive": "[a]", "ignored": "[a]"}, "a is both positive and ignored"),
    ],
)
def test_what_does_not_go_together_is_told(keys: dict[str, Any], told: str) -> None:
    assert problems(question(**keys)) == [f"bolt.yml:3: questions.q1: {told}"]


def test_a_keyword_must_have_letters() -> None:
    (told,) = problems(question(themes="{docs: [' ']}"))
    assert told.startswith("bolt.yml:3: questions.q1.themes.docs[0]: ")
    (told,) = problems(question(themes="{docs: []}"))
    assert told.startswith("bolt.yml:3: questions.q1.themes.docs: must not be empty")


def test_two_questions_differ_in_name() -> None:
    assert problems("survey: dx\nquestions: {a: nps, b: nps}") == ["bolt.yml:1: questions must differ in name, nps stands twice"]


def test_respondents_are_told_apart_by_options_not_by_numbers_or_texts() -> None:
    assert problems(question(kind="text") + "segments: {region: speed}") == [
        "bolt.yml:1: responses can be told apart by a question of the kind choice, and speed is text"
    ]
    assert survey(question(kind="choice") + "segments: {region: speed, team: hidden_field}").segments["region"] == "speed"


def test_the_example_of_the_page_can_be_read_and_names_every_metric() -> None:
    page = (Path(__file__).parents[3] / "docs" / "surveys.md").read_text()
    (example,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert len(survey(example).questions) == 6
    assert [metric.name for metric in METRICS if f"`{metric.name}`" not in page] == []
