"""What is asked about issues. Nothing that somebody wrote is asked for, and of people only what tells them apart.

What an entry costs by GitHub's formula (told in `repositories.queries`), with F issues on a page and B boundaries:

entry                 of one                                                              points           nodes
a page                the page, F times labels, comments, reopenings and mentions, and    (2 + 4 F)/100    123 F
                      the number of recent issues; with the past, all closings                           172 F
comments              a page of the comments of one issue                                 0.01             100
counts                the number of issues since each boundary                            B/100            0
a listing             a page of numbers                                                   0.01             100
bugs                  a page of open bugs and F times their labels                        (1 + F)/100      101 F

So 20,000 issues take 203 pages and 816 points the first time, since each page begins with the last second of the one before; a
repository in which something happened takes one page of 20 and 0.8 points a refresh.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from exporter.sources.github.api.query import Variables, of_repository
from exporter.sources.github.closings import CLOSINGS, LAST_REOPENING
from exporter.sources.github.people import AUTHOR

__all__ = [
    "COMMENTS",
    "FEW",
    "PAGE",
    "bugs_entry",
    "comments_entry",
    "count_name",
    "counts_entry",
    "listing_entry",
    "page_entry",
]

PAGE = 100
"""Entries of a page: the most that GitHub gives."""
FEW = 20
"""Issues of the first page where only those that have changed are read."""
COMMENTS = 20
"""Comments that are read with the issue itself; more of them cost the same points, but time."""

_PAGE_INFO = "pageInfo { hasNextPage endCursor }"
_OLDEST_UPDATE_FIRST = "orderBy: {field: UPDATED_AT, direction: ASC}"
_COMMENTS_FRAGMENT = (
    f"fragment IssueComments on IssueCommentConnection {{ {_PAGE_INFO}"
    f" nodes {{ createdAt isMinimized authorAssociation {AUTHOR} }} }}"
)


def page_entry(
    variables: Variables,
    repository: str,
    since: int,
    first: int,
    after: str | None,
    start: int,
    boundaries: Sequence[int] = (),
    *,
    past: bool = False,
) -> str:
    """A page of the issues updated at or after `since`, the oldest update first, and how many were since `start`.

    Beside that, how many were since each of `boundaries`, and with `past` all closings and reopenings of each.
    """
    comments = f"comments(first: {COMMENTS}) {{ {variables.use('IssueComments', _COMMENTS_FRAGMENT)} }}"
    fields = (
        f"number createdAt updatedAt closedAt {AUTHOR} labels(first: {PAGE}) {{ nodes {{ id }} }} {comments}"
        f" reopenings: {CLOSINGS if past else LAST_REOPENING}"
        " mentions: timelineItems(first: 1, itemTypes: [CROSS_REFERENCED_EVENT]) { filteredCount }"
    )
    listed = f"issues({_bounds(variables, since, first, after)}) {{ {_PAGE_INFO} nodes {{ {fields} }} }}"
    return of_repository(repository, variables, f"{listed} recent: {_count(variables, start)} {_counts(variables, boundaries)}")


def comments_entry(variables: Variables, repository: str, number: int, after: str | None) -> str:
    """A page of the comments of an issue, with who opened it and whether it is closed."""
    after_it = "" if after is None else f", after: {variables.add('String!', after)}"
    comments = f"comments(first: {PAGE}{after_it}) {{ {variables.use('IssueComments', _COMMENTS_FRAGMENT)} }}"
    found = f"issue(number: {variables.add('Int!', number)})"
    return of_repository(repository, variables, f"{found} {{ {AUTHOR} {comments} }}")


def counts_entry(variables: Variables, repository: str, boundaries: Sequence[int]) -> str:
    """How many issues were updated at or after each boundary."""
    return of_repository(repository, variables, _counts(variables, boundaries))


def listing_entry(variables: Variables, repository: str, since: int, after: str | None) -> str:
    """A page of the numbers of the issues updated at or after `since`."""
    listed = f"issues({_bounds(variables, since, PAGE, after)}) {{ {_PAGE_INFO} nodes {{ number updatedAt }} }}"
    return of_repository(repository, variables, listed)


def bugs_entry(variables: Variables, repository: str, label: str, after: str | None) -> str:
    """A page of the open issues with a label, those first that were updated longest ago."""
    after_it = "" if after is None else f", after: {variables.add('String!', after)}"
    bounds = f"first: {PAGE}{after_it}, {_OLDEST_UPDATE_FIRST}, states: OPEN, labels: [{variables.add('String!', label)}]"
    fields = f"number createdAt updatedAt {AUTHOR} labels(first: {PAGE}) {{ nodes {{ id }} }}"
    return of_repository(repository, variables, f"issues({bounds}) {{ {_PAGE_INFO} nodes {{ {fields} }} }}")


def count_name(boundary: int) -> str:
    """The name of the count for the boundary of that number, in the answer."""
    return f"count{boundary}"


def _bounds(variables: Variables, since: int, first: int, after: str | None) -> str:
    after_it = "" if after is None else f", after: {variables.add('String!', after)}"
    return f"first: {first}{after_it}, {_OLDEST_UPDATE_FIRST}, filterBy: {{since: {_moment(variables, since)}}}"


def _counts(variables: Variables, boundaries: Sequence[int]) -> str:
    return " ".join(f"{count_name(i)}: {_count(variables, since)}" for i, since in enumerate(boundaries))


def _count(variables: Variables, since: int) -> str:
    return f"issues(filterBy: {{since: {_moment(variables, since)}}}) {{ totalCount }}"


def _moment(variables: Variables, seconds: int) -> str:
    return variables.add("DateTime!", f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}")
