"""The issues of one repository at a GitHub that keeps to its published description; requests and answers may get lost."""

import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Literal, cast

from exporter.errors import Reason, UpstreamError
from exporter.http import Auth, Client, NullMeter, Response
from exporter.http.failure import reason_of_status
from support.contract import recorded
from support.github import Account
from support.github.accounts import user, written
from support.openapi import Description
from support.tools import NOW
from support.upstream import Answer, Request

__all__ = ["REPOSITORY", "TOKEN", "Entry", "IssuesAPI", "Killed", "Loss", "direct_client"]

REPOSITORY = "acme/widget"
TOKEN = "ghp_plantedIssuesTokenPlanted000001"
BASE_URL = "https://api.github.com"
_DESCRIPTION = "openapi-23.0.2"
_PREFIX = f"/repos/{REPOSITORY}"

Loss = Literal["request", "answer", "killed before", "killed after"]
"""What happens to an exchange: the request or the answer gets lost, or the exporter is killed before or after GitHub did it."""


class Killed(BaseException):
    """The process is killed."""


@dataclass(eq=False)
class Entry:
    """An issue, or a pull request."""

    number: int
    title: str
    body: str
    labels: list[str]
    created_at: datetime
    state: str = "open"
    closed_at: datetime | None = None
    comments: list[tuple[datetime, str]] = field(default_factory=list)
    pull_request: bool = False


class IssuesAPI:
    """A handler for `support.upstream` with the repository REPOSITORY, of which TOKEN may write the issues.

    What a test may set at any moment: `now`, the server's clock; `failure`, the answer to everything; `answers`, those to the
    next requests, None for the right one; `losses`, what becomes of the next exchanges that change something; `lists_late`, how
    many of the newest issues the list does not hold yet; `labels_allowed`, `issues_allowed` and `has_issues`.
    `after` is called when a request was done and before it is answered. With `strict` all is held against the description.
    """

    def __init__(self, *, now: datetime = NOW, strict: bool = True) -> None:
        self.now = now
        self.issues: list[Entry] = []
        self.labels: set[str] = set()
        self.failure: Answer | None = None
        self.answers: list[Answer | None] = []
        self.losses: deque[Loss | None] = deque()
        self.lists_late = 0
        self.labels_allowed = True
        self.issues_allowed = True
        self.has_issues = True
        self.refused: list[str] = []
        self.requests: list[Request] = []
        self.after: Callable[[Request], None] = lambda request: None
        self._strict = strict

    def __call__(self, request: Request) -> Answer:
        self.requests.append(request)
        failure = self.failure or (self.answers.pop(0) if self.answers else None)
        if failure is not None:
            return failure
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return Answer.json({"message": "Bad credentials"}, 401)
        answer = self._checked(request) if self._strict else self._answer(request)
        self.after(request)
        return answer

    def write(self, title: str, body: str = "", labels: tuple[str, ...] = (), *, pull_request: bool = False) -> Entry:
        """An issue that a person opens, or a pull request."""
        entry = Entry(len(self.issues) + 1, title, body, [*labels], self.now, pull_request=pull_request)
        self.issues.append(entry)
        return entry

    def close(self, number: int) -> None:
        """A person closes an issue."""
        self._set_state(self.issues[number - 1], "closed")

    @property
    def asked(self) -> list[str]:
        """Method and path below the repository of each request."""
        return [f"{request.method} {request.path.removeprefix(_PREFIX) or '/'}" for request in self.requests]

    def _checked(self, request: Request) -> Answer:
        breaches = _description().request_breaches(request)
        if request.method == "POST" and b'"title"' not in request.body and request.path.endswith("/issues"):
            breaches = []
        if breaches:
            self.refused += [f"{request.method} {request.path}: {breach}" for breach in breaches]
            return Answer.json({"message": "Not Found"}, 404)
        answer = self._answer(request)
        wrong = _description().answer_breaches(request.path, answer, request.method) if answer.status < 300 else []
        assert not wrong, wrong
        return answer

    def _answer(self, request: Request) -> Answer:
        if not request.path.startswith(_PREFIX):
            return Answer.json({"message": "Not Found"}, 404)
        match request.method, request.path.removeprefix(_PREFIX).strip("/").split("/"):
            case "GET", [""]:
                return Answer.json(self._repository())
            case _, ["issues", *_] if not self.has_issues:
                return Answer.json({"message": "Issues are disabled for this repo"}, 410)
            case "GET", ["issues"]:
                return self._list(request.query)
            case "POST" | "PATCH", _ if not self.issues_allowed:
                return Answer.json({"message": "Resource not accessible by personal access token"}, 403)
            case "POST", ["issues"]:
                return self._open(json.loads(request.body))
            case _, ["issues", number, *rest] if int(number) <= len(self.issues):
                return self._one(request, self.issues[int(number) - 1], rest)
        return Answer.json({"message": "Not Found"}, 404)

    def _one(self, request: Request, entry: Entry, rest: list[str]) -> Answer:
        match request.method, rest:
            case "GET", []:
                return Answer.json(self._shown(entry))
            case "PATCH", []:
                change = json.loads(request.body)
                entry.body = change.get("body", entry.body)
                self._set_state(entry, change.get("state", entry.state))
                return Answer.json(self._shown(entry))
            case "GET", ["comments"]:
                since = datetime.fromisoformat(request.query.get("since", ["1970-01-01T00:00:00Z"])[0])
                told = [self._comment(entry, one) for one, (moment, _) in enumerate(entry.comments) if moment >= since]
                return Answer.json(_page(told, request.query))
            case _:
                entry.comments.append((self.now, json.loads(request.body)["body"]))
                return Answer.json(self._comment(entry, len(entry.comments) - 1), 201)

    def _open(self, wanted: Mapping[str, Any]) -> Answer:
        if not wanted.get("title"):
            return Answer.json({"message": "Validation Failed"}, 422)
        labels = wanted.get("labels", []) if self.labels_allowed else []
        self.labels |= set(labels)
        return Answer.json(self._shown(self.write(wanted["title"], wanted.get("body", ""), tuple(labels))), 201)

    def _set_state(self, entry: Entry, state: str) -> None:
        if entry.state != state:
            entry.state, entry.closed_at = state, self.now if state == "closed" else None

    def _list(self, query: Mapping[str, list[str]]) -> Answer:
        label = query["labels"][0].casefold()
        listed = self.issues[: len(self.issues) - self.lists_late]
        found = [entry for entry in listed if label in (name.casefold() for name in entry.labels)]
        shown = [entry for entry in found if query["state"][0] in ("all", entry.state)]
        if query.get("direction") == ["desc"]:
            shown.reverse()
        return Answer.json(_page([self._shown(entry) for entry in shown], query))

    def _shown(self, entry: Entry) -> dict[str, Any]:
        url = f"{BASE_URL}{_PREFIX}/issues/{entry.number}"
        shown = {
            "id": entry.number, "node_id": f"I_{entry.number}", "number": entry.number, "url": url, "html_url": url,
            "repository_url": f"{BASE_URL}{_PREFIX}", "labels_url": f"{url}/labels{{/name}}", "comments_url": f"{url}/comments",
            "events_url": f"{url}/events", "title": entry.title, "body": entry.body, "state": entry.state, "locked": False,
            "labels": [{"id": 1, "name": name, "color": "ededed", "default": False} for name in entry.labels],
            "user": user(_ACCOUNT), "assignee": None, "milestone": None, "comments": len(entry.comments),
            "created_at": written(entry.created_at), "updated_at": written(self.now),
            "closed_at": written(entry.closed_at) if entry.closed_at else None, "author_association": "NONE",
        }  # fmt: skip
        urls = {"url": url, "html_url": url, "diff_url": url, "patch_url": url}
        return {**shown, "pull_request": urls} if entry.pull_request else shown

    def _comment(self, entry: Entry, place: int) -> dict[str, Any]:
        moment, body = entry.comments[place]
        url = f"{BASE_URL}{_PREFIX}/issues/comments/{place + 1}"
        issue = f"{BASE_URL}{_PREFIX}/issues/{entry.number}"
        times = {"created_at": written(moment), "updated_at": written(moment)}
        links = {"url": url, "html_url": url, "issue_url": issue, "node_id": f"C_{place}", "id": place + 1}
        return {**links, **times, "body": body, "user": user(_ACCOUNT), "author_association": "NONE"}

    def _repository(self) -> dict[str, Any]:
        """Every field that the description promises, with a value of its type, and those that matter here."""
        schema = recorded("tracking", _DESCRIPTION)["components"]["schemas"]["full-repository"]
        values = {name: _value(schema["properties"][name]) for name in schema["required"]}
        allowed = {"admin": False, "maintain": False, "push": False, "triage": self.labels_allowed, "pull": True}
        return {**values, "owner": user(_ACCOUNT), "has_issues": self.has_issues, "permissions": allowed}


_ACCOUNT = Account("planted-robot")
_VALUES: Mapping[str, Any] = {"boolean": False, "integer": 1, "string": "text"}
_FORMATS: Mapping[str, Any] = {"uri": BASE_URL, "date-time": written(NOW)}


def _value(schema: Mapping[str, Any]) -> Any:
    if schema.get("nullable") or "$ref" in schema:
        return None
    return _FORMATS.get(schema.get("format", ""), _VALUES[schema["type"]])


def _page(entries: list[Any], query: Mapping[str, list[str]]) -> list[Any]:
    size, page = int(query["per_page"][0]), int(query["page"][0])
    return entries[(page - 1) * size : page * size]


@cache
def _description() -> Description:
    return Description("tracking", BASE_URL, _DESCRIPTION)


class _DirectClient:
    def __init__(self, api: IssuesAPI) -> None:
        self._api = api
        self.meter = NullMeter()

    def get(self, url: str, *, auth: Auth, params: Mapping[str, str], **_: Any) -> Response:
        return self._sent("GET", url, auth, {name: [text] for name, text in params.items()}, b"")

    def post(self, url: str, *, json: Any, auth: Auth, **_: Any) -> Response:
        return self._sent("POST", url, auth, {}, _encoded(json))

    def patch(self, url: str, *, json: Any, auth: Auth, **_: Any) -> Response:
        return self._sent("PATCH", url, auth, {}, _encoded(json))

    def _sent(self, method: str, url: str, auth: Auth, query: dict[str, list[str]], body: bytes) -> Response:
        loss = self._api.losses.popleft() if self._api.losses and method != "GET" else None
        if loss == "killed before":
            raise Killed
        if loss == "request":
            raise UpstreamError(Reason.CONNECTION, "lost")
        path = url.removeprefix(BASE_URL)
        answer = self._api(Request(method, path, query, {"authorization": auth.authorization}, body))
        if loss == "killed after":
            raise Killed
        if loss == "answer":
            raise UpstreamError(Reason.TIMEOUT, "lost")
        if answer.status >= 300:
            raise UpstreamError(reason_of_status(answer.status), f"answered {answer.status}", answer.status)
        return Response(answer.status, {name.lower(): text for name, text in answer.headers.items()}, answer.body)


def _encoded(data: Any) -> bytes:
    return json.dumps(data).encode()


def direct_client(api: IssuesAPI) -> Client:
    """A client that hands each request to the API in this process, with the losses that it is told."""
    return cast(Client, _DirectClient(api))
