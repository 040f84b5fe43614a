"""A form of Typeform that asks people what they think of the beta, and what they answered."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from exporter.demo.beta import chance
from exporter.demo.graphql.answer import moment
from exporter.demo.upstreams.packages import Clock
from exporter.demo.upstreams.service import Answer, Request, Service

__all__ = ["FORM", "RESPONSES", "typeform"]

FORM = "u6nXL7"
RESPONSES = 84
_SINCE_FIRST = timedelta(days=26)
_SMALL_PAGE = 25

_HOW = {"website": "Website", "github": "GitHub", "friend": "A friend"}
_FIELDS: Sequence[Mapping[str, Any]] = (
    {"id": "field0000001", "ref": "recommend", "type": "nps", "properties": {"steps": 11, "start_at_one": False}},
    {"id": "field0000002", "ref": "satisfaction", "type": "rating", "properties": {"steps": 5, "shape": "star"}},
    {
        "id": "field0000003",
        "ref": "found_by",
        "type": "multiple_choice",
        "properties": {
            "choices": [
                {"id": f"choice{number:06}", "ref": ref, "label": label} for number, (ref, label) in enumerate(_HOW.items(), 1)
            ]
        },
    },
    {"id": "field0000004", "ref": "wish", "type": "long_text", "properties": {}},
)
_TITLES = {
    "recommend": "How likely are you to recommend Caro?",
    "satisfaction": "How do you rate Caro?",
    "found_by": "Where did you hear of it?",
    "wish": "What should come next?",
}
_WISHES = (
    "completion in my shell",
    "an offline mode would be great",
    "please explain what a command does",
    "faster answers",
    "more examples in the docs",
)
_RECOMMENDING = (10, 9, 9, 8, 10, 7, 9, 10, 6, 8, 9, 4)
"""Answers that come again and again: seven promoters to two detractors of twelve."""
_RATING = (5, 4, 4, 5, 3, 4, 5, 4, 2, 5)


def typeform(token: str, clock: Clock) -> Service:
    """Typeform's API for an account with this token and one form."""
    responses = [_response(number, clock()) for number in range(RESPONSES)]

    def answer(request: Request) -> Answer:
        if request.token != token:
            return _refusal(HTTPStatus.UNAUTHORIZED, "AUTHENTICATION_FAILED")
        match request.path:
            case ["forms", form] if form == FORM:
                return Answer(_form())
            case ["forms", form, "responses"] if form == FORM:
                return _page(responses, request.query)
        return _refusal(HTTPStatus.NOT_FOUND, "FORM_NOT_FOUND")

    return answer


def _form() -> Mapping[str, Any]:
    fields = [{**field, "title": _TITLES[field["ref"]], "validations": {"required": False}} for field in _FIELDS]
    return {"id": FORM, "type": "quiz", "title": "The beta of Caro", "settings": {"is_public": True}, "fields": fields}


def _page(responses: Sequence[Mapping[str, Any]], query: Mapping[str, str]) -> Answer:
    """Responses since a moment, before a token, the newest first, with the answers to some questions."""
    tokens = [response["token"] for response in responses]
    if query.get("before", tokens[0]) not in tokens:
        return _refusal(HTTPStatus.BAD_REQUEST, "BAD_REQUEST")
    found = responses[tokens.index(query["before"]) + 1 :] if "before" in query else responses
    found = [response for response in found if response["submitted_at"][:19] >= query.get("since", "")]
    size = int(query.get("page_size", _SMALL_PAGE))
    wanted = query["fields"].split(",") if "fields" in query else [field["id"] for field in _FIELDS]
    items = [
        {**response, "answers": [answer for answer in response["answers"] if answer["field"]["id"] in wanted] or None}
        for response in found[:size]
    ]
    return Answer({"total_items": len(found), "page_count": -(-len(found) // size), "items": items})


def _response(number: int, now: datetime) -> Mapping[str, Any]:
    """One response; number 0 is the newest."""
    luck = chance("response", number)
    at = moment(now - _SINCE_FIRST * ((number + luck.random()) / RESPONSES))
    name = hashlib.sha256(f"response {number}".encode()).hexdigest()[:32]
    how = luck.choice(list(_HOW))
    said: list[tuple[str, Any]] = [
        ("number", _RECOMMENDING[number % len(_RECOMMENDING)]),
        ("number", _RATING[number % len(_RATING)]),
        ("choice", {"id": f"choice{list(_HOW).index(how) + 1:06}", "ref": how, "label": _HOW[how]}),
        ("text", luck.choice(_WISHES)),
    ]
    asked = ({name: field[name] for name in ("id", "ref", "type")} for field in _FIELDS)
    answers = [{"field": field, "type": kind, kind: value} for field, (kind, value) in zip(asked, said, strict=True)]
    return {
        "landing_id": name,
        "token": name,
        "response_id": name,
        "response_type": "completed",
        "landed_at": at,
        "submitted_at": at,
        "metadata": {"user_agent": "demo", "platform": "other", "referer": "", "network_id": "demo", "browser": "default"},
        "hidden": {},
        "calculated": {"score": 0},
        "variables": [],
        "answers": answers,
    }


def _refusal(status: HTTPStatus, code: str) -> Answer:
    return Answer({"code": code, "description": "refused"}, status)
