"""The reference pages that are rendered from code."""

from collections.abc import Iterable, Mapping

from exporter.collect import own_metrics as own
from exporter.config.reference import render_page
from exporter.facts import Metric
from exporter.render.alerts import alerts_page
from exporter.render.kpis import kpis_page
from exporter.render.projects import shipped_projects
from exporter.sources.registry import sources

__all__ = ["pages"]

_INTRODUCTION = """\
# Metrics

Every metric of the exporter. Rendered by `kpi-exporter render docs`; edit the declarations, not this page.

Facts are gauges and are named for what they are. Each has the label `project` beside those listed. A figure that is not known
has no series; it is never 0. Figures are as old as the last refresh of their source, see
`kpi_exporter_source_last_success_timestamp_seconds`.
"""

_ITSELF = """\
Those that end in `_total` are counters since the start of the process. `process_*` and `python_info` stand beside them, as the
Prometheus client library gives them.
"""


def pages() -> Mapping[str, str]:
    """The text of each rendered page, by its path in the project."""
    kinds, projects = sources(), shipped_projects()
    return {
        "docs/configuration.md": render_page({name: kind.config_type for name, kind in kinds.items()}),
        "docs/alerts.md": alerts_page(projects),
        "docs/kpis.md": kpis_page(projects),
        "docs/metrics.md": _metrics_page(),
    }


def _metrics_page() -> str:
    sections = [_INTRODUCTION]
    for name, kind in sources().items():
        sections.append(f"## Source `{name}`\n\n{kind.summary}\n\n{_table(kind.metrics)}")
    sections.append(f"## KPI layer\n\nOne series a KPI and segment.\n\n{_table(own.KPI_METRICS)}")
    sections.append(f"## The exporter on itself\n\n{_ITSELF}\n{_table((*own.SELF_METRICS, *own.RELOAD_METRICS))}")
    return "\n".join(sections)


def _table(metrics: Iterable[Metric]) -> str:
    rows = ["| metric | unit | labels | meaning |", "|---|---|---|---|"]
    rows += [
        f"| `{metric.name}` | {metric.unit} | {', '.join(f'`{label}`' for label in metric.labels) or '–'} | {metric.help} |"
        for metric in metrics
    ]
    return "\n".join(rows) + "\n"
