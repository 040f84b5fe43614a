"""The dashboard of the exporter itself: whether what all others show is fresh."""

from exporter.render.dashboards.chain_panels import (
    alerts_on_the_chain,
    answering,
    chain_panels,
    configuration,
    unknown_panels,
)
from exporter.render.dashboards.header import question_panel
from exporter.render.dashboards.links import between_dashboards
from exporter.render.dashboards.model import Dashboard, Row, Variable
from exporter.render.dashboards.source_panels import (
    failing,
    late,
    partial,
    quota_panels,
    read,
    source_states,
    source_table,
    traffic_panels,
)
from exporter.render.rules import Links
from exporter.render.rules.links import EXPORTER

__all__ = ["exporter_dashboard"]

_QUESTION = "Is every source fresh and within its quota?"
_KNOWN = "kpi_exporter_source_interval_seconds"


def exporter_dashboard(links: Links) -> Dashboard:
    """One page for whoever operates the exporter, Prometheus and Alertmanager."""
    return Dashboard(
        uid=EXPORTER,
        title="Exporter",
        question=_QUESTION,
        rows=[
            Row([question_panel(_QUESTION)]),
            Row([answering(), read(), failing(), late(), partial(), configuration()]),
            Row([alerts_on_the_chain(links)]),
            Row([source_table(links), source_states()], "Sources"),
            Row(traffic_panels(), "Requests and failures"),
            Row(quota_panels(links), "Quotas"),
            Row(unknown_panels(), "KPIs without data"),
            Row(chain_panels(), "Exporter, Prometheus and Alertmanager", collapsed=True),
        ],
        variables=[
            Variable("project", "Project", f"label_values({_KNOWN}, project)", multiple=True),
            Variable("source", "Source", f'label_values({_KNOWN}{{project=~"$project"}}, source)', multiple=True),
        ],
        tags=["operations"],
        refresh="1m",
        since="now-24h",
        links=[between_dashboards()],
    )
