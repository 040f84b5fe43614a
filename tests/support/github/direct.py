"""Tools whose client hands each query to a handler in this process: no network, for tests that ask thousands of times."""

import json
from pathlib import Path
from typing import Any, cast

from exporter.errors import Reason, UpstreamError
from exporter.http import Auth, Client, NullMeter, Response
from exporter.sources.base import Tools
from support.tools import NOW
from support.upstream import Handler, Request

__all__ = ["direct_tools"]


class _DirectClient:
    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self.meter = NullMeter()

    def post(self, url: str, *, json: Any, auth: Auth, retries: int | None = None) -> Response:
        answer = self._handler(Request("POST", "/graphql", {}, {"authorization": auth.authorization}, _encoded(json)))
        if answer.status == 502:
            raise UpstreamError(Reason.SERVER_ERROR, "it was too much", answer.status)
        assert answer.status == 200, "a client raises for other answers; use a real one"
        return Response(200, {name.lower(): value for name, value in answer.headers.items()}, answer.body)


def _encoded(data: Any) -> bytes:
    return json.dumps(data).encode()


def direct_tools(handler: Handler) -> Tools:
    """Tools for a source that only sends queries, every one of which the handler answers with status 200."""
    return Tools(cast(Client, _DirectClient(handler)), Path(), clock=lambda: NOW)
