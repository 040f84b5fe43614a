"""Asks the services what they know of a project: registries and Discord in the way of their sources, once each."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from exporter.errors import UpstreamError
from exporter.facts import Sample
from exporter.http import Client
from exporter.sources.base import Tools
from exporter.sources.registry import sources
from exporter.starter.known import Package, Server
from exporter.starter.wish import source_config

__all__ = ["Services"]

_WINDOW = "30d"
_GAP = 2.0
"""Seconds between two packages of one registry: what the one that is shortest of patience asks for."""


@dataclass(frozen=True, slots=True)
class Services:
    """The services as a source would see them.

    `base_urls` holds, by source, those that are not the default; `folder` is one that sources may write to. `pause` waits that
    many seconds, between two requests to a service that asks for a pace.
    """

    client: Client
    base_urls: Mapping[str, str]
    folder: Path
    now: datetime
    pause: Callable[[float], None]

    def packages(self, packages: Iterable[Package]) -> Iterator[Package]:
        """The same packages with their downloads, or with the reason why the registry did not confirm one."""
        asked: set[str] = set()
        for package in packages:
            if package.registry in asked:
                self.pause(_GAP)
            asked.add(package.registry)
            yield self._package(package)

    def server(self, server: Server) -> Server:
        """The same server with its members, as far as it tells them without a bot, or with the reason why it told nothing."""
        try:
            samples = self._collected("discord", **{server.key: server.value})
        except UpstreamError as error:
            return replace(server, failure=str(error))
        members, online = _number(samples, "discord_members"), _number(samples, "discord_members_online")
        if members is None and online is None:
            return replace(server, failure="Discord tells neither how many members it has nor how many are online")
        return replace(server, members=members, online=online)

    def _package(self, package: Package) -> Package:
        try:
            samples = self._collected(package.registry, packages=[package.name])
        except UpstreamError as error:
            return replace(package, failure=str(error))
        return replace(package, downloads=_number(samples, "package_downloads", window=_WINDOW))

    def _collected(self, source: str, **keys: object) -> list[Sample]:
        config = source_config(source, base_url=self.base_urls.get(source, ""), **keys)
        tools = Tools(self.client, self.folder, pause=self.pause, clock=lambda: self.now)
        return [sample for part in sources()[source](config).collect(tools, self.now) for sample in part.samples]


def _number(samples: list[Sample], name: str, **labels: str) -> int | None:
    for sample in samples:
        if sample.name == name and labels.items() <= dict(sample.labels).items():
            return int(sample.value)
    return None
