"""The services of the demo at one instant, with all that was asked of them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from exporter.demo.beta import project_at
from exporter.demo.project import Project
from exporter.demo.upstreams.discord import discord
from exporter.demo.upstreams.github import github
from exporter.demo.upstreams.packages import crates, npm, pypi
from exporter.demo.upstreams.service import Answer, Request, Service, Services
from exporter.demo.upstreams.typeform import typeform
from exporter.facts import Part
from exporter.sources.base import Source
from exporter.sources.registry import sources
from exporter.web.address import ListenAddress
from exporter.web.server import Server
from support.tools import NOW, make_tools

__all__ = ["TOKEN", "Figures", "Served", "figures", "serving"]

TOKEN = "planted-token-of-the-demo"
Figures = Mapping[tuple[str, ...], float]
"""Figures by the name of their metric and the values of its labels."""


@dataclass
class Served:
    """The services at one instant; `asked` has every request and its answer, by service."""

    url: str
    project: Project
    services: Services
    asked: dict[str, list[tuple[Request, Answer]]] = field(default_factory=dict)

    def source(self, name: str, **config: Any) -> Source[Any]:
        """The source that reads a service."""
        kind = sources()[name]
        return kind(kind.config_type.model_validate({"base_url": f"{self.url}/{name}", **config}))

    def figures(self, name: str, folder: Path, **config: Any) -> Figures:
        """What a source makes of its service."""
        tools = replace(make_tools(folder, now=NOW), pause=lambda _: None)
        return figures(list(self.source(name, **config).collect(tools, NOW)))


@contextmanager
def serving() -> Iterator[Served]:
    """The services, from `with` to its end."""
    project, asked = project_at(NOW), dict[str, list[tuple[Request, Answer]]]()

    def noting(name: str, service: Service) -> Service:
        def answer(request: Request) -> Answer:
            given = service(request)
            asked.setdefault(name, []).append((request, given))
            return given

        return answer

    def clock() -> datetime:
        return NOW

    services = {
        "github": github(project, TOKEN, clock),
        "discord": discord(TOKEN),
        "npm": npm(clock),
        "pypi": pypi(clock),
        "crates": crates(clock),
        "typeform": typeform(TOKEN, clock),
    }
    app = Services({name: noting(name, service) for name, service in services.items()})
    with Server(ListenAddress("127.0.0.1", 0), app) as server:
        yield Served(f"http://127.0.0.1:{server.port}", project, app, asked)


def figures(parts: Sequence[Part]) -> Figures:
    """What parts say, by the name of the metric and the values of its labels; none of them may have failed."""
    assert [part.failure for part in parts if part.failure] == []
    return {(sample.name, *(value for _, value in sample.labels)): sample.value for part in parts for sample in part.samples}
