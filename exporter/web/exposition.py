"""The answer to a scrape."""

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from exporter.web.negotiation import accepts_gzip, wanted_format
from exporter.web.page import Page
from exporter.web.routes import Answer

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

__all__ = ["exposition"]


def exposition(page: Page, environ: "WSGIEnvironment") -> Answer:
    """A page in the format and encoding that a request asks for, or those families of it that the request names."""
    form = wanted_format(environ.get("HTTP_ACCEPT", ""))
    compressed = accepts_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))
    names = parse_qs(environ.get("QUERY_STRING", "")).get("name[]", ())
    body = page.body(form, compressed=compressed, names=names)
    encoding = (("Content-Encoding", "gzip"),) if compressed else ()
    return Answer(HTTPStatus.OK, body, (("Vary", "Accept, Accept-Encoding"), *encoding), form.value)
