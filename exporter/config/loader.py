"""Reads a configuration file; says everything that is wrong with it in one go."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from exporter.config.model import Config, Project
from exporter.config.paths import resolved
from exporter.config.secrets import Secrets, written_keys
from exporter.config.types import SourceConfig
from exporter.document import Document, Problem, Where, did_you_mean, found, read, validate
from exporter.errors import InvalidInput

__all__ = ["load"]

Model = TypeVar("Model", bound=BaseModel)

_SOURCE = SourceConfig()
_PROJECT = Project(name="x", sources={"x": _SOURCE})
"""Stand in for a source or a project that has problems of its own, so that what is around it is checked all the same."""


def load(
    path: Path,
    source_types: Mapping[str, type[SourceConfig]],
    *,
    environ: Mapping[str, str],
    allow_inline_secrets: bool = False,
    read_secrets: bool = True,
) -> Config:
    """The configuration in a file; raises InvalidInput with every problem in it.

    `source_types` says which sources there are and what each takes. Paths are relative to the folder of the file. Secrets come
    from files and from `environ`, and from the file itself only where that is allowed; without `read_secrets` all is checked but
    no secret is looked at, and the configuration holds none.
    """
    problems: list[Problem] = []
    document = read(path, problems)
    folder = path.parent.absolute()
    secrets = Secrets(folder, environ, allow_inline=allow_inline_secrets, read=read_secrets)
    config = _Reading(document, folder, source_types, secrets, problems).config()
    if config is None or problems:
        raise InvalidInput(problems)
    return config


class _Reading:
    """One reading of a file: makes models from the inside out and collects the problems of all."""

    def __init__(
        self,
        document: Document,
        folder: Path,
        source_types: Mapping[str, type[SourceConfig]],
        secrets: Secrets,
        problems: list[Problem],
    ) -> None:
        self._document = document
        self._folder = folder
        self._source_types = source_types
        self._secrets = secrets
        self._problems = problems

    def config(self) -> Config | None:
        data = self._document.data
        if not isinstance(data, dict):
            self._problem((), f"must be a mapping with the key projects, found {'nothing' if data is None else found(data)}")
            return None
        projects = data.get("projects")
        if isinstance(projects, list):
            self._same_names(projects)
            made = [self._project(project, ("projects", index)) for index, project in enumerate(projects)]
            data = {**data, "projects": made}
        return self._made(Config, self._filled(Config, data, ()), ())

    def _same_names(self, projects: Sequence[Any]) -> None:
        first: dict[str, int] = {}
        for index, project in enumerate(projects):
            name = project.get("name") if isinstance(project, dict) else None
            if isinstance(name, str) and first.setdefault(name, index) != index:
                self._problem(("projects", index, "name"), f"is the name of projects[{first[name]}] already")

    def _project(self, data: Any, at: Where) -> Project:
        if isinstance(data, dict):
            sources = data.get("sources")
            if isinstance(sources, dict) and sources:
                made = {name: self._source(name, source, (*at, "sources", name)) for name, source in sources.items()}
                data = {**data, "sources": made}
            elif not sources:
                self._problem(at, f"has no sources, known are {', '.join(sorted(self._source_types))}")
                data = {**data, "sources": {"x": _SOURCE}}
        return self._made(Project, self._filled(Project, data, at), at) or _PROJECT

    def _source(self, name: str, data: Any, at: Where) -> SourceConfig:
        kind = self._source_types.get(name)
        if kind is None:
            self._problem(at, f"unknown source, {did_you_mean(name, self._source_types)}")
            return _SOURCE
        return self._made(kind, self._filled(kind, {} if data is None else data, at), at) or _SOURCE

    def _filled(self, kind: type[BaseModel], data: Any, at: Where) -> Any:
        """A copy of the data with its secrets in it."""
        copy = deepcopy(data)
        self._problems += self._secrets.fill(self._document, kind, copy, at)
        return copy

    def _made(self, model: type[Model], data: Any, at: Where) -> Model | None:
        try:
            return validate(self._document, model, resolved(model, data, self._folder), at, keys=written_keys)
        except InvalidInput as error:
            self._problems += error.problems
            return None

    def _problem(self, at: Where, message: str) -> None:
        self._problems.append(self._document.problem(at, message))
