"""The REST side of the fake GitHub: it takes only what GitHub's published description has, and says only what that promises."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from support.github.accounts import LINKED_ADDRESSES, contributors, listed_comments, number_of, written
from support.github.alerts import Alert, listed_alert
from support.github.app import LIFETIME, App
from support.github.quota import Quota
from support.github.world import PLANTED, Comment, Repository
from support.openapi import Description
from support.upstream import Answer, Request

if TYPE_CHECKING:
    from support.github.server import FakeGitHub

__all__ = ["OPENAPI", "RestSide", "Traffic"]

OPENAPI = "openapi-23.0.2"
"""The file with the description."""
BASE_URL = "https://api.github.com"
MOST_ENTRIES = 100

_ALERTS = {
    "dependabot/alerts": "dependabot",
    "code-scanning/alerts": "code_scanning",
    "secret-scanning/alerts": "secret_scanning",
}
_CURSORS = frozenset({"dependabot/alerts"})
"""The lists that have no page numbers."""


@dataclass(eq=False)
class Traffic:
    """Views or clones of a repository: (count, uniques) of days, named by their UTC midnight, and of the 14 days together."""

    days: dict[datetime, tuple[int, int]] = field(default_factory=dict)
    together: tuple[int, int] = (0, 0)


class RestSide:
    """Answers REST requests for the repositories of a fake GitHub, which it becomes a part of.

    What a test may set at any moment:
    `traffic` by repository and kind (views, clones), `alerts` by repository, `edited` says when a comment was last changed;
    `failing` maps (name of a repository, path below it) to the answer that is given instead;
    `linked` is how many addresses of a repository are linked to accounts; `app` is the one App there is.
    What is asked that the description does not have is added to what the fake GitHub `refused`.
    """

    def __init__(self, github: "FakeGitHub", root: str = "") -> None:
        self.traffic: dict[tuple[Repository, str], Traffic] = {}
        self.alerts: dict[Repository, list[Alert]] = {}
        self.edited: dict[Comment, datetime] = {}
        self.failing: dict[tuple[str, str], Answer] = {}
        self.linked = LINKED_ADDRESSES
        self.app = App()
        # What takes long is made before somebody waits for an answer.
        _description()
        self._quotas: dict[str, Quota] = {}
        self._github = github
        self._root = root
        github.rest = self

    def __call__(self, request: Request) -> Answer:
        if not request.path.startswith(f"{self._root}/"):
            return _refusal(404)
        asked = replace(request, path=self._named(request.path.removeprefix(self._root)))
        breaches = _description().request_breaches(asked)
        if breaches:
            self._github.refused += [f"{asked.method} {asked.path}: {breach}" for breach in breaches]
            return _refusal(404)
        answer = self._answer(asked)
        if answer.status < 300 and not any(answer is given for given in self.failing.values()):
            wrong = _description().answer_breaches(asked.path, answer, asked.method)
            assert not wrong, wrong
        return answer

    def _answer(self, request: Request) -> Answer:
        kind, *parts = request.path.strip("/").split("/")
        if kind == "app" or parts[-1] == "installation":
            return self._to_the_app(request, parts)
        if self._github.quota_of(request) is None:
            return _refusal(401)
        repository = self._github.find("/".join(parts[:2]))
        below = "/".join(parts[2:])
        if repository is None:
            return _refusal(404)
        if repository.name.casefold() != "/".join(parts[:2]).casefold():
            moved = f"{self._url(request)}{self._root}/repositories/{number_of(repository.id)}/{below}"
            query = urlencode({name: texts[0] for name, texts in request.query.items()})
            return Answer.json({"message": "Moved Permanently"}, 301, {"Location": f"{moved}?{query}" if query else moved})
        failure = self.failing.get((repository.name, below))
        return failure or self._counted(request, lambda: self._of_repository(request, repository, below))

    def _of_repository(self, request: Request, repository: Repository, below: str) -> Answer:
        wanted = {name: texts[0] for name, texts in request.query.items()}
        url = f"{BASE_URL}{request.path}"
        if below.startswith("traffic/"):
            return Answer.json(_traffic(self.traffic.get((repository, below.removeprefix("traffic/")), Traffic()), below))
        if below == "contributors":
            people = contributors(repository, anonymous=wanted.get("anon") in ("1", "true"), linked=self.linked)
            return self._page(request, repository, people) if repository.commits else Answer(204)
        if below == "issues/comments":
            return self._page(request, repository, listed_comments(repository, url, wanted, self.edited))
        with_secret = wanted.get("hide_secret") != "true"
        raised = [alert for alert in self.alerts.get(repository, ()) if alert.tool == _ALERTS[below]]
        newest_first = sorted(raised, key=lambda alert: (alert.created_at, alert.number), reverse=True)
        return self._page(request, repository, [listed_alert(alert, url, with_secret=with_secret) for alert in newest_first])

    def _page(self, request: Request, repository: Repository, entries: Sequence[Any]) -> Answer:
        """A part of a list, with links to the pages around it that name the repository by its number."""
        wanted = {name: texts[0] for name, texts in request.query.items()}
        below = "/".join(request.path.split("/")[4:])
        size = min(int(wanted.get("per_page", 30)), MOST_ENTRIES)
        if below in _CURSORS:
            start = int(wanted.get("after", "c0").removeprefix("c"))
            following = {"after": f"c{start + size}"}
        else:
            number = int(wanted.get("page", 1))
            start = (number - 1) * size
            following = {"page": str(number + 1)}
        links = {}
        if start + size < len(entries):
            url = f"{self._url(request)}{self._root}/repositories/{number_of(repository.id)}/{below}"
            links = {"Link": f'<{url}?{urlencode(wanted | following)}>; rel="next", <{url}>; rel="first"'}
        return Answer.json(entries[start : start + size], headers=links)

    def _counted(self, request: Request, answer: Callable[[], Answer]) -> Answer:
        """An answer at the expense of the token, or without cost where it is the one that the client has already."""
        token = request.headers["authorization"]
        quota = self._quotas.setdefault(token, Quota())
        quota.renew(self._github.now)
        if quota.remaining == 0:
            return _refusal(403, quota.headers("core"))
        given = answer()
        tag = f'"{hashlib.sha256(token.encode() + given.body).hexdigest()}"'
        if request.headers.get("if-none-match") == tag:
            return Answer(304, headers={"ETag": tag, **quota.headers("core")})
        quota.spend(1)
        return replace(given, headers={**given.headers, "ETag": tag, **quota.headers("core")})

    def quota_of(self, token: str) -> Quota:
        """What a token may still ask over REST, which is counted apart."""
        return self._quotas.setdefault(f"Bearer {token}", Quota())

    def _to_the_app(self, request: Request, parts: Sequence[str]) -> Answer:
        """What only the App itself may ask, with a proof instead of a token."""
        now = self._github.now
        if not self.app.proves_itself(request.headers.get("authorization", ""), now):
            return _refusal(401)
        named = [self.app.owner.login.casefold(), "installations"]
        if parts[0].casefold() not in named or (parts[0] == "installations" and parts[1] != str(self.app.installation_id)):
            return _refusal(404)
        if request.method == "GET":
            return Answer.json(self.app.installation(BASE_URL))
        if self.app.suspended:
            return _refusal(403)
        token = self.app.new_token(json.loads(request.body or b"{}"), now)
        if token is None:
            return _refusal(422)
        self._github.tokens[token["token"]] = Quota(ends=now + LIFETIME)
        return Answer.json(token, 201)

    def _named(self, path: str) -> str:
        """A path that names a repository by its number as one that names it by its name."""
        kind, number, *rest = path.strip("/").split("/")
        if kind != "repositories":
            return path
        found = next((known for known in self._github.repositories if str(number_of(known.id)) == number), None)
        return "/".join(["/repos", found.name if found else f"nobody/{number}", *rest])

    def _url(self, request: Request) -> str:
        return f"http://{request.headers['host']}" if "host" in request.headers else BASE_URL


@cache
def _description() -> Description:
    return Description("github", BASE_URL, OPENAPI)


def _traffic(traffic: Traffic, below: str) -> dict[str, Any]:
    days = [
        {"timestamp": written(day), "count": count, "uniques": uniques} for day, (count, uniques) in sorted(traffic.days.items())
    ]
    return {"count": traffic.together[0], "uniques": traffic.together[1], below.removeprefix("traffic/"): days}


def _refusal(status: int, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer.json({"message": f"No for {PLANTED}", "documentation_url": "https://docs.github.com/rest"}, status, headers)
