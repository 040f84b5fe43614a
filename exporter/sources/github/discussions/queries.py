"""What is asked about discussions. Nothing that somebody wrote is asked for, and of people only what tells them apart.

What an entry costs by GitHub's formula (told in `repositories.queries`), with F discussions on a page:

entry             of one                                                                points           nodes
a page            the page, F times comments and reactions, 10 F times replies          (1 + 12 F)/100   111 F
one discussion    its comments and reactions, 50 times replies                          0.52             2,050
more comments     the page, 100 times replies                                           1.01             4,100
more replies      the page                                                              0.01               100
numbers           the page                                                              0.01               100

So 1,000 discussions take 20 pages of 50 and 120 points the first time; a repository in which something happened takes one page of
20 and 2.4 points a refresh, and one with fewer discussions than that less. Only longer discussions take further entries.
"""

from exporter.sources.github.api.query import Variables, of_repository
from exporter.sources.github.people import AUTHOR

__all__ = ["COMMENTS", "NUMBERS", "comments_entry", "discussion_entry", "numbers_entry", "page_entry", "replies_entry"]

COMMENTS = 50
"""Comments of a discussion that are read with it, where it is read alone."""
NUMBERS = 100
"""Numbers of a page: the most that GitHub gives."""
_ON_PAGES = 10
"""Comments of each discussion on a page, and replies to each of these."""
_REPLIES = 40
"""Replies to each comment of a discussion that is read alone."""

_PAGE_INFO = "pageInfo { hasNextPage endCursor }"
_POST = f"createdAt isMinimized deletedAt upvoteCount {AUTHOR}"
_LAST_CHANGED_FIRST = "orderBy: {field: UPDATED_AT, direction: DESC}"
_FIRST_CREATED_FIRST = "orderBy: {field: CREATED_AT, direction: ASC}"
_DISCUSSION = (
    f"id number createdAt updatedAt upvoteCount isAnswered answerChosenAt {AUTHOR} category {{ name isAnswerable }}"
    " answer { upvoteCount reactions { totalCount } }"
)


def page_entry(variables: Variables, repository: str, first: int, after: str | None) -> str:
    """A page of the discussions of a repository with their comments, the last changed first."""
    bounds = f"{_bounds(variables, first, after)}, {_LAST_CHANGED_FIRST}"
    nodes = f"nodes {{ {_DISCUSSION} {_comments(variables, f'first: {_ON_PAGES}', _ON_PAGES)} }}"
    return of_repository(repository, variables, f"discussions({bounds}) {{ totalCount {_PAGE_INFO} {nodes} }}")


def discussion_entry(variables: Variables, repository: str, number: int, first: int) -> str:
    """One discussion of a repository with its first comments."""
    found = f"discussion(number: {variables.add('Int!', number)})"
    selection = f"{found} {{ {_DISCUSSION} {_comments(variables, f'first: {first}', _REPLIES)} }}"
    return of_repository(repository, variables, selection)


def comments_entry(variables: Variables, discussion: str, first: int, after: str) -> str:
    """A further page of the comments of a discussion (its node id)."""
    comments = _comments(variables, _bounds(variables, first, after), _REPLIES)
    return f"node(id: {variables.add('ID!', discussion)}) {{ ... on Discussion {{ {comments} }} }}"


def replies_entry(variables: Variables, comment: str, first: int, after: str) -> str:
    """A further page of the replies to a comment (its node id)."""
    replies = _replies(variables, _bounds(variables, first, after))
    return f"node(id: {variables.add('ID!', comment)}) {{ ... on DiscussionComment {{ {replies} }} }}"


def numbers_entry(variables: Variables, repository: str, after: str | None) -> str:
    """A page of the numbers of the discussions of a repository, the first created first."""
    bounds = f"{_bounds(variables, NUMBERS, after)}, {_FIRST_CREATED_FIRST}"
    return of_repository(
        repository, variables, f"discussions({bounds}) {{ totalCount {_PAGE_INFO} nodes {{ number createdAt }} }}"
    )


def _bounds(variables: Variables, first: int, after: str | None) -> str:
    return f"first: {first}" if after is None else f"first: {first}, after: {variables.add('String!', after)}"


def _comments(variables: Variables, bounds: str, replies: int) -> str:
    return f"comments({bounds}) {{ {_PAGE_INFO} nodes {{ id {_post(variables)} {_replies(variables, f'first: {replies}')} }} }}"


def _replies(variables: Variables, bounds: str) -> str:
    return f"replies({bounds}) {{ {_PAGE_INFO} nodes {{ {_post(variables)} }} }}"


def _post(variables: Variables) -> str:
    return variables.use("DiscussionPost", f"fragment DiscussionPost on DiscussionComment {{ {_POST} }}")
