"""Where a redirect may lead: never to where a secret must not go, never back to plain HTTP. Pure."""

from collections.abc import Iterable
from urllib.parse import urldefrag, urljoin, urlsplit

__all__ = ["REDIRECTS", "origin", "target"]

REDIRECTS = 5
"""Redirects followed before giving up."""

_STATUSES = frozenset({301, 302, 303, 307, 308})
_KEEP_THE_METHOD = frozenset({307, 308})
_PORTS = {"http": 80, "https": 443}
_HARMLESS = frozenset({"accept", "accept-language", "content-type", "user-agent"})


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of a URL; raises ValueError where it has none."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("no http or https URL")
    return parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme]


def target(method: str, url: str, headers: Iterable[str], status: int | None, location: str | None) -> str | None:
    """The URL that a redirect leads to, None where it must not be followed.

    `headers` are the names of those that the caller gave: another origin may hold somebody else's server, so with any that may
    carry a secret (Authorization, API keys) only the same origin will do. A POST is followed only where it stays a POST.
    """
    if status not in _STATUSES or not location or (method != "GET" and status not in _KEEP_THE_METHOD):
        return None
    try:
        aim = urldefrag(urljoin(url, location.encode("latin-1").decode())).url
        here, there = origin(url), origin(aim)
        named = urlsplit(aim).username is not None or urlsplit(aim).password is not None
    except ValueError:
        return None
    if named or (here[0] == "https" and there[0] != "https"):
        return None
    if here != there and not all(name.lower() in _HARMLESS for name in headers):
        return None
    return aim
