"""The issues of one repository, over GitHub's REST API.

Source: docs.github.com, "REST API endpoints for issues" and "REST API endpoints for issue comments".
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from exporter.config.github_issues import GitHubIssues
from exporter.errors import Reason, UpstreamError
from exporter.http import Auth, Client
from exporter.sources.github.api.answer import Count, Moment, read
from exporter.sources.github.api.rest import HEADERS, RestAnswer
from exporter.tracking.marker import Marker, marker_in

__all__ = ["Issue", "Issues", "Repository"]

_PAGE = 100
"""Entries of a page: as many as GitHub gives."""
_MOST_PAGES = 50


class Label(RestAnswer):
    """A label of an issue."""

    name: str | None = None


class Issue(RestAnswer):
    """An issue as far as it matters here; in lists GitHub counts pull requests among them."""

    number: Count
    state: Literal["open", "closed"]
    body: str | None = None
    closed_at: Moment | None = None
    labels: tuple[Label | str, ...] = Field(strict=False)
    pull_request: Mapping[str, Any] | None = None

    @property
    def marker(self) -> Marker | None:
        """What the issue remembers of its alert."""
        return marker_in(self.body or "")

    def has_label(self, name: str) -> bool:
        """Whether the issue carries a label; case does not matter."""
        names = (label if isinstance(label, str) else label.name or "" for label in self.labels)
        return name.casefold() in (one.casefold() for one in names)


class Comment(RestAnswer):
    """A comment on an issue."""

    body: str | None = None


class Repository(RestAnswer):
    """What the credentials see of the repository, and may do there."""

    has_issues: bool
    archived: bool
    permissions: Mapping[str, bool] | None = None


class Issues:
    """The issues of the configured repository; every call is one request or a few, none is repeated.

    `allow` is called before each request and may raise. Raises UpstreamError, RateLimited among them: AUTH and NOT_FOUND where
    the token may not do it, or the repository or its issues are not there.
    """

    def __init__(self, client: Client, config: GitHubIssues, allow: Callable[[], None] = lambda: None) -> None:
        self._client = client
        self._auth = Auth(f"Bearer {config.token.get_secret_value()}", "github-issues")
        self._label = config.labels[0]
        self._allow = allow
        self.place = f"{config.base_url}/repos/{config.repository}"

    def repository(self) -> Repository:
        """The repository itself."""
        return read(Repository, self._get(self.place, {}))

    def tracking(self) -> Iterator[Issue]:
        """Every issue with the label of tracking issues, open or closed, the oldest first."""
        # Issues are only ever added at the end of this order, so that pages do not shift while they are read.
        wanted = {"labels": self._label, "state": "all", "sort": "created", "direction": "asc"}
        for entry in self._pages(f"{self.place}/issues", wanted):
            issue = read(Issue, entry)
            if issue.pull_request is None:
                yield issue

    def issue(self, number: int) -> Issue | None:
        """The issue of that number, None where it was deleted or moved elsewhere."""
        try:
            issue = read(Issue, self._get(f"{self.place}/issues/{number}", {}))
        except UpstreamError as error:
            if error.reason is Reason.NOT_FOUND:
                return None
            raise
        return issue if issue.number == number else None

    def comments(self, number: int, since: datetime) -> Iterator[str]:
        """The texts of the comments on an issue that were written or changed from a moment on."""
        for entry in self._pages(f"{self.place}/issues/{number}/comments", {"since": since.strftime("%Y-%m-%dT%H:%M:%SZ")}):
            yield read(Comment, entry).body or ""

    def open(self, title: str, body: str, labels: Sequence[str]) -> Issue:
        """Opens an issue; GitHub makes labels that it does not have, and drops all where the token may not set any."""
        return read(Issue, self._post(f"{self.place}/issues", {"title": title, "body": body, "labels": [*labels]}))

    def comment(self, number: int, body: str) -> None:
        """Comments on an issue."""
        self._post(f"{self.place}/issues/{number}/comments", {"body": body})

    def change(self, number: int, state: Literal["open", "closed"], body: str) -> None:
        """Opens or closes an issue, and replaces its text."""
        self._allow()
        change = {"state": state, "body": body}
        self._client.patch(f"{self.place}/issues/{number}", json=change, headers=HEADERS, auth=self._auth)

    def may_write(self) -> bool:
        """Whether the token may write issues, found out by one without a title, which GitHub takes from nobody."""
        try:
            self._post(f"{self.place}/issues", {})
        except UpstreamError as error:
            if error.reason is Reason.CLIENT_ERROR:
                return True
            if error.reason is Reason.AUTH or error.reason is Reason.NOT_FOUND:
                return False
            raise
        return True

    def _pages(self, url: str, params: Mapping[str, str]) -> Iterator[Any]:
        for page in range(1, _MOST_PAGES + 1):
            entries = self._get(url, {**params, "per_page": str(_PAGE), "page": str(page)})
            if not isinstance(entries, list):
                raise UpstreamError(Reason.MALFORMED, f"GET {url} answered no list")
            yield from entries
            if len(entries) < _PAGE:
                return
        raise UpstreamError(Reason.TOO_LARGE, f"GET {url} has more than the {_MOST_PAGES} pages that are read")

    def _get(self, url: str, params: Mapping[str, str]) -> Any:
        self._allow()
        # What people wrote is not to be kept, and what is kept may be old.
        answer = self._client.get(url, params=params, headers=HEADERS, auth=self._auth, conditional=False, retries=0)
        return answer.json()

    def _post(self, url: str, data: Mapping[str, Any]) -> Any:
        self._allow()
        return self._client.post(url, json=data, headers=HEADERS, auth=self._auth, retries=0).json()
