"""Where the annotations of an alert lead."""

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Links"]

DETAIL = "kpi-detail"
"""The dashboard of one KPI, by its uid."""
EXPORTER = "kpi-exporter"
"""The dashboard of the exporter itself, by its uid."""


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses before the name of a runbook and before the path of a dashboard."""

    runbooks: str = "https://example.org/kpi-exporter/runbooks"
    dashboards: str = "http://localhost:3000"

    def runbook(self, alert: str) -> str:
        """The page of an alert."""
        return f"{self.runbooks.rstrip('/')}/{alert}.md"

    def kpi(self, project: str, kpi: str, segments: Sequence[str]) -> str:
        """The dashboard of a KPI, at the segment of the alert where it watches any: then a template of Prometheus."""
        address = f"{self._dashboard(DETAIL)}?var-project={project}&var-kpi={kpi}"
        return address if segments == ("",) else f"{address}&var-segment={{{{ $labels.segment | urlquery }}}}"

    def exporter(self) -> str:
        """The dashboard of the exporter itself."""
        return self._dashboard(EXPORTER)

    def _dashboard(self, uid: str) -> str:
        return f"{self.dashboards.rstrip('/')}/d/{uid}"
