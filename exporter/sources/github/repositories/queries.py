"""The queries for the facts of repositories. They ask for no person, no heading and no text that somebody wrote.

What a query costs, by GitHub's formula (docs.github.com, "Rate limits and query limits for the GraphQL API"): the requests it
would take to fill each connection once for every parent it may have, added up, divided by 100 and rounded, at least 1. Its node
limit counts `first` of each connection times the `first` of those around it, and is 500,000. With L further labels:

query                 of one entry                                                               points     nodes
repositories_query    watchers, 2 of issues, 3 of pull requests, L of labels, the bugs and 50    0.83 + L/100   7,575
                      times their labels, the releases and 25 times their assets: 83 + L
  with topics         what changed last among issues and pull requests, the number of recent     + 0.03     + 2
                      issues; and, as an entry of its own, what changed last in discussions      + 0.01     + 1
pages_query, bugs     the page and 100 times their labels: 101                                   1.01     10,100
pages_query, releases the page and 100 times their assets: 101                                   1.01     10,100
pages_query, assets   the page: 1                                                                0.01        100

So 100 repositories cost 84 points a refresh, and 25 of them in one query hold 190,000 nodes at most. The innermost lists are
asked for in full (first: 100): they cost the same points as shorter ones and save further pages.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from exporter.sources.github.api.query import Query, Variables, of_repository, query_of

__all__ = [
    "ASSETS",
    "BUGS",
    "LABELS",
    "PAGE",
    "RELEASES",
    "About",
    "Connection",
    "Entry",
    "Page",
    "labelled",
    "named",
    "pages_query",
    "quota_query",
    "repositories_query",
]

BUGS = 50
"""Bugs of a repository that are read in the first query; each costs a hundredth of a point for its labels."""
RELEASES = 25
"""Releases of a repository that are read in the first query; each costs a hundredth of a point for its assets."""
PAGE = 100
"""Entries of every further page: the most that GitHub gives."""
ASSETS = 100
"""Assets of a release that are read with the release itself."""
LABELS = 100
"""Labels of an issue that are read: the most that GitHub gives at once, and far more than issues have."""

_PAGE_INFO = "pageInfo { hasNextPage endCursor }"
_NEWEST_FIRST = "orderBy: {field: CREATED_AT, direction: DESC}"
_LAST_CHANGED = "first: 1, orderBy: {field: UPDATED_AT, direction: DESC}"
_BUGS_FRAGMENT = (
    f"fragment Bugs on IssueConnection {{ totalCount {_PAGE_INFO} nodes {{ labels(first: {LABELS}) {{ nodes {{ name }} }} }} }}"
)
_ASSETS_FRAGMENT = f"fragment Assets on ReleaseAssetConnection {{ {_PAGE_INFO} nodes {{ name size downloadCount }} }}"
_RELEASES_FRAGMENT = (
    f"fragment Releases on ReleaseConnection {{ {_PAGE_INFO}"
    f" nodes {{ id isDraft createdAt publishedAt releaseAssets(first: {ASSETS}) {{ ...Assets }} }} }}"
)
_DISCUSSIONS_FRAGMENT = (
    "fragment Discussions on Repository"
    f" {{ lastDiscussion: discussions({_LAST_CHANGED}) {{ totalCount nodes {{ updatedAt }} }} }}"
)


class Connection(StrEnum):
    """The lists that can be longer than one page."""

    BUGS = "bugs"
    RELEASES = "releases"
    ASSETS = "assets"


class About(StrEnum):
    """What the first query asks of a repository. Discussions are apart, because a token may see all but them."""

    FACTS = "Facts"
    DISCUSSIONS = "Discussions"


class Entry(NamedTuple):
    """An entry of the first query."""

    repository: str
    about: About = About.FACTS


@dataclass(frozen=True, slots=True)
class Page:
    """A further page: of the bugs or releases of a repository, or of the assets of a release (its node id)."""

    repository: str
    connection: Connection
    cursor: str
    release: str = ""


def labelled(label: int) -> str:
    """The name of the count for the label of that number, in the answer for a repository."""
    return f"labelled{label}"


def named(label: int) -> str:
    """The name of the identity of the known label of that number, in the answer for a repository."""
    return f"named{label}"


def repositories_query(
    entries: Sequence[Entry],
    bug_label: str,
    labels: Sequence[str],
    since: datetime | None = None,
    known_labels: Sequence[str] = (),
) -> Query:
    """Asks for the facts of repositories, with the first page of their bugs and of their releases, or for their discussions.

    With `since`, the facts say also what has changed in their issues, pull requests, commits and labels: what was updated last,
    how many issues were since that moment, and which labels the names of `known_labels` stand for.
    """
    variables = Variables()
    spreads: dict[About, str] = {}
    for about in dict.fromkeys(entry.about for entry in entries):
        fragment = _DISCUSSIONS_FRAGMENT
        if about is About.FACTS:
            fragment = _facts(variables, bug_label, labels, [] if since is None else _changes(variables, since, known_labels))
        spreads[about] = variables.use(about, fragment)
    asked = [of_repository(entry.repository, variables, spreads[entry.about]) for entry in entries]
    return query_of(asked, variables, "repositories")


def pages_query(pages: Sequence[Page], bug_label: str) -> Query:
    """Asks for further pages, of any lists of any repositories."""
    variables = Variables()
    return query_of([_page(page, bug_label, variables) for page in pages], variables, "pages")


def quota_query() -> Query:
    """Asks for the quota of the token alone; costs 1 point."""
    return query_of((), Variables())


def _facts(variables: Variables, bug_label: str, labels: Sequence[str], changes: Sequence[str]) -> str:
    counted = [
        f"{labelled(i)}: issues(states: OPEN, labels: [{variables.add('String!', label)}]) {{ totalCount }}"
        for i, label in enumerate(labels)
    ]
    bugs = f"issues(states: OPEN, labels: [{variables.add('String!', bug_label)}], first: {BUGS})"
    return (
        "fragment Facts on Repository { stargazerCount forkCount isArchived createdAt pushedAt watchers { totalCount }"
        " openIssues: issues(states: OPEN) { totalCount } closedIssues: issues(states: CLOSED) { totalCount }"
        " openPulls: pullRequests(states: OPEN) { totalCount } closedPulls: pullRequests(states: CLOSED) { totalCount }"
        f" mergedPulls: pullRequests(states: MERGED) {{ totalCount }} {' '.join((*counted, *changes))}"
        f" bugs: {bugs} {{ {variables.use('Bugs', _BUGS_FRAGMENT)} }} {_releases(variables, f'first: {RELEASES}')} }}"
    )


def _changes(variables: Variables, since: datetime, known_labels: Sequence[str]) -> list[str]:
    moment = variables.add("DateTime!", f"{since:%Y-%m-%dT%H:%M:%SZ}")
    return [
        "id defaultBranchRef { target { oid } }",
        f"lastIssue: issues({_LAST_CHANGED}) {{ nodes {{ updatedAt }} }}",
        f"recentIssues: issues(filterBy: {{since: {moment}}}) {{ totalCount }}",
        f"lastPull: pullRequests({_LAST_CHANGED}) {{ nodes {{ updatedAt }} }}",
        *(f"{named(i)}: label(name: {variables.add('String!', label)}) {{ id }}" for i, label in enumerate(known_labels)),
    ]


def _page(page: Page, bug_label: str, variables: Variables) -> str:
    after = f"first: {PAGE}, after: {variables.add('String!', page.cursor)}"
    match page.connection:
        case Connection.ASSETS:
            assets = f"releaseAssets({after}) {{ {variables.use('Assets', _ASSETS_FRAGMENT)} }}"
            return f"node(id: {variables.add('ID!', page.release)}) {{ ... on Release {{ {assets} }} }}"
        case Connection.BUGS:
            bugs = f"issues(states: OPEN, labels: [{variables.add('String!', bug_label)}], {after})"
            return of_repository(page.repository, variables, f"bugs: {bugs} {{ {variables.use('Bugs', _BUGS_FRAGMENT)} }}")
        case Connection.RELEASES:
            return of_repository(page.repository, variables, _releases(variables, after))


def _releases(variables: Variables, bounds: str) -> str:
    variables.use("Assets", _ASSETS_FRAGMENT)
    return f"releases({bounds}, {_NEWEST_FIRST}) {{ {variables.use('Releases', _RELEASES_FRAGMENT)} }}"
