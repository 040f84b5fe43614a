"""As what the questions of a form are read: what the configuration says, and what the form adds to it."""

from typing import Any

import pytest

from exporter.sources.google_forms.config import FormConfig
from exporter.sources.google_forms.form import Offered
from exporter.sources.google_forms.questions import Unread, match, unoffered
from exporter.sources.surveys.reading import Question

FIVE, ELEVEN = Offered("rating", (1, 5)), Offered("rating", (0, 10))
OPTIONS = Offered("choice", options=frozenset({"Gin", "Echo"}))


def matched(question: Any, offered: Offered | None) -> Question | Unread:
    config = FormConfig.model_validate({"id": "1exampleForm", "survey": "users", "questions": {"a1": question}})
    return match(config, {} if offered is None else {"a1": offered})["a1"]


def why(question: Any, offered: Offered | None) -> str:
    found = matched(question, offered)
    assert isinstance(found, Unread)
    return found.why


@pytest.mark.parametrize(
    ("question", "offered", "kind", "scale"),
    [
        ("comfort", FIVE, "rating", (1, 5)),
        ({"name": "comfort", "scale": [1, 7]}, FIVE, "rating", (1, 7)),
        ("advice", ELEVEN, "rating", (0, 10)),
        ({"name": "advice", "kind": "nps"}, ELEVEN, "nps", (0, 10)),
        ({"name": "advice", "kind": "nps"}, OPTIONS, "nps", (0, 10)),
        ({"name": "days", "kind": "number", "factor": 86400}, FIVE, "number", (1, 5)),
        ({"name": "days", "kind": "number"}, Offered("text"), "number", None),
        ("framework", OPTIONS, "choice", None),
        ({"name": "framework", "kind": "text"}, OPTIONS, "text", None),
        ("wishes", Offered("text"), "text", None),
    ],
)
def test_a_question_has_the_kind_and_scale_of_the_configuration_or_else_of_the_form(
    question: Any, offered: Offered, kind: str, scale: tuple[int, int] | None
) -> None:
    found = matched(question, offered)
    assert isinstance(found, Question)
    assert (found.kind, found.scale) == (kind, scale)


@pytest.mark.parametrize(
    ("question", "offered", "told"),
    [
        ("comfort", None, "the form has no question with this id; none is known here"),
        ("comfort", Offered(None), "it asks for a date, a time or a file, whose answers are not read"),
        ({"name": "comfort", "kind": "rating"}, Offered("text"), "it is configured as rating, and the form says text"),
        ({"name": "comfort", "kind": "choice"}, FIVE, "it is configured as choice, and the form says rating 1 to 5"),
        ({"name": "comfort", "kind": "text"}, FIVE, "it is configured as text, and the form says rating 1 to 5"),
        (
            {"name": "advice", "kind": "nps"},
            Offered("rating", (1, 10)),
            "it is configured as nps, which needs a scale from 0 to 10, and the form says rating 1 to 10",
        ),
    ],
)
def test_a_question_that_does_not_fit_is_not_read(question: Any, offered: Offered | None, told: str) -> None:
    assert why(question, offered) == told


def test_an_id_that_is_misspelt_gets_a_suggestion() -> None:
    config = FormConfig.model_validate({"id": "1exampleForm", "survey": "users", "questions": {"6b2a0c1e": "comfort"}})
    assert match(config, {"6b2a0c1d": FIVE}) == {
        "6b2a0c1e": Unread('the form has no question with this id; did you mean "6b2a0c1d"?')
    }


@pytest.mark.parametrize(
    ("options", "lacking"), [({"gin ": "gin", "Echo": "echo"}, []), ({"Gin": "gin", "Chi": "chi"}, ["chi"]), ({}, [])]
)
def test_options_that_the_form_lacks_are_found_by_their_words(options: dict[str, str], lacking: list[str]) -> None:
    found = matched({"name": "framework", "options": options}, OPTIONS)
    assert isinstance(found, Question)
    assert unoffered(found, OPTIONS) == lacking
