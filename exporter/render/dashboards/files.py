"""The files of dashboards, by path; each folder is one of Grafana's."""

import json
from collections.abc import Iterator, Mapping, Sequence
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
    yield from (("Projects", project_dashboard(project, links)) for project in projects)
    yield "Projects", detail_dashboard(projects, links)
    if (cohorts := cohorts_dashboard(projects)) is not None:
        yield "Projects", cohorts
    yield "Operations", exporter_dashboard(links)
    yield from (("Public", page) for page in public_dashboards(projects))
