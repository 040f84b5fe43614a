"""The files of dashboards, by path; each folder is one of Grafana's."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from exporter.render.dashboards.cohorts import COHORTS, cohorts_dashboard
from exporter.render.dashboards.detail import detail_dashboard
from exporter.render.dashboards.exporter_page import exporter_dashboard
from exporter.render.dashboards.leadership import leadership_dashboard
from exporter.render.dashboards.model import Dashboard
from exporter.render.dashboards.project import project_dashboard
from exporter.render.dashboards.public import HOME, public_dashboards
from exporter.render.projects import Project
from exporter.render.rules import Links

__all__ = ["FOLDER", "OURS", "dashboard_files"]

FOLDER = PurePosixPath("grafana/dashboards")
OURS = {f"{FOLDER}/*/{kind}*.json": f'"uid": "{kind}' for kind in (COHORTS, "kpi-project-", HOME)}
"""Which files are there or not as projects are: by pattern, the words in them that say so."""


def dashboard_files(projects: Sequence[Project], links: Links) -> Mapping[str, str]:
    """The text of each file. The public Grafana is given the folder Public alone."""
    return {str(FOLDER / folder / f"{one.uid}.json"): _text(one) for folder, one in _dashboards(projects, links)}


def _text(dashboard: Dashboard) -> str:
    return f"{json.dumps(dashboard.json(), indent=2, sort_keys=True, ensure_ascii=False)}\n"


def _dashboards(projects: Sequence[Project], links: Links) -> Iterator[tuple[str, Dashboard]]:
    yield "Leadership", leadership_dashboard(projects, links)
    yield from (("Projects", one) for one in _of_projects(projects, links))
    yield "Operations", exporter_dashboard(links)
    yield from (("Public", page) for page in public_dashboards(projects))


def _of_projects(projects: Sequence[Project], links: Links) -> Iterator[Dashboard]:
    """Those of the folder Projects, no two of one title: where two are, Grafana takes over no dashboard any more."""
    cohorts = cohorts_dashboard(projects)
    common = [detail_dashboard(projects, links), *([cohorts] if cohorts is not None else [])]
    own = {project.name: project_dashboard(project, links) for project in projects}
    titles = Counter(one.title for one in (*own.values(), *common))
    for name, one in own.items():
        yield replace(one, title=f"{one.title} ({name})") if titles[one.title] > 1 else one
    yield from common
