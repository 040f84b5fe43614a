"""A catalog that says nothing of dashboards, for projects with names that are awkward to quote, and the dashboards they get."""

from exporter.catalog import Catalog
from exporter.catalog.layout import Layout
from exporter.collect.origins import kpi_sources
from exporter.render.projects import Project
from exporter.sources.registry import sources
from support.catalogs import catalog_of
from support.rendered import boards_of

__all__ = ["CATALOG", "ODD_SEGMENTS", "PLAIN", "PROJECTS", "TEXT"]

ODD_SEGMENTS = (
    'say "hi"',
    "back\\slash",
    "a.b|c*(d)[e]+?^",
    "with spaces",
    "größe/日本",
    "50%&x=1#y",
    "$5 {x}",
    "it's",
    "-",
    "a,b",
)
"""Names of segments are free text. Double braces in one are left out: Grafana has no way to write them in the name of a line."""

TEXT = """\
project: plain
launch: 2026-01-15
owners: {growth: Community team}
kpis:
  - id: stars
    title: Stars & forks
    definition: Accounts that starred a repository.
    unit: count
    direction: up
    tier: north_star
    category: growth
    audience: public
    targets: [{by: 30d after launch, at_least: 100}, {by: 90d after launch, at_least: 500}]
    alerts:
      - name: PlainFewStars
        priority: P1
        when: {below: 10}
        action: Ask around.
        escalate: {after: 1d, channels: [email-team]}
  - id: satisfaction
    title: Satisfaction
    definition: What people say in a survey.
    unit: score_1_5
    direction: up
    tier: kpi
    category: growth
    targets: [{at_least: 4}]
  - id: error_share
    title: Errors
    definition: Share of commands that failed.
    unit: ratio
    direction: down
    tier: kpi
    category: quality
    audience: public
    cadence: weekly
    window: 7d
    targets: [{at_most: 0.05}]
  - id: answer_time
    title: Time to answer
    definition: From a question to its answer.
    unit: seconds
    direction: down
    tier: kpi
    category: quality
  - id: bugs
    title: Open bugs
    definition: Bugs that nobody has mended.
    unit: count
    direction: down
    tier: supporting
    category: quality
    targets: [{at_most: 20}]
    segments:
"""


def _segments() -> str:
    """Each in double quotes, as YAML reads them."""
    escaped = (name.replace("\\", "\\\\").replace('"', '\\"') for name in ODD_SEGMENTS)
    return "".join(f'      - {{name: "{name}", targets: [{{at_most: 5}}]}}\n' for name in escaped)


CATALOG: Catalog = catalog_of(TEXT + _segments())
"""Five KPIs of two categories, one of them with odd segments."""
PROJECTS = [
    Project(name, CATALOG, kpi_sources(CATALOG, sources()))
    for name in ("plain", "leadership", "exporter-detail_2", f"{'long-' * 12}one", f"{'long-' * 12}two")
]
"""Two of them differ only in the last of their 63 letters, one is called as a common dashboard, one shows every odd name."""
_NAMED = [{"kpi": "bugs", "segment": name} for name in ODD_SEGMENTS]
_ROWS = [
    {"title": "Odd names", "panels": [{"tile": name} for name in _NAMED]},
    {"title": "More", "collapsed": True, "panels": [{"list": _NAMED, "width": 24}, {"growth": _NAMED}, {"segments": "bugs"}]},
    {"panels": [{"trend": _NAMED[:5]}, {"trend": _NAMED[5:]}]},
]
_LAYOUT = Layout.model_validate({"title": "Odd", "question": "Which names are odd?", "rows": _ROWS})
PROJECTS.append(Project("odd", CATALOG.model_copy(update={"dashboard": _LAYOUT}), PROJECTS[0].sources))
PLAIN = boards_of(PROJECTS)
"""Their dashboards by uid."""
