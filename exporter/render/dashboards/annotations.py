"""Events that are marked in every chart of a dashboard."""

from exporter.promql import selector
from exporter.render.dashboards.model import DATASOURCE, Json

__all__ = ["releases"]


def releases(project: str) -> Json:
    """The releases of a project, each at the moment it was published, as far as the exporter has seen them."""
    return {
        "datasource": {"type": "prometheus", "uid": DATASOURCE},
        "enable": True,
        "expr": f"{selector('github_latest_release_timestamp_seconds', project=project)} * 1000",
        "hide": False,
        "iconColor": "purple",
        "name": "Releases",
        "step": "1h",
        "tagKeys": "",
        "textFormat": "{{repository}}",
        "titleFormat": "Release",
        "useValueForTime": True,
    }
