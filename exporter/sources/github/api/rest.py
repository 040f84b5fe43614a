"""Asks GitHub's REST API for what GraphQL does not give."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

__all__ = ["Rest"]


class Rest(Protocol):
    """The REST API as the configured token sees it, for the time of one refresh."""

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        """The JSON of one answer to GET `path` (such as `/repos/o/r/traffic/views`), None where GitHub answers 204.

        Asks again only if it changed where the answer holds no personal data. Raises UpstreamError.
        """

    def pages(self, path: str, params: Mapping[str, str] | None = None, *, personal: bool = False) -> Iterator[Any]:
        """The entries of a list, over all its pages by their `Link` headers; answers with `personal` data are never kept.

        Raises UpstreamError, MALFORMED among them where a page is no list or leads to another host.
        """
