"""What dashboards are called in addresses, and links between them; each keeps the time range and the data source."""

from hashlib import sha256
from urllib.parse import quote

from exporter.render.dashboards.model import Json
from exporter.render.rules.links import DETAIL

__all__ = ["between_dashboards", "detail_link", "project_uid", "row_link"]

_KEPT = "var-datasource=${datasource}&${__url_time_range}"

_LONGEST = 40
"""Characters of a uid that Grafana takes."""
_HASHED = 8


def project_uid(prefix: str, project: str) -> str:
    """The uid of a dashboard of a project; a name that is too long for it is cut, and told apart by its hash."""
    uid = f"{prefix}-{project}"
    if len(uid) <= _LONGEST:
        return uid
    return f"{uid[: _LONGEST - _HASHED - 1].rstrip('-')}-{sha256(project.encode()).hexdigest()[:_HASHED]}"


def detail_link(project: str, kpi: str, segment: str) -> Json:
    """The page of one KPI."""
    chosen = "&".join(f"var-{name}={quote(value, safe='')}" for name, value in _choice(project, kpi, segment))
    return {"title": "Everything on this KPI", "url": f"/d/{DETAIL}?{chosen}&{_KEPT}"}


def row_link(project: str = "project", kpi: str = "kpi", segment: str = "segment") -> Json:
    """The page of the KPI that a row of a table is about; the arguments name the columns that say which."""
    fields = {"project": project, "kpi": kpi, "segment": segment}
    chosen = "&".join(f'var-{name}=${{__data.fields["{field}"]:percentencode}}' for name, field in fields.items())
    return {"title": "Everything on this KPI", "url": f"/d/{DETAIL}?{chosen}&{_KEPT}"}


def between_dashboards() -> Json:
    """A menu of all dashboards of KPIs."""
    return {
        "asDropdown": True,
        "icon": "external link",
        "includeVars": False,
        "keepTime": True,
        "tags": ["kpi"],
        "targetBlank": False,
        "title": "KPI dashboards",
        "tooltip": "",
        "type": "dashboards",
        "url": "",
    }


def _choice(project: str, kpi: str, segment: str) -> tuple[tuple[str, str], ...]:
    return ("project", project), ("kpi", kpi), ("segment", segment)
