"""The description that the tests hold Google's side against notices slips."""

import json
from dataclasses import replace
from typing import Any

import pytest

from support.contract import recorded
from support.google_forms import DISCOVERY
from support.upstream import Request

FORM = Request("GET", "/v1/forms/1plantedForm", {}, {}, b"")
RESPONSES = Request("GET", "/v1/forms/1plantedForm/responses", {"pageSize": ["1000"], "prettyPrint": ["false"]}, {}, b"")


@pytest.mark.parametrize("asked", [FORM, RESPONSES])
def test_a_good_request_has_no_breach(asked: Request) -> None:
    assert DISCOVERY.request_breaches(asked) == []


@pytest.mark.parametrize(
    "slip",
    [
        {"method": "POST"},
        {"path": "/v1/form/1plantedForm/responses"},
        {"path": "/v1/forms"},
        {"path": "/v1/forms/a/responses/b/c"},
        {"query": {"page_size": ["1000"]}},
        {"query": {"pageSize": ["many"]}},
        {"query": {"pageSize": ["3000000000"]}},
        {"query": {"pageSize": ["1", "2"]}},
        {"query": {"prettyPrint": ["no"]}},
        {"query": {"alt": ["yaml"]}},
    ],
)
def test_a_slip_in_a_request_is_a_breach(slip: dict[str, Any]) -> None:
    assert DISCOVERY.request_breaches(replace(RESPONSES, **slip)) != []


@pytest.mark.parametrize(
    "slip",
    [
        {"responses": [{"responseID": "planted"}]},
        {"responses": [{"createTime": "2026-01-20"}]},
        {"responses": [{"createTime": "2026-01-20T09:00:00+01:00"}]},
        {"responses": [{"totalScore": "1"}]},
        {"next_page_token": "planted"},
    ],
)
def test_a_slip_in_an_answer_is_a_breach(slip: Any) -> None:
    assert DISCOVERY.answer_breaches(RESPONSES, recorded("google_forms", "responses_good")) == []
    assert DISCOVERY.answer_breaches(RESPONSES, slip) != []


def test_a_member_that_is_called_id_or_required_is_not_taken_for_a_word_of_the_schema() -> None:
    required = {"items": [{"questionItem": {"question": {"questionId": "a1", "required": True, "textQuestion": {}}}}]}
    assert DISCOVERY.answer_breaches(FORM, required) == []


def test_only_the_fields_that_were_asked_for_are_sent() -> None:
    answer = {
        "nextPageToken": "b",
        "responses": [{"responseId": "a", "respondentEmail": "planted", "answers": {"q": {"questionId": "q"}}}],
    }
    asked = replace(RESPONSES, query={"fields": ["responses(responseId,answers)"]})
    assert DISCOVERY.selected(asked, answer) == {"responses": [{"responseId": "a", "answers": {"q": {"questionId": "q"}}}]}


def test_a_field_that_no_answer_has_is_noticed() -> None:
    with pytest.raises(KeyError):
        DISCOVERY.selected(replace(RESPONSES, query={"fields": ["responses(responseID)"]}), {"responses": [{}]})


def test_the_description_holds_the_two_methods_that_are_asked_for_and_nothing_else() -> None:
    resource = recorded("google_forms", "forms.v1")["resources"]["forms"]
    assert list(resource["methods"]) == ["get"]
    assert list(resource["resources"]["responses"]["methods"]) == ["list"]
    assert "description" not in json.dumps(resource)
