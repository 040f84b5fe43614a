"""Figures entered by hand, held against the catalog they are for."""

from collections.abc import Iterator
from pathlib import Path

from exporter.catalog import Catalog
from exporter.collect.setup import Setup
from exporter.document import Problem, did_you_mean, format_duration
from exporter.errors import InvalidInput, UpstreamError
from exporter.sources.manual import ManualConfig, figures_of

__all__ = ["figure_problems"]


def figure_problems(setup: Setup) -> list[Problem]:
    """What is wrong with the figures of every project: bad lines, and those that no KPI of the catalog takes."""
    problems: list[Problem] = []
    for project in setup.config.projects:
        config = project.sources.get("manual")
        if isinstance(config, ManualConfig):
            problems += _problems(config.file, setup.catalogs[project.name])
    return problems


def _problems(file: Path, catalog: Catalog) -> Iterator[Problem]:
    try:
        figures, problems = figures_of(file)
    except InvalidInput as error:
        yield from error.problems
        return
    except UpstreamError as error:
        yield Problem(str(file), 1, "", str(error).removeprefix(f"{file} "))
        return
    yield from problems
    ids = [kpi.id for kpi in catalog.kpis]
    for line, figure in figures:
        kpi = catalog.kpi(figure.kpi)
        if kpi is None:
            yield Problem(
                str(file), line, "kpi", f'no KPI of this catalog is called "{figure.kpi}", {did_you_mean(figure.kpi, ids)}'
            )
            continue
        windows = {format_duration(target.window) for target in kpi.targets if target.window is not None}
        names = {segment.name for segment in kpi.segments} | windows
        if figure.segment and not kpi.open and figure.segment not in names:
            yield Problem(str(file), line, "segment", f"no segment of {kpi.id}, {did_you_mean(figure.segment, names)}")
