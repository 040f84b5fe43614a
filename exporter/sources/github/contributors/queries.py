"""What is asked about commits, all of it from one fixed commit, so that a push between two queries changes nothing.

Names, addresses and accounts of authors are asked for, because they tell one person from another; they are turned into hashes
within the refresh. What an entry costs by GitHub's formula (told in `repositories.queries`):

entry                 of one                                                       points           nodes
the window            S slices of it, each a page of commits; the first entry      (S + 1)/100      100 S
                      counts them all and reads the file .mailmap
earlier commits       L histories of one commit each, of an account or of          L/100            L
                      addresses

So a repository with up to 70 commits in 60 days costs 0.02 points when its head has changed, and 0.01 for each person who is new
to its window; one with 1,900 commits costs 0.3 points. The first time there are 4 slices: nobody knows how many commits come.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from exporter.sources.github.api.query import Variables, of_repository

__all__ = ["By", "Slice", "earlier_entry", "history_of", "window_entry"]

PAGE = 100

_COMMITS = (
    "fragment Commits on CommitHistoryConnection { pageInfo { hasNextPage endCursor }"
    " nodes { oid committedDate author { name email user { __typename id login } } } }"
)
_MAILMAP = "{ __typename ... on Blob { text isTruncated } }"


@dataclass(frozen=True, slots=True)
class Slice:
    """A page of the commits from `since` to `until`, both inclusive, in seconds; without `until` up to the last one."""

    since: int
    until: int | None = None
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class By:
    """Whose commits are looked for: those of an account, by its node id, or those with one of some addresses."""

    account: str | None = field(default=None, repr=False)
    emails: tuple[str, ...] = field(default=(), repr=False)


def history_of(part: int) -> str:
    """The name of the history of that number in an answer."""
    return f"h{part}"


def window_entry(variables: Variables, repository: str, head: str, slices: Sequence[Slice], opening: int | None) -> str:
    """Pages of the commits that lead to `head`; `opening`, where given, asks also for the number since then, and .mailmap."""
    asked = [f"{history_of(i)}: history({_bounds(variables, part)}) {_commits(variables)}" for i, part in enumerate(slices)]
    if opening is None:
        return of_repository(repository, variables, _of_head(variables, head, asked))
    asked.append(f"total: history(since: {_moment(variables, opening)}) {{ totalCount }}")
    mailmap = f"mailmap: object(expression: {variables.add('String!', f'{head}:.mailmap')}) {_MAILMAP}"
    return of_repository(repository, variables, f"{_of_head(variables, head, asked)} {mailmap}")


def earlier_entry(variables: Variables, repository: str, head: str, until: int, authors: Sequence[By]) -> str:
    """Whether there are commits by each of some authors up to a moment, inclusive."""
    bounds = f"until: {_moment(variables, until)}, first: 1"
    asked = [
        f"{history_of(i)}: history(author: {_author(variables, by)}, {bounds}) {{ nodes {{ oid }} }}"
        for i, by in enumerate(authors)
    ]
    return of_repository(repository, variables, _of_head(variables, head, asked))


def _of_head(variables: Variables, head: str, asked: Sequence[str]) -> str:
    return f"head: object(oid: {variables.add('GitObjectID!', head)}) {{ ... on Commit {{ {' '.join(('oid', *asked))} }} }}"


def _bounds(variables: Variables, part: Slice) -> str:
    bounds = [f"first: {PAGE}", f"since: {_moment(variables, part.since)}"]
    if part.until is not None:
        bounds.append(f"until: {_moment(variables, part.until)}")
    if part.cursor is not None:
        bounds.append(f"after: {variables.add('String!', part.cursor)}")
    return ", ".join(bounds)


def _commits(variables: Variables) -> str:
    return f"{{ {variables.use('Commits', _COMMITS)} }}"


def _author(variables: Variables, by: By) -> str:
    if by.account is not None:
        return f"{{id: {variables.add('ID!', by.account)}}}"
    return f"{{emails: {variables.add('[String!]!', list(by.emails))}}}"


def _moment(variables: Variables, moment: int) -> str:
    return variables.add("GitTimestamp!", f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%dT%H:%M:%SZ}")
