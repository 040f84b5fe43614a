"""Reads what GitHub's REST API tells of a repository: without a token as far as it is public, a few requests in all."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from functools import partial
from typing import Any, TypeVar

from requests.utils import parse_header_links

from exporter.errors import KpiExporterError, RateLimited, Reason, UpstreamError
from exporter.http import Auth, Client, Response
from exporter.sources.github.api.rest import HEADERS
from exporter.sources.github.config import GitHubConfig
from exporter.starter.known import Repository, Suggestion
from exporter.starter.manifests import MANIFESTS, MODULE, go_module, package_name
from exporter.starter.wish import repository_name

__all__ = ["ROOT", "GitHub"]

ROOT: str = GitHubConfig.model_fields["base_url"].default
"""The API of github.com."""

_RAW = {**HEADERS, "Accept": "application/vnd.github.raw+json"}
_NOTHING = 204
_LABELS = 100
"""Labels of a page: as many as GitHub gives."""
_MOST_PAGES = 5
"""Pages of labels that are read; hardly a repository has more."""
_LARGEST = 2**31 - 1
_PUBLIC_LIMIT = "GitHub takes 60 requests an hour from those who give no token"
_PAGE = re.compile(r"[?&]page=([0-9]{1,9})(?:&|$)")
"""The number of a page in its address."""
_LICENSE = re.compile(r"[A-Za-z0-9.+-]{1,40}")
_ADDRESS = re.compile(r"https?://[!-?A-~]{1,200}")
"""A page, without a user name or an odd character in its address."""
_TOPIC = re.compile(r"[a-z0-9-]{1,50}")

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class GitHub:
    """The REST API below `root`, asked with a token where there is one."""

    client: Client
    root: str
    token: str | None = None

    def repository(self, name: str) -> Repository:
        """What GitHub tells of a repository, by owner/name; what it does not tell is in the notes.

        Raises KpiExporterError with a sentence where the repository itself cannot be read.
        """
        try:
            answer = self.get(f"/repos/{name}").json()
            return _Reading(self, answer, _name(answer)).repository()
        except UpstreamError as error:
            raise KpiExporterError(self._sentence(name, error)) from None

    def get(self, path: str, params: Mapping[str, str] | None = None, headers: Mapping[str, str] = HEADERS) -> Response:
        """An answer to GET `path`; raises UpstreamError."""
        auth = Auth(f"Bearer {self.token}", "token") if self.token else None
        # Answers may hold names of people: they are never kept.
        return self.client.get(self.root + path, params=params, headers=headers, auth=auth, conditional=False)

    def _sentence(self, name: str, error: UpstreamError) -> str:
        """Why a repository could not be read, and what to do about it."""
        another = "" if self.token else "; one that is not public needs a token, see --github.token-file"
        if isinstance(error, RateLimited):
            when = f" after {error.until.astimezone(UTC):%H:%M} UTC" if error.until else " later"
            spent = "the quota of the token is spent" if self.token else f"{_PUBLIC_LIMIT}, and these are spent"
            way = "" if self.token else "give one by --github.token-file, or "
            return f"{name} could not be looked up: {spent}; {way}try again{when}"
        match error.reason:
            case Reason.NOT_FOUND:
                return f"GitHub has no repository {name}, or does not show it{' to this token' if self.token else ''}{another}"
            case Reason.AUTH if self.token and error.status == 401:
                return "GitHub refuses the token; copy it again or make a new one"
            case Reason.AUTH:
                return f"GitHub does not let {'this token' if self.token else 'everybody'} read {name}{another}"
            case Reason.TIMEOUT | Reason.CONNECTION | Reason.TLS:
                return f"GitHub cannot be reached: {error}"
            case _:
                return f"{name} could not be looked up: {error}"


class _Reading:
    """One repository: the answer to the question about it, and what else is asked for."""

    def __init__(self, github: GitHub, answer: Mapping[str, Any], name: str) -> None:
        self._github = github
        self._answer = answer
        self._name = name
        self._notes: list[str] = []
        self._suggestions: list[Suggestion] = []
        self._module: str | None = None

    def repository(self) -> Repository:
        answer = self._answer
        pulls = self._tried("open pull requests", lambda: self._count("/pulls", {"state": "open"}))
        opened = _number(answer, "open_issues_count")
        self._read_manifests()
        spdx = answer["license"].get("spdx_id") if isinstance(answer.get("license"), dict) else None
        topics, url = answer.get("topics"), answer.get("html_url")
        return Repository(
            name=self._name,
            url=url if isinstance(url, str) and _ADDRESS.fullmatch(url) else f"https://github.com/{self._name}",
            stars=_number(answer, "stargazers_count"),
            forks=_number(answer, "forks_count"),
            # What GitHub calls open issues are issues and pull requests.
            open_issues=None if pulls is None else max(opened - pulls, 0),
            open_pull_requests=pulls,
            contributors=self._tried("contributors", lambda: self._count("/contributors", {"anon": "1"})),
            has_issues=answer.get("has_issues") is not False,
            archived=answer.get("archived") is True,
            public=answer.get("private") is False,
            license=spdx if isinstance(spdx, str) and _LICENSE.fullmatch(spdx) and spdx != "NOASSERTION" else None,
            homepage=_text(answer.get("homepage"), "http"),
            default_branch=_text(answer.get("default_branch")),
            topics=[name for name in topics if isinstance(name, str) and _TOPIC.fullmatch(name)]
            if isinstance(topics, list)
            else (),
            labels=self._tried("labels", self._labels),
            module=self._module,
            suggestions=self._suggestions,
            notes=self._notes,
        )

    def _tried(self, what: str, read: Callable[[], Read]) -> Read | None:
        """What can be read, else None and a note."""
        try:
            return read()
        except UpstreamError as error:
            self._notes.append(f"the {what} of {self._name} could not be had: {_reason(error)}")
            return None

    def _get(self, path: str, params: Mapping[str, str] | None = None, headers: Mapping[str, str] = HEADERS) -> Response:
        return self._github.get(f"/repos/{self._name}{path}", params, headers)

    def _count(self, path: str, params: Mapping[str, str]) -> int:
        """How many entries a list has: the number of its last page where a page has one entry."""
        response = self._get(path, {**params, "per_page": "1"})
        if response.status == _NOTHING:
            return 0
        for link in parse_header_links(response.headers.get("link", "")):
            if link.get("rel") == "last" and (page := _PAGE.search(link.get("url", ""))):
                return int(page[1])
        return len(_list(response))

    def _labels(self) -> list[str]:
        entries: list[Any] = []
        for page in range(1, _MOST_PAGES + 1):
            entries += _list(self._get("/labels", {"per_page": str(_LABELS), "page": str(page)}))
            if len(entries) < page * _LABELS:
                break
        names = [entry.get("name") for entry in entries if isinstance(entry, dict)]
        return [name for name in names if isinstance(name, str) and name.strip() and name.isprintable()]

    def _read_manifests(self) -> None:
        """Looks which manifests lie in the root of the default branch, and what they call their packages."""
        for file in self._tried("files", self._files) or ():
            text = self._tried(f"file {file}", partial(self._manifest, file))
            if text is not None and file == MODULE:
                self._module = go_module(text)
            elif text is not None and (name := package_name(file, text)) is not None:
                self._suggestions.append(Suggestion(MANIFESTS[file], name, file))

    def _files(self) -> list[str]:
        try:
            entries = _list(self._get("/contents/"))
        except UpstreamError as error:
            if error.reason is Reason.NOT_FOUND:
                # So GitHub answers for a repository without a commit.
                return []
            raise
        present = {entry.get("name") for entry in entries if isinstance(entry, dict) and entry.get("type") == "file"}
        return [name for name in (*MANIFESTS, MODULE) if name in present]

    def _manifest(self, file: str) -> str:
        # Some editors put a byte order mark before the text.
        return self._get(f"/contents/{file}", headers=_RAW).body.decode("utf-8-sig", errors="replace")


def _name(answer: Any) -> str:
    """The name of the repository as GitHub writes it now, which differs from the one asked for where it was renamed."""
    try:
        return repository_name(answer["full_name"])
    except (TypeError, KeyError, ValueError):
        raise _malformed() from None


def _number(answer: Mapping[str, Any], key: str) -> int:
    number = answer.get(key)
    if type(number) is not int or not 0 <= number <= _LARGEST:
        raise _malformed()
    return number


def _list(response: Response) -> list[Any]:
    entries = response.json()
    if not isinstance(entries, list):
        raise _malformed()
    return entries


def _text(value: Any, begin: str = "") -> str | None:
    """A short text without control characters that begins so, else None."""
    usable = isinstance(value, str) and value.isprintable() and 0 < len(value) <= 200
    return value if usable and value.startswith(begin) else None


def _reason(error: UpstreamError) -> str:
    return _PUBLIC_LIMIT if isinstance(error, RateLimited) else str(error)


def _malformed() -> UpstreamError:
    return UpstreamError(Reason.MALFORMED, "GitHub's answer is not what its API promises")
