"""Descriptions of services in OpenAPI, and what in a request or an answer does not keep to them."""

from urllib.parse import urlsplit

from openapi_core import OpenAPI
from openapi_core.testing import MockRequest, MockResponse

from support.contract import recorded
from support.upstream import Answer, Request

__all__ = ["Description"]


class Description:
    """The file openapi.json of an area, or another `name`, held against what a source asks of a service and what that answers.

    The upstream of a test stands in for `base_url`, the address that the source asks by default.
    Raises an error of the library for a file that is no valid description.
    """

    def __init__(self, area: str, base_url: str, name: str = "openapi") -> None:
        self._api = OpenAPI.from_dict(recorded(area, name))
        parts = urlsplit(base_url)
        self._host, self._folder = f"{parts.scheme}://{parts.netloc}", parts.path

    def request_breaches(self, request: Request) -> list[str]:
        """What is wrong with a request: its address, its method, its parameters, or who may send it."""
        path = self._folder + request.path
        asked = MockRequest(
            self._host, request.method, path, args=request.query, headers=dict(request.headers), data=request.body or None
        )
        result = self._api.unmarshal_request(asked)
        if result.errors:
            return [str(error) for error in result.errors]
        # The library is as lenient as a service here: it passes over unknown parameters and takes "yes" for a boolean.
        understood, breaches = result.parameters.query, []
        for name, texts in request.query.items():
            if name not in understood:
                breaches.append(f"no such query parameter: {name}")
            elif isinstance(understood[name], bool) and texts not in (["true"], ["false"]):
                breaches.append(f"neither true nor false: {name}")
        return breaches

    def answer_breaches(self, path: str, answer: Answer, method: str = "GET") -> list[str]:
        """What is wrong with an answer to a request for a path: its status, its type, or what it holds."""
        asked = MockRequest(self._host, method, self._folder + path)
        given = MockResponse(answer.body, answer.status, content_type=answer.headers.get("Content-Type", ""))
        return [str(error) for error in self._api.unmarshal_response(asked, given).errors]
