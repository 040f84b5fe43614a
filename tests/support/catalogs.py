"""What sources declare, as far as catalogs under test need it, and the way from the text of a catalog to what is said of it."""

from exporter.catalog import Catalog
from exporter.catalog.loader import build
from exporter.document import parse
from exporter.errors import InvalidInput
from exporter.facts import Metric
from exporter.sources.telemetry.metrics import TOPICS

__all__ = ["DECLARED", "catalog_of", "problems_of"]

DECLARED = {
    metric.name: metric
    for metric in (
        Metric("discord_members", "Members of a server.", "count", ("guild",)),
        Metric("downtime_seconds", "Time the site was away.", "seconds", ("window",)),
        Metric("git_contributors", "Authors of commits.", "count"),
        Metric("github_bug_fix_by_priority_seconds", "Time to fix.", "seconds", ("priority", "window", "statistic")),
        Metric("github_bug_fix_seconds", "Time to fix.", "seconds", ("window", "statistic")),
        Metric("github_bugs_newly_closed", "Bugs closed.", "count", ("priority", "window")),
        Metric("github_bugs_newly_opened", "Bugs opened.", "count", ("priority", "window")),
        Metric("github_issues_open", "Open issues.", "count", ("repository", "kind", "priority")),
        Metric("github_release_asset_size_bytes", "Size of a file of a release.", "bytes", ("repository", "platform")),
        Metric("github_repository_stars", "Accounts that starred a repository.", "count", ("repository",)),
        Metric("manual_figure", "What people enter.", "any", ("kpi", "segment")),
        Metric("package_downloads", "Downloads of a package.", "count", ("package", "window")),
        Metric("survey_nps", "Net promoter score.", "score_-100_100", ("survey",)),
        *(metric for topic in TOPICS for metric in topic.metrics),
    )
}
"""Metrics by name; the ones the catalog of Caro needs are named as the sources name them."""


def catalog_of(text: str) -> Catalog:
    """The catalog that a text describes; raises InvalidInput."""
    return build(parse(text, "catalog.yml"), DECLARED)


def problems_of(text: str) -> list[str]:
    """What is wrong in the text of a catalog, each problem as `LINE: PATH: MESSAGE`; nothing where it is a catalog."""
    try:
        catalog_of(text)
    except InvalidInput as error:
        return [str(problem).removeprefix("catalog.yml:") for problem in error.problems]
    return []
