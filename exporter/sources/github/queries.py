"""The GraphQL documents that this source sends. They ask for no person, no heading and no text that somebody wrote.

What a query costs, by GitHub's formula (docs.github.com, "Rate limits and query limits for the GraphQL API"): the requests it
would take to fill each connection once for every parent it may have, added up, divided by 100 and rounded, at least 1. Its node
limit counts `first` of each connection times the `first` of those around it, and is 500,000. With L further labels:

query                 of one entry                                                               points     nodes
repositories_query    watchers, 2 of issues, 3 of pull requests, L of labels, the bugs and 50    0.83 + L/100   7,575
                      times their labels, the releases and 25 times their assets: 83 + L
pages_query, bugs     the page and 100 times their labels: 101                                   1.01     10,100
pages_query, releases the page and 100 times their assets: 101                                   1.01     10,100
pages_query, assets   the page: 1                                                                0.01        100

So 100 repositories cost 84 points a refresh, and 25 of them in one query hold 190,000 nodes at most. The innermost lists are
asked for in full (first: 100): they cost the same points as shorter ones and save further pages.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

__all__ = [
    "ASSETS",
    "BUGS",
    "LABELS",
    "PAGE",
    "RELEASES",
    "Connection",
    "Page",
    "Query",
    "labelled",
    "name_of",
    "pages_query",
    "quota_query",
    "repositories_query",
    "visibility_query",
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

_QUOTA = "rateLimit { cost limit remaining resetAt }"
_PAGE_INFO = "pageInfo { hasNextPage endCursor }"
_NEWEST_FIRST = "orderBy: {field: CREATED_AT, direction: DESC}"
_BUGS_FRAGMENT = (
    f"fragment Bugs on IssueConnection {{ totalCount {_PAGE_INFO} nodes {{ labels(first: {LABELS}) {{ nodes {{ name }} }} }} }}"
)
_ASSETS_FRAGMENT = f"fragment Assets on ReleaseAssetConnection {{ {_PAGE_INFO} nodes {{ name size downloadCount }} }}"
_RELEASES_FRAGMENT = (
    f"fragment Releases on ReleaseConnection {{ {_PAGE_INFO}"
    f" nodes {{ id isDraft createdAt publishedAt releaseAssets(first: {ASSETS}) {{ ...Assets }} }} }}"
)


class Connection(StrEnum):
    """The lists that can be longer than one page."""

    BUGS = "bugs"
    RELEASES = "releases"
    ASSETS = "assets"


@dataclass(frozen=True, slots=True)
class Page:
    """A further page: of the bugs or releases of a repository, or of the assets of a release (its node id)."""

    repository: str
    connection: Connection
    cursor: str
    release: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """A document with its variables; entry number i of what it asks for is in the answer under `name_of(i)`."""

    document: str
    variables: Mapping[str, str]


def name_of(entry: int) -> str:
    """The alias of an entry in document and answer."""
    return f"r{entry}"


def labelled(label: int) -> str:
    """The name of the count for the label of that number, in the answer for a repository."""
    return f"labelled{label}"


def repositories_query(repositories: Sequence[str], bug_label: str, labels: Sequence[str]) -> Query:
    """Asks for the facts of repositories, with the first page of their bugs and of their releases."""
    variables = {"bug": bug_label, **{f"label{i}": label for i, label in enumerate(labels)}}
    entries = []
    for i, repository in enumerate(repositories):
        variables |= _owner_and_name(i, repository)
        entries.append(f"{name_of(i)}: {_repository(i)} {{ ...Facts }}")
    further = " ".join(_total(labelled(i), f"issues(states: OPEN, labels: [$label{i}])") for i in range(len(labels)))
    facts = (
        "fragment Facts on Repository { stargazerCount forkCount isArchived createdAt pushedAt"
        f" {_total('watchers', 'watchers')}"
        f" {_total('openIssues', 'issues(states: OPEN)')} {_total('closedIssues', 'issues(states: CLOSED)')} {further}"
        f" {_total('openPulls', 'pullRequests(states: OPEN)')} {_total('closedPulls', 'pullRequests(states: CLOSED)')}"
        f" {_total('mergedPulls', 'pullRequests(states: MERGED)')}"
        f" bugs: issues(states: OPEN, labels: [$bug], first: {BUGS}) {{ ...Bugs }}"
        f" releases(first: {RELEASES}, {_NEWEST_FIRST}) {{ ...Releases }} }}"
    )
    return _query(entries, variables, (facts, _BUGS_FRAGMENT, _RELEASES_FRAGMENT, _ASSETS_FRAGMENT))


def pages_query(pages: Sequence[Page], bug_label: str) -> Query:
    """Asks for further pages, of any lists of any repositories."""
    variables: dict[str, str] = {}
    entries = []
    fragments = {}
    for i, page in enumerate(pages):
        variables[f"after{i}"] = page.cursor
        if page.connection is Connection.ASSETS:
            variables[f"release{i}"] = page.release
            inner = f"... on Release {{ releaseAssets(first: {PAGE}, after: $after{i}) {{ ...Assets }} }}"
            entries.append(f"{name_of(i)}: node(id: $release{i}) {{ {inner} }}")
            fragments["Assets"] = _ASSETS_FRAGMENT
            continue
        variables |= _owner_and_name(i, page.repository)
        if page.connection is Connection.BUGS:
            variables["bug"] = bug_label
            inner = f"bugs: issues(states: OPEN, labels: [$bug], first: {PAGE}, after: $after{i}) {{ ...Bugs }}"
            fragments["Bugs"] = _BUGS_FRAGMENT
        else:
            inner = f"releases(first: {PAGE}, {_NEWEST_FIRST}, after: $after{i}) {{ ...Releases }}"
            fragments |= {"Releases": _RELEASES_FRAGMENT, "Assets": _ASSETS_FRAGMENT}
        entries.append(f"{name_of(i)}: {_repository(i)} {{ {inner} }}")
    return _query(entries, variables, fragments.values())


def quota_query() -> Query:
    """Asks for the quota of the token alone; costs 1 point."""
    return _query((), {}, ())


def visibility_query(repositories: Sequence[str]) -> Query:
    """Asks whether the token sees repositories, and their issues, pull requests and releases; costs 1 point for up to 49."""
    variables: dict[str, str] = {}
    entries = []
    for i, repository in enumerate(repositories):
        variables |= _owner_and_name(i, repository)
        entries.append(f"{name_of(i)}: {_repository(i)} {{ ...Seen }}")
    seen = "issues { totalCount } pullRequests { totalCount } releases { totalCount }"
    return _query(entries, variables, (f"fragment Seen on Repository {{ {seen} }}",))


def _query(entries: Iterable[str], variables: Mapping[str, str], fragments: Iterable[str]) -> Query:
    # Only the release of a page is told by its node id.
    declared = ", ".join(f"${name}: {'ID' if name.startswith('release') else 'String'}!" for name in variables)
    head = f"query({declared})" if declared else "query"
    return Query(f"{head} {{ {' '.join((_QUOTA, *entries))} }} {' '.join(fragments)}".rstrip(), variables)


def _total(alias: str, connection: str) -> str:
    return f"{alias}: {connection} {{ totalCount }}"


def _owner_and_name(entry: int, repository: str) -> dict[str, str]:
    owner, _, name = repository.partition("/")
    return {f"owner{entry}": owner, f"name{entry}": name}


def _repository(entry: int) -> str:
    return f"repository(owner: $owner{entry}, name: $name{entry})"
