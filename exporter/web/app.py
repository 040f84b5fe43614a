"""The endpoints of the exporter as a WSGI application: it hands over what others prepared."""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from exporter.errors import KpiExporterError
from exporter.web.exposition import exposition
from exporter.web.landing import CONTENT_SECURITY_POLICY, landing_page
from exporter.web.page import Page
from exporter.web.routes import Answer, Route, Routes

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

__all__ = ["App", "Backend"]


class Backend(Protocol):
    """What the application serves."""

    def page(self) -> Page:
        """The latest exposition."""

    def config_text(self) -> str:
        """The configuration in use as YAML, secrets shown as `<secret>`."""

    def healthy(self) -> bool:
        """Whether what is served is kept up to date."""

    def ready(self) -> bool:
        """Whether each source has been tried once."""

    def reload(self) -> None:
        """Reads the configuration again; raises KpiExporterError with the reason when the old one stays in use."""


class App(Routes):
    """Serves a backend under a prefix ("" for the root); `external_url`, where given, is what the root redirects to.

    `more` are endpoints of others, by their paths below the prefix.
    """

    def __init__(
        self,
        backend: Backend,
        *,
        prefix: str = "",
        external_url: str | None = None,
        more: Mapping[str, Route] = MappingProxyType({}),
    ) -> None:
        self._backend = backend
        routes = {
            f"{prefix}/": Route(self._landing),
            f"{prefix}/metrics": Route(self._metrics),
            f"{prefix}/config": Route(self._config),
            f"{prefix}/-/healthy": Route(self._healthy),
            f"{prefix}/-/ready": Route(self._ready),
            f"{prefix}/-/reload": Route(self._reload, ("POST",)),
            **{f"{prefix}{path}": route for path, route in more.items()},
        }
        if prefix:
            home = (("Location", external_url or f"{prefix}/"),)
            redirect = Route(lambda _: Answer(HTTPStatus.FOUND, b"", home))
            routes |= {"/": redirect, prefix: redirect}
        super().__init__(routes)

    def _landing(self, _: "WSGIEnvironment") -> Answer:
        policy = (("Content-Security-Policy", CONTENT_SECURITY_POLICY),)
        return Answer(HTTPStatus.OK, landing_page(), policy, "text/html; charset=utf-8")

    def _metrics(self, environ: "WSGIEnvironment") -> Answer:
        return exposition(self._backend.page(), environ)

    def _config(self, _: "WSGIEnvironment") -> Answer:
        return Answer(HTTPStatus.OK, self._backend.config_text().encode())

    def _healthy(self, _: "WSGIEnvironment") -> Answer:
        if self._backend.healthy():
            return Answer(HTTPStatus.OK, b"healthy\n")
        return Answer(HTTPStatus.SERVICE_UNAVAILABLE, b"not healthy: what is served grows old, the log says why\n")

    def _ready(self, _: "WSGIEnvironment") -> Answer:
        if self._backend.ready():
            return Answer(HTTPStatus.OK, b"ready\n")
        return Answer(HTTPStatus.SERVICE_UNAVAILABLE, b"not ready: some sources have not been tried yet\n")

    def _reload(self, _: "WSGIEnvironment") -> Answer:
        try:
            self._backend.reload()
        except KpiExporterError as error:
            return Answer(HTTPStatus.INTERNAL_SERVER_ERROR, f"not reloaded: {error}\n".encode())
        return Answer(HTTPStatus.OK, b"reloaded\n")
