"""What runs where, as a table for people."""

import shlex
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from exporter.demo.site import Site

__all__ = ["Place", "places", "table"]


@dataclass(frozen=True, slots=True)
class Place:
    """Something to look at: what it is, where, and what is to be seen there."""

    called: str
    where: str
    look: str


def places(site: Site, running: Collection[str], configuration: Path) -> Iterator[Place]:
    """The parts that run, the most interesting first."""
    if "grafana" in running:
        yield Place("Grafana", site.url("grafana"), "the dashboard of the release; the others are in its menu")
    yield Place("exporter", f"{site.url('exporter')}/metrics", "every KPI with its target and status, and the facts behind it")
    if "prometheus" in running:
        yield Place("Prometheus", f"{site.url('prometheus')}/alerts", "which alerts wait and which fire; /graph asks for figures")
    if "alertmanager" in running:
        yield Place("messages", site.url("messages"), "what PagerDuty, Slack, Discord and people would have got")
        yield Place("Alertmanager", site.url("alertmanager"), "what it holds, and silences")
    yield Place(
        "services", f"{site.url('upstreams')}/…", "GitHub, Discord, npm, PyPI, crates.io and Typeform, as the exporter sees them"
    )
    yield Place("files", str(site.folder), f"{configuration.name}, the events, logs/")
    yield Place("try", f"kpi-exporter check --config.file {shlex.quote(str(configuration))}", "the same KPIs as a release gate")


def table(rows: Iterable[Place]) -> str:
    """Lines with three columns."""
    listed = list(rows)
    called, where = (max(len(getattr(row, name)) for row in listed if row.called != "try") for name in ("called", "where"))
    return "\n".join(f"{row.called:<{called}}  {row.where:<{where}}  {row.look}" for row in listed)
