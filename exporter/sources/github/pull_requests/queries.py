"""What is asked about pull requests. Nothing that somebody wrote is asked for, and of people only what tells them apart.

What an entry costs by GitHub's formula (told in `repositories.queries`), with F pull requests on a page:

entry                 of one                                                     points           nodes
a page                the page, F times reviews, comments and mentions           (1 + 3 F)/100    22 F
  with the past       and F times closings                                       + F/100          + 50 F
more of one           a page of its reviews, one of its comments, or both        0.02             200
mergeability          a page of the open ones                                    0.01             100

So 1,000 pull requests take 10 pages of 100 and 30 points the first time; a repository in which something happened takes one page
of 20 and 0.6 points a refresh. The first 10 reviews and comments nearly always tell who came first; only where all of them are by
bots or by the author are more asked for.
"""

from collections.abc import Mapping

from exporter.sources.github.api.query import Variables, of_repository
from exporter.sources.github.closings import CLOSINGS
from exporter.sources.github.people import AUTHOR

__all__ = ["FEW", "SOME", "mergeability_entry", "more_entry", "page_entry"]

FEW = 20
"""Pull requests of the first page where only those that have changed are read."""
SOME = 10
"""Reviews and comments that are read with the pull request itself; more of them cost the same points, but time."""

_PAGE_INFO = "pageInfo { hasNextPage endCursor }"
_REMARK = f"createdAt isMinimized {AUTHOR}"
_PARTS = {
    "reviews": ("PullReviews", "PullRequestReviewConnection", f"{_REMARK} submittedAt state"),
    "comments": ("PullComments", "IssueCommentConnection", _REMARK),
}
"""For each part the name and type of its fragment, and the fields of an entry."""
_MENTIONS = "timelineItems(first: 1, itemTypes: [CROSS_REFERENCED_EVENT]) { filteredCount }"


def page_entry(variables: Variables, repository: str, first: int, after: str | None, *, past: bool = False) -> str:
    """A page of the pull requests of a repository, the last changed first; with `past` all closings and reopenings of each."""
    bounds = f"{_bounds(variables, first, after)}, orderBy: {{field: UPDATED_AT, direction: DESC}}"
    parts = " ".join(_part(variables, name, f"first: {SOME}") for name in _PARTS)
    turns = f" turns: {CLOSINGS}" if past else ""
    nodes = f"nodes {{ number createdAt updatedAt closedAt mergedAt {AUTHOR} {parts} {_MENTIONS}{turns} }}"
    return of_repository(repository, variables, f"pullRequests({bounds}) {{ {_PAGE_INFO} {nodes} }}")


def more_entry(variables: Variables, repository: str, number: int, first: int, after: Mapping[str, str]) -> str:
    """Further pages of the reviews and comments of a pull request, each after the cursor in `after`."""
    parts = " ".join(_part(variables, name, _bounds(variables, first, cursor)) for name, cursor in after.items())
    found = f"pullRequest(number: {variables.add('Int!', number)})"
    return of_repository(repository, variables, f"{found} {{ {parts} }}")


def mergeability_entry(variables: Variables, repository: str, first: int, after: str | None) -> str:
    """A page of the open pull requests of a repository, the first opened first, with whether they can be merged."""
    bounds = f"{_bounds(variables, first, after)}, states: OPEN, orderBy: {{field: CREATED_AT, direction: ASC}}"
    return of_repository(repository, variables, f"pullRequests({bounds}) {{ {_PAGE_INFO} nodes {{ mergeable }} }}")


def _bounds(variables: Variables, first: int, after: str | None) -> str:
    return f"first: {first}" if after is None else f"first: {first}, after: {variables.add('String!', after)}"


def _part(variables: Variables, name: str, bounds: str) -> str:
    fragment, kind, fields = _PARTS[name]
    spread = variables.use(fragment, f"fragment {fragment} on {kind} {{ {_PAGE_INFO} nodes {{ {fields} }} }}")
    return f"{name}({bounds}) {{ {spread} }}"
