"""A Typeform for loopback: one form and the responses to it, paged, filtered and refused as Typeform does."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from exporter.sources.typeform import TypeformConfig
from support.upstream import Answer, Request

__all__ = ["TOKEN", "FakeTypeform", "answers_of", "configured", "response", "uploaded"]

TOKEN = "planted-typeform-token"
_MOMENT = "%Y-%m-%dT%H:%M:%S"
_LARGEST_PAGE = 1000
_SMALL_PAGE = 25


def configured(url: str, *forms: Mapping[str, Any]) -> TypeformConfig:
    """The configuration for these forms of the upstream at `url`."""
    return TypeformConfig.model_validate({"base_url": url, "token": TOKEN, "forms": forms})


@dataclass
class FakeTypeform:
    """Answers requests about one form; `scopes` are those of the token, and `limited` are the next answers that are 429.

    `responses` stand in any order; a test may add to them and take from them between two requests.
    """

    form: Mapping[str, Any]
    responses: list[Mapping[str, Any]] = field(default_factory=list)
    scopes: set[str] = field(default_factory=lambda: {"forms:read", "responses:read"})
    limited: int = 0

    def __call__(self, request: Request) -> Answer:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return _refusal(401, "AUTHENTICATION_FAILED")
        if self.limited:
            self.limited -= 1
            return _refusal(429, "TOO_MANY_REQUESTS", {"X-RateLimit-Remaining": "0", "Retry-After": "90"})
        path = f"/forms/{self.form['id']}"
        if request.path not in (path, f"{path}/responses"):
            return _refusal(404, "FORM_NOT_FOUND")
        if request.path == path:
            return Answer.json(self.form) if "forms:read" in self.scopes else _refusal(403, "FORBIDDEN")
        return self._page(request) if "responses:read" in self.scopes else _refusal(403, "FORBIDDEN")

    def _page(self, request: Request) -> Answer:
        query = {name: texts[0] for name, texts in request.query.items()}
        size = int(query.get("page_size", _SMALL_PAGE))
        listed = sorted(self.responses, key=lambda item: (item["submitted_at"], item["token"]), reverse=True)
        tokens = [item["token"] for item in listed]
        before = query.get("before")
        if size > _LARGEST_PAGE or (before is not None and before not in tokens):
            return _refusal(400, "BAD_REQUEST")
        listed = listed[tokens.index(before) + 1 :] if before is not None else listed
        listed = [item for item in listed if item["submitted_at"][:19] >= query.get("since", "")]
        items = [_with_fields(item, query["fields"].split(",")) if "fields" in query else item for item in listed[:size]]
        return Answer.json({"total_items": len(listed), "page_count": -(-len(listed) // size), "items": items})


def _with_fields(item: Mapping[str, Any], field_ids: Sequence[str]) -> Mapping[str, Any]:
    """The response with the answers that were asked for; Typeform says null where there are none."""
    return {**item, "answers": [answer for answer in item["answers"] if answer["field"]["id"] in field_ids] or None}


def _refusal(status: int, code: str, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer.json({"code": code, "description": "planted description"}, status, headers)


def response(number: int, at: datetime, answers: Sequence[Mapping[str, Any]], **hidden: str) -> dict[str, Any]:
    """One response that was sent at a moment, with all that Typeform tells of a respondent."""
    name = f"{number:032x}"
    return {
        "landing_id": name,
        "token": name,
        "response_id": name,
        "landed_at": at.strftime(f"{_MOMENT}Z"),
        "submitted_at": at.strftime(f"{_MOMENT}Z"),
        "metadata": {"user_agent": "planted agent", "network_id": "planted network", "referer": "https://planted.example.org"},
        "hidden": hidden,
        "variables": [{"key": "name", "type": "text", "text": "planted name"}],
        "answers": list(answers),
    }


def uploaded(definition: Mapping[str, Any], form_id: str) -> dict[str, Any]:
    """The form that a definition becomes, as Typeform gives it back: whatever has no id has got one."""
    form = {**copy.deepcopy(dict(definition)), "id": form_id}
    for number, each in enumerate(_fields(form["fields"])):
        each["id"] = f"field{number:07}"
        for place, choice in enumerate(each.get("properties", {}).get("choices", [])):
            choice["id"] = f"choice{number:03}x{place:02}"
    return form


def answers_of(form: Mapping[str, Any], said: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Answers as Typeform gives them: by the reference of the question a number, a text, or references of options.

    An option that the form does not have is one that the respondent wrote.
    """
    by_ref = {each["ref"]: each for each in _fields(form["fields"])}
    return [_answer(by_ref[ref], value) for ref, value in said.items()]


def _answer(question: Mapping[str, Any], value: Any) -> dict[str, Any]:
    asked = {"field": {name: question[name] for name in ("id", "ref", "type")}}
    if question["type"] != "multiple_choice":
        kind = "text" if isinstance(value, str) else "number"
        return {**asked, "type": kind, kind: value}
    known = {choice["ref"]: choice for choice in question["properties"]["choices"]}
    if isinstance(value, str):
        return {**asked, "type": "choice", "choice": known.get(value, {"other": value})}
    chosen = [known[ref] for ref in value if ref in known]
    choices: dict[str, Any] = {f"{name}s": [choice[name] for choice in chosen] for name in ("id", "ref", "label")}
    written = [text for text in value if text not in known]
    return {**asked, "type": "choices", "choices": choices | ({"other": written[0]} if written else {})}


def _fields(listed: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The questions of a form, and those in its groups."""
    return [each for field in listed for each in (field, *_fields(field.get("properties", {}).get("fields", [])))]
