"""Asks GitHub's REST API for what GraphQL does not give."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit

from pydantic import ConfigDict
from requests.utils import parse_header_links

from exporter.errors import RateLimited, Reason, UpstreamError
from exporter.http import Client, Params, Response
from exporter.http.redirect import origin
from exporter.sources.github.api.answer import Answer
from exporter.sources.github.api.credentials import Clock, Credentials
from exporter.sources.github.api.planner import CORE

__all__ = ["HEADERS", "MOST_PAGES", "Rest", "RestAnswer"]

_PAGE = 100
"""Entries of a page: as many as GitHub gives."""
MOST_PAGES = 500
"""Pages of one list that are read: 50,000 entries."""

HEADERS: Mapping[str, str] = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
"""What goes with every request, so that answers keep the form of one version of the API."""
_STILL_COMPUTED = 202
_NOTHING = 204


class RestAnswer(Answer):
    """A part of an answer of the REST API, whose names are in snake case."""

    model_config: ClassVar[ConfigDict] = ConfigDict(alias_generator=None)


class Rest:
    """The REST API below `root` as credentials see it, which take turns request by request.

    Errors name what was asked for, never where GitHub led from there. `asked` counts the requests so far.
    """

    def __init__(self, client: Client, root: str, credentials: Credentials, now: Clock) -> None:
        self._client = client
        self._root = root
        self._credentials = credentials
        self._now = now
        self.asked = 0

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        """The JSON of one answer to GET `path` (such as `/repos/o/r/traffic/views`), None where GitHub answers 204.

        The answer is kept, and asked for again only if it changed, so it must not hold personal data. Raises UpstreamError: AUTH
        for 403, NOT_FOUND for 404, 410 and 451, TIMEOUT for 202, with which GitHub says that it has yet to compute the answer.
        """
        return _content(self._ask(self._root + path, params, conditional=True))

    def pages(self, path: str, params: Mapping[str, str] | None = None, *, personal: bool = False) -> Iterator[Any]:
        """The entries of a list, over all its pages by their `Link` headers; answers with `personal` data are never kept.

        Raises UpstreamError as `get` does; MALFORMED among them where a page is no list, leads back or to another host, and
        TOO_LARGE where there are more than MOST_PAGES.
        """
        url: str | None = self._root + path
        wanted: Params | None = {"per_page": str(_PAGE), **(params or {})}
        seen: set[str] = set()
        while url is not None:
            if url in seen:
                raise UpstreamError(Reason.MALFORMED, f"GET {self._root}{path} led back to a page that has been read")
            if len(seen) == MOST_PAGES:
                raise UpstreamError(
                    Reason.TOO_LARGE, f"GET {self._root}{path} has more than the {MOST_PAGES} pages that are read"
                )
            seen.add(url)
            try:
                response = self._ask(url, wanted, conditional=not personal)
                entries = _content(response)
            except UpstreamError as error:
                if len(seen) == 1:
                    raise
                raise self._of_page(path, len(seen), error) from None
            if response.status == _NOTHING:
                return
            if not isinstance(entries, list):
                raise UpstreamError(Reason.MALFORMED, f"GET {self._root}{path} answered no list")
            yield from entries
            # The address of a further page says all that was asked, in GitHub's own words.
            url, wanted = self._next(path, response), None

    def _ask(self, url: str, params: Params | None, *, conditional: bool) -> Response:
        self.asked += 1
        return self._credentials.ask(
            CORE,
            self._client,
            self._now,
            lambda auth: self._client.get(url, params=params, headers=HEADERS, auth=auth, conditional=conditional),
        )

    def _next(self, path: str, response: Response) -> str | None:
        """Where the next page is, None on the last one; GitHub may name the repository by its number there."""
        links = parse_header_links(response.headers.get("link", ""))
        url = next((link["url"] for link in links if link.get("rel") == "next"), None)
        if url is None or _same_origin(url, self._root):
            return url
        raise UpstreamError(Reason.MALFORMED, f"GET {self._root}{path} led to a page on another host")

    def _of_page(self, path: str, number: int, error: UpstreamError) -> UpstreamError:
        """The error of a further page, in words that leave out its address, because GitHub wrote that."""
        text = f"page {number} of GET {self._root}{path} could not be had: {error.reason}"
        if isinstance(error, RateLimited):
            return RateLimited(text, error.until, error.quota)
        return UpstreamError(error.reason, text, error.status)


def _content(response: Response) -> Any:
    if response.status == _STILL_COMPUTED:
        raise UpstreamError(Reason.TIMEOUT, f"{response.asked} is still being computed")
    return None if response.status == _NOTHING else response.json()


def _same_origin(url: str, root: str) -> bool:
    try:
        return origin(url) == origin(root) and "@" not in urlsplit(url).netloc
    except ValueError:
        return False
