"""The text of a starter catalog: KPIs of what the project has, with targets out of today's figures."""

from collections.abc import Sequence
from datetime import date

from exporter.starter.catalog import reach, work
from exporter.starter.catalog.parts import Entry
from exporter.starter.known import Known
from exporter.starter.targets import GROWTH
from exporter.starter.text import flow, mapping_lines

__all__ = ["catalog_text"]

_HEADER = """\
# The KPIs of {project}: what each counts, what it should be by when, and who hears of it when it is not.
# Begun by `kpi-exporter init` on {today}; it is yours to edit, docs/catalog.md tells every key.
#
# What grows has targets for {growth:.0f} % more a month than on that day, rounded as people would. Times, shares and bugs have
# defaults that many projects agree to. Change what does not fit, and delete what nobody would act upon.
project: {name}
launch: {today}

# Who answers for the KPIs of a category: roles or teams, never a person.
owners:
{owners}
kpis:
{kpis}"""
_OWNERS = {"adoption": "product", "community": "community", "maintenance": "maintainers", "quality": "maintainers"}


def catalog_text(known: Known, today: date) -> str:
    """The catalog of a project; its schedule counts from today."""
    entries = _entries(known)
    categories = {entry.category for entry in entries if not entry.off}
    return _HEADER.format(
        project=known.project,
        name=flow(known.project),
        today=today,
        growth=GROWTH * 100,
        owners=mapping_lines(2, {name: owner for name, owner in _OWNERS.items() if name in categories}),
        kpis="\n".join(entry.written() for entry in entries),
    )


def _entries(known: Known) -> Sequence[Entry]:
    entries = [downloads] if (downloads := reach.downloads(known) if known.packages else None) else []
    if known.repositories:
        entries += [reach.stars(known), reach.forks(known), reach.contributors(known), reach.active_contributors(known)]
    if member_count := reach.discord(known):
        entries.append(member_count)
    entries.append(reach.satisfaction(known))
    if known.has_issues:
        entries += [work.first_response_time(known), work.open_issues(known)]
    if known.repositories:
        entries += [work.pr_acceptance_rate(known), work.first_review_time(known)]
    if known.has_issues:
        entries += [work.open_bugs(known), work.bug_fix_time(known)]
    return entries
