"""Finds out what a project has: asks the person what the flags leave out, and the services for the rest; tells it on the way."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import click

from exporter.cli.questions import Questions
from exporter.errors import KpiExporterError
from exporter.starter import REGISTRIES, GitHub, Known, Package, Repository, Server, Services, wish
from exporter.starter.told import package_told, repository_told, server_told

__all__ = ["Given", "Looking"]


@dataclass(frozen=True, slots=True)
class Given:
    """What the flags name; the packages by registry."""

    repositories: Sequence[str]
    packages: Mapping[str, Sequence[str]]
    server: Server | None
    project: str | None

    @property
    def anything(self) -> bool:
        """Whether there is something to read."""
        return bool(self.repositories or self.packages or self.server)


class Looking:
    """One search, which goes from the repositories to what they suggest."""

    def __init__(self, given: Given, questions: Questions, github: GitHub, services: Services) -> None:
        self._given = given
        self._questions = questions
        self._github = github
        self._services = services

    def known(self) -> Known:
        """All that was found. Raises KpiExporterError where a repository cannot be read, or nothing at all was confirmed."""
        repositories = self._repositories()
        packages = list(self._confirmed(_once(self._packages(repositories))))
        server = self._server()
        names = [repository.name for repository in repositories] + [package.name for package in packages]
        suggested = wish.project_of(*names)
        project = self._given.project or self._questions.answer("Name of the project", suggested, wish.project_name, needed=True)
        known = Known(project or suggested, repositories, packages, server, self._services.base_urls)
        if not known.anything:
            raise KpiExporterError("nothing of it could be looked up, so nothing was written")
        return known

    def _repositories(self) -> Sequence[Repository]:
        if self._given.repositories or not self._questions.asks:
            found = [self._repository(name) for name in self._given.repositories]
        else:
            answer = self._questions.answer("Repository on GitHub, as owner/name", None, self._repository)
            found = [answer] if answer else []
        # Two names may mean one repository, where it was renamed.
        return list({repository.name.casefold(): repository for repository in found}.values())

    def _repository(self, text: str) -> Repository:
        repository = self._github.repository(wish.repository_name(text))
        for line in repository_told(repository):
            click.echo(line)
        for note in repository.notes:
            _warn(note)
        return repository

    def _packages(self, repositories: Iterable[Repository]) -> Iterator[Package]:
        """The packages given, else those that the repositories suggest and the person wants."""
        for registry, called in REGISTRIES.items():
            if registry in self._given.packages:
                yield from (Package(registry, name) for name in self._given.packages[registry])
                continue
            suggested = _suggested(registry, repositories)
            for name in suggested or [None]:
                answer = self._questions.answer(f"Package on {called}", name, partial(wish.package_name, registry))
                if answer is not None:
                    yield Package(registry, answer, manifest=suggested.get(answer))

    def _confirmed(self, packages: Iterable[Package]) -> Iterator[Package]:
        for package in self._services.packages(packages):
            if package.failure is None:
                click.echo(package_told(package))
            else:
                _warn(f"{package.name} is left as a comment: {package.failure}")
            yield package

    def _server(self) -> Server | None:
        server = self._given.server
        if server is None and self._questions.asks:
            server = self._questions.answer("Discord server, by its id or by an invite", None, wish.server)
        if server is None:
            return None
        server = self._services.server(server)
        if server.failure is None:
            click.echo(server_told(server))
        else:
            _warn(f"the Discord server is left as a comment: {server.failure}")
        return server


def _suggested(registry: str, repositories: Iterable[Repository]) -> Mapping[str, str]:
    """The manifests of the packages that repositories suggest, by the names of these; a manifest may hold any name."""
    found: dict[str, str] = {}
    for suggestion in (one for repository in repositories for one in repository.suggestions if one.registry == registry):
        with suppress(ValueError):
            found.setdefault(wish.package_name(registry, suggestion.name), suggestion.manifest)
    return found


def _once(packages: Iterable[Package]) -> Iterator[Package]:
    """Without those that the registry takes for one that was named before."""
    names: dict[str, list[str]] = {registry: [] for registry in REGISTRIES}
    for package in packages:
        with suppress(ValueError):
            wish.package_names(package.registry, [*names[package.registry], package.name])
            names[package.registry].append(package.name)
            yield package


def _warn(sentence: str) -> None:
    click.echo(f"warning: {sentence}", err=True)
