"""The projects that artefacts are rendered for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from exporter.catalog import Catalog, load, shipped
from exporter.collect.origins import kpi_sources
from exporter.collect.setup import Setup
from exporter.sources.registry import declared_metrics, sources

__all__ = ["Project", "configured_projects", "shipped_projects"]


@dataclass(frozen=True, slots=True)
class Project:
    """The name a project goes by, its catalog, and for each KPI the sources it can come from."""

    name: str
    catalog: Catalog
    sources: Mapping[str, str]


def shipped_projects() -> Sequence[Project]:
    """One project for each shipped catalog, with every source there is."""
    catalogs = [load(name, declared_metrics(), base=Path()) for name in shipped()]
    return [Project(catalog.project, catalog, kpi_sources(catalog, sources())) for catalog in catalogs]


def configured_projects(setup: Setup) -> Sequence[Project]:
    """The projects of a configuration, each with its own sources and on the day that it was launched."""
    return [
        Project(project.name, _launched(setup.catalogs[project.name], project.launch), setup.kpi_sources(project))
        for project in setup.config.projects
    ]


def _launched(catalog: Catalog, launch: date | None) -> Catalog:
    return catalog.model_copy(update={"launch": launch}) if launch is not None else catalog
