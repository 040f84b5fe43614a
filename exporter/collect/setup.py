"""From a configuration file to projects that are ready to be collected; every problem of every file in one go."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from exporter.catalog import Catalog
from exporter.catalog import load as load_catalog
from exporter.collect.origins import kpi_sources
from exporter.config import Config, Project, secret_values
from exporter.config import load as load_config
from exporter.document import Problem
from exporter.errors import InvalidInput
from exporter.logs import hide
from exporter.sources.registry import declared_metrics, sources

__all__ = ["Options", "Setup", "load_setup"]


@dataclass(frozen=True, slots=True)
class Options:
    """How a configuration file is to be read."""

    config_file: Path
    environ: Mapping[str, str]
    allow_inline_secrets: bool = False
    read_secrets: bool = True


@dataclass(frozen=True, slots=True)
class Setup:
    """A configuration and the catalog of each of its projects, checked."""

    config: Config
    catalogs: Mapping[str, Catalog]

    def only(self, names: frozenset[str]) -> "Setup":
        """The same setup with these projects alone."""
        projects = tuple(project for project in self.config.projects if project.name in names)
        config = self.config.model_copy(update={"projects": projects})
        return Setup(config, {project.name: self.catalogs[project.name] for project in projects})

    def kpi_sources(self, project: Project) -> Mapping[str, str]:
        """For each KPI, the configured sources that its value is made of, joined by "+"; `manual` where there are none."""
        return kpi_sources(self.catalogs[project.name], project.sources)


def load_setup(options: Options) -> Setup:
    """Reads the configuration and every catalog it names; raises InvalidInput with all problems found."""
    config = load_config(
        options.config_file,
        {name: kind.config_type for name, kind in sources().items()},
        environ=options.environ,
        allow_inline_secrets=options.allow_inline_secrets,
        read_secrets=options.read_secrets,
    )
    if options.read_secrets:
        hide(secret_values(config))
    # Projects that share a catalog share one reading of it.
    catalog = cache(lambda reference: load_catalog(reference, declared_metrics(), base=options.config_file.parent))
    catalogs: dict[str, Catalog] = {}
    problems: list[Problem] = []
    for project in config.projects:
        try:
            catalogs[project.name] = catalog(project.catalog)
        except InvalidInput as error:
            problems += error.problems
    if problems:
        raise InvalidInput(problems)
    return Setup(config, catalogs)
