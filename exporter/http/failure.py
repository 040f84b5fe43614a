"""What became of a request that brought no usable answer: a reason from the closed set, and a text that gives nothing away."""

from urllib.parse import quote, urlsplit

import requests
import urllib3.exceptions

from exporter.errors import Reason

__all__ = ["place", "reason_of_error", "reason_of_status", "saying"]

_BY_STATUS = {
    401: Reason.AUTH,
    403: Reason.AUTH,
    404: Reason.NOT_FOUND,
    410: Reason.NOT_FOUND,
    451: Reason.NOT_FOUND,
    429: Reason.RATE_LIMITED,
}

_SAYING = {
    Reason.TIMEOUT: "took too long",
    Reason.CONNECTION: "failed: the connection could not be made or broke",
    Reason.TLS: "failed: no trustworthy TLS connection could be made",
    Reason.TOO_LARGE: "answered more than may be read",
    Reason.MALFORMED: "answered what cannot be decoded",
    Reason.CLIENT_ERROR: "could not be sent: its URL or one of its headers is not valid",
}


def reason_of_status(status: int) -> Reason:
    """The reason for an HTTP status that is no success."""
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status >= 500:
        return Reason.SERVER_ERROR
    if status >= 400:
        return Reason.CLIENT_ERROR
    return Reason.REDIRECT if 300 <= status < 400 and status != 304 else Reason.MALFORMED


def reason_of_error(error: Exception) -> Reason:
    """The reason for an error that requests, urllib3 or the standard library raised while a request was under way."""
    if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError | TimeoutError):
        return Reason.TIMEOUT
    if isinstance(error, requests.exceptions.SSLError | urllib3.exceptions.SSLError):
        return Reason.TLS
    if isinstance(error, requests.exceptions.ContentDecodingError | urllib3.exceptions.DecodeError):
        return Reason.MALFORMED
    if isinstance(error, requests.exceptions.ChunkedEncodingError | requests.ConnectionError):
        # While a body is read, requests gives a timeout as a connection error around it.
        return Reason.TIMEOUT if _around_a_timeout(error) else Reason.CONNECTION
    if isinstance(error, ValueError):
        # What requests refuses to send (its errors of that kind are ValueErrors too), and what has no encoding.
        return Reason.CLIENT_ERROR
    return Reason.CONNECTION


def saying(reason: Reason, status: int | None) -> str:
    """What became of the request, to follow its method and URL."""
    if status is None:
        return _SAYING.get(reason, "failed")
    return f"answered {status}" + (", a redirect that is not followed" if reason is Reason.REDIRECT else "")


def place(url: str) -> str:
    """A URL as it may be shown: scheme, host, port and path only."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "(an unusable URL)"
    if not parts.hostname:
        return "(an unusable URL)"
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return quote(f"{parts.scheme}://{host}{port}{parts.path}", safe=":/@%[]~!$&'()*+,;=")


def _around_a_timeout(error: Exception) -> bool:
    return any(isinstance(inner, urllib3.exceptions.TimeoutError | TimeoutError) for inner in error.args)
