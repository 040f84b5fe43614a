"""How issues and pull requests are answered, and what they have in common."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

from support.github.connections import Arguments, Key, Page, descending, moment, total
from support.github.resolvers import answers, listed
from support.github.rules import RefusalError
from support.github.world import Comment, Issue, PullRequest, Repository, Review

__all__ = ["ORDERS"]

_NEVER = datetime.max.replace(tzinfo=UTC)
_CREATED = attrgetter("created_at", "id")
ORDERS: dict[str, Key] = {
    "CREATED_AT": _CREATED,
    "UPDATED_AT": attrgetter("updated_at", "id"),
    "COMMENTS": lambda thread: (len(thread.comments), thread.id),
}
"""What lists of issues, pull requests and discussions can be ordered by; where two are equal the older one is first."""


@answers("Repository.issues")
def _issues(repository: Repository, arguments: Arguments, asking: Any) -> Page:
    filters = arguments.get("filterBy") or {}
    states = set(arguments.get("states") or ("OPEN", "CLOSED")) & set(filters.get("states") or ("OPEN", "CLOSED"))
    some, every = _names(arguments), _names(filters)
    since = moment(filters["since"]) if filters.get("since") else None
    found = [
        issue
        for issue in repository.issues
        if issue.state in states
        and (since is None or issue.updated_at >= since)
        and (not some or _names(issue) & some)
        and (not every or _names(issue) >= every)
    ]
    return listed(found, arguments, asking, _order(arguments), repository, backwards=descending(arguments))


@answers("Repository.pullRequests")
def _pull_requests(repository: Repository, arguments: Arguments, asking: Any) -> Page:
    states, some = arguments.get("states") or ("OPEN", "CLOSED", "MERGED"), _names(arguments)
    found = [pull for pull in repository.pull_requests if pull.state in states and (not some or _names(pull) & some)]
    return listed(found, arguments, asking, _order(arguments), repository, backwards=descending(arguments))


@answers("Repository.issue")
def _issue(repository: Repository, arguments: Arguments, asking: Any) -> Issue:
    found = _numbered(repository, repository.issues, arguments["number"], "an Issue")
    assert isinstance(found, Issue)
    return found


@answers("Repository.pullRequest")
def _pull_request(repository: Repository, arguments: Arguments, asking: Any) -> PullRequest:
    found = _numbered(repository, repository.pull_requests, arguments["number"], "a PullRequest")
    assert isinstance(found, PullRequest)
    return found


@answers("Issue.labels", "PullRequest.labels")
def _labels(thread: Issue | PullRequest, arguments: Arguments, asking: Any) -> Page:
    return total([thread.place.label_of(name) for name in thread.labels], arguments)


@answers("Issue.comments", "PullRequest.comments")
def _comments(thread: Issue | PullRequest, arguments: Arguments, asking: Any) -> Page:
    return listed(thread.comments, arguments, asking, _CREATED, thread, backwards=descending(arguments))


@answers("PullRequest.reviews")
def _reviews(pull: PullRequest, arguments: Arguments, asking: Any) -> Page:
    states = arguments.get("states")
    author = arguments.get("author")
    found = [
        review
        for review in pull.reviews
        if (not states or review.state in states) and (author is None or (review.author and review.author.login == author))
    ]
    return listed(found, arguments, asking, lambda review: (review.submitted_at or _NEVER, review.id), pull)


@answers("Issue.timelineItems", "PullRequest.timelineItems")
def _timeline_items(thread: Issue | PullRequest, arguments: Arguments, asking: Any) -> Page:
    everything = sorted(_events(thread), key=lambda event: event.at)
    since, kinds = arguments.get("since"), set(arguments.get("itemTypes") or _MODELLED)
    assert kinds <= _MODELLED.keys(), f"the fake GitHub knows nothing of {kinds - _MODELLED.keys()}"
    found = [event for event in everything if event.kind in kinds and (since is None or event.at >= moment(since))]
    asked = total(found, arguments).showing(lambda event: event.item)
    asked.total_count = len(everything)
    return asked


@answers("Issue.closedAt", "PullRequest.closedAt")
def _closed_at(thread: Issue | PullRequest, arguments: Arguments, asking: Any) -> datetime | None:
    return (thread.closed_at or thread.updated_at) if thread.closed else None


@answers("PullRequest.mergedAt")
def _merged_at(pull: PullRequest, arguments: Arguments, asking: Any) -> datetime | None:
    return (pull.merged_at or pull.updated_at) if pull.state == "MERGED" else None


@answers("PullRequest.merged")
def _merged(pull: PullRequest, arguments: Arguments, asking: Any) -> bool:
    return pull.state == "MERGED"


@answers("Issue.repository", "PullRequest.repository", "Discussion.repository")
def _repository(thread: Any, arguments: Arguments, asking: Any) -> Repository:
    assert isinstance(thread.place, Repository)
    return thread.place


@answers(*(f"{kind}.authorAssociation" for kind in ("Issue", "PullRequest", "PullRequestReview", "IssueComment")))
@answers("Discussion.authorAssociation", "DiscussionComment.authorAssociation")
def _association(thing: Any, arguments: Arguments, asking: Any) -> str:
    return str(thing.association)


@answers(*(f"{kind}.reactions" for kind in ("Issue", "PullRequest", "IssueComment", "Discussion", "DiscussionComment")))
def _reactions(thing: Any, arguments: Arguments, asking: Any) -> Page:
    return total(range(thing.reactions), arguments)


@answers("IssueComment.isMinimized", "DiscussionComment.isMinimized", "PullRequestReview.isMinimized")
def _is_minimized(post: Comment | Review, arguments: Arguments, asking: Any) -> bool:
    return post.minimized


@answers("PullRequestReview.createdAt")
def _begun_at(review: Review, arguments: Arguments, asking: Any) -> datetime:
    return review.created_at or review.submitted_at or review.place.updated_at


def _order(arguments: Arguments) -> Any:
    return ORDERS[(arguments.get("orderBy") or {}).get("field", "CREATED_AT")]


def _names(source: Any) -> set[str]:
    """The labels that arguments or a thread name, without regard to case."""
    names = source.get("labels") if isinstance(source, dict) else source.labels
    return {name.casefold() for name in names or ()}


def _numbered(repository: Repository, things: Any, number: int, kind: str) -> Any:
    for thing in things:
        if repository.place(thing).number == number:
            return thing
    raise RefusalError("NOT_FOUND", f"Could not resolve to {kind} with the number of {number}.")


_MODELLED = {
    "CLOSED_EVENT": "ClosedEvent",
    "REOPENED_EVENT": "ReopenedEvent",
    "CROSS_REFERENCED_EVENT": "CrossReferencedEvent",
    "ISSUE_COMMENT": "IssueComment",
    "MERGED_EVENT": "MergedEvent",
    "PULL_REQUEST_REVIEW": "PullRequestReview",
}


@dataclass(frozen=True, slots=True)
class _Event:
    """Something that happened in a thread; `item` is what the schema has for it."""

    kind: str
    at: datetime
    item: Any


def _events(thread: Issue | PullRequest) -> Iterator[_Event]:
    yield from _turns(thread)
    yield from (_happened("CROSS_REFERENCED_EVENT", at, thread) for at in thread.cross_references)
    yield from (_Event("ISSUE_COMMENT", comment.created_at, comment) for comment in thread.comments)
    if isinstance(thread, PullRequest):
        if thread.state == "MERGED":
            yield _happened("MERGED_EVENT", thread.merged_at or thread.updated_at, thread)
        yield from (
            _Event("PULL_REQUEST_REVIEW", review.submitted_at, review) for review in thread.reviews if review.submitted_at
        )


def _turns(thread: Issue | PullRequest) -> Iterator[_Event]:
    """Closings and reopenings as they took turns, also those of one second."""
    last = [thread.closed_at or thread.updated_at] if thread.closed else []
    closings = thread.closings if thread.closings[-1:] == last or not last else [*thread.closings, *last]
    turns = [(at, 2 * number, "CLOSED_EVENT") for number, at in enumerate(closings)]
    turns += [(at, 2 * number + 1, "REOPENED_EVENT") for number, at in enumerate(thread.reopened_at)]
    yield from (_happened(kind, at, thread) for at, _, kind in sorted(turns))


def _happened(kind: str, at: datetime, thread: Issue | PullRequest) -> _Event:
    id_ = f"{_MODELLED[kind]}_{thread.id}_{at.timestamp():.0f}"
    return _Event(kind, at, {"__typename": _MODELLED[kind], "id": id_, "createdAt": at, "actor": None})
