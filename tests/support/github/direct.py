"""Tools whose client hands each query to a handler in this process: no network, for tests that ask thousands of times."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from exporter.http import Client, Response
from exporter.sources.base import Tools
from support.upstream import Handler, Request

__all__ = ["direct_tools"]


class _DirectClient:
    def __init__(self, handler: Handler) -> None:
        self._handler = handler

    def post(self, url: str, *, json: Any, headers: Mapping[str, str], retries: int | None = None) -> Response:
        sent = {name.lower(): value for name, value in headers.items()}
        answer = self._handler(Request("POST", "/graphql", {}, sent, _encoded(json)))
        assert answer.status == 200, "a client raises for other answers; use a real one"
        return Response(200, {name.lower(): value for name, value in answer.headers.items()}, answer.body)


def _encoded(data: Any) -> bytes:
    return json.dumps(data).encode()


def direct_tools(handler: Handler) -> Tools:
    """Tools for a source that only sends queries, every one of which the handler answers with status 200."""
    return Tools(cast(Client, _DirectClient(handler)), Path())
